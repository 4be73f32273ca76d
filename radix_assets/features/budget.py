"""Bound the number of definitions before any is built, so that it cannot explode with the number of tables."""

from collections.abc import Sequence
from dataclasses import replace

from radix_assets.features.graph.schema import Graph

MAX_DEPTH = 2
MOST_CONSIDERED = 20_000
"""Maximum definitions that featuretools may generate; the simplest useful ones are then chosen."""


def trim(
    graph: Graph, aggregations: Sequence[str], transforms: Sequence[str], most: int = MOST_CONSIDERED
) -> tuple[Graph, int, dict[str, str]]:
    """Return the graph with as many columns as the bound allows, the depth, and the excluded columns with the reason.

    The target's own columns always stay. In other tables the last columns are dropped first, equally in all tables; if
    one column each is still too much, the depth is 1.
    """
    for depth in range(MAX_DEPTH, 0, -1):
        widest = max((len(t.columns) for t in graph.tables.values() if t.name != graph.target), default=1)
        for width in _halves(widest):
            if estimate(graph, aggregations, transforms, depth, width) <= most or (depth, width) == (1, 1):
                dropped = {
                    f"{table.name}.{column}": f"not used: beyond the bound of {most} considered features"
                    for table in graph.tables.values()
                    for column in list(table.columns)[width:]
                    if table.name != graph.target
                }
                return _cut(graph, width) if dropped else graph, depth, dropped
    raise AssertionError


def estimate(graph: Graph, aggregations: Sequence[str], transforms: Sequence[str], depth: int, width: int) -> int:
    """Estimate the number of definitions; never too low by orders of magnitude."""
    counts: dict[tuple[str, int], int] = {}

    def count(table: str, left: int) -> int:
        if (table, left) not in counts:
            columns = list(graph.tables[table].columns.values())
            columns = columns if table == graph.target else columns[:width]
            wide = sum(1 + (len(transforms) // 2 if kind in ("datetime", "text") else 0) for kind in columns) + 1
            if left:
                wide += sum(count(link.parent, left - 1) for link in graph.links if link.child == table)
                # an aggregation applies to about half of the columns
                wide += sum(
                    count(link.child, left - 1) * (len(aggregations) // 2 + 2)
                    for link in graph.links
                    if link.parent == table
                )
            counts[table, left] = wide
        return counts[table, left]

    return count(graph.target, depth + (graph.entity is not None))


def _halves(width: int) -> list[int]:
    widths = [max(1, width)]
    while widths[-1] > 1:
        widths.append(widths[-1] // 2)
    return widths


def _cut(graph: Graph, width: int) -> Graph:
    tables = {
        name: table
        if name == graph.target
        else replace(
            table,
            columns=(kept := dict(list(table.columns.items())[:width])),
            places={place: pair for place, pair in table.places.items() if set(pair) <= set(kept)},
            values={column: values for column, values in table.values.items() if column in kept},
        )
        for name, table in graph.tables.items()
    }
    return replace(graph, tables=tables)
