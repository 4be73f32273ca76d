"""The stage `raw`: each declared table becomes an immutable snapshot in canonical types."""
