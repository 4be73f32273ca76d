"""Engines that compute feature plans: Polars on this machine, Spark on a cluster."""
