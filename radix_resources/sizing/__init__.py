"""Sizing: the needs of steps, their measured usage, and predictions."""
