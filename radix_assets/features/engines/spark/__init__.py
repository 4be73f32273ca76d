"""Spark: the same plans on a cluster."""

from radix_assets.features.engines.spark.computing import compute, uncompiled, write

__all__ = ["compute", "uncompiled", "write"]
