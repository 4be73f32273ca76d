"""Spark: the same plans on a cluster."""
