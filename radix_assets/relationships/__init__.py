"""Stage: relationships."""
