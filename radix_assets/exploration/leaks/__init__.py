"""Leak signals: what tells that a column is known only when the outcome is."""
