"""Profile a Parquet file with Spark: the same numbers, exact at any size, in few jobs."""
