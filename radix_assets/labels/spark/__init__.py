"""The label table, made by Spark: the same rows as on one machine."""
