"""The label table, made by Spark: the same rows as on one machine."""

from radix_assets.labels.spark.table import SparkLabels, label

__all__ = ["SparkLabels", "label"]
