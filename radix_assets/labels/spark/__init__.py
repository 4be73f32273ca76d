"""The label table built by Spark: the same rows as on one machine."""
