"""Compute: where statistics, label tables and features are computed beside this machine."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_resources.compute.base import Choice, choose, estimated, memory
    from radix_resources.compute.spark import SparkCompute

__all__ = ["Choice", "SparkCompute", "choose", "estimated", "memory"]

__getattr__ = lazily(
    __name__,
    base="Choice choose estimated memory",
    spark="SparkCompute",
)
