"""Compute: where statistics, label tables and features are computed beside this machine."""

from radix_resources.compute.base import Choice, choose, estimated, memory
from radix_resources.compute.spark import SparkCompute

__all__ = ["Choice", "SparkCompute", "choose", "estimated", "memory"]
