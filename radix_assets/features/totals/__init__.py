"""Aggregate all rows under each ancestor as of one time, by grouping alone."""
