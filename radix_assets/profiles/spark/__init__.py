"""The profile of a Parquet file, made by Spark: the same numbers, exact at any size, in few jobs."""

from radix_assets.profiles.spark.making import profile_table

__all__ = ["profile_table"]
