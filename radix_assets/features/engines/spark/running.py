"""Aggregations that grow with time: rows and questions in one order, and one pass over each ancestor's."""

from typing import TYPE_CHECKING, Any

from radix_assets.features.plan import Aggregation

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def runs(node: Aggregation, tables: Any, path: tuple[int, ...]) -> bool:
    """Whether it is one of these."""
    del node, tables, path
    return False


def running(
    stages: Any, asked: "DataFrame", child: "DataFrame", path: tuple[int, ...], nodes: dict[str, Aggregation]
) -> "DataFrame":
    """ANCHOR, CUT and the aggregations."""
    raise NotImplementedError
