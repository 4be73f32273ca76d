"""Leak signals: one module each, listed in `registry` (see docs/extending/leak-signals.md)."""
