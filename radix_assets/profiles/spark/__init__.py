"""The profile of a Parquet file, made by Spark: the same numbers, exact at any size, in few jobs."""
