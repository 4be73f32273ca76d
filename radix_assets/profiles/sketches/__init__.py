"""Mergeable summaries of one column: distinct counts, quantiles, frequent values, moments, associations."""
