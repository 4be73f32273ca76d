"""Aggregate ranges of rows whose values are final."""
