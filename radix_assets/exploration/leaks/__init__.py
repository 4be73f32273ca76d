"""Leak signals: signs that a column is known only when the outcome is."""
