"""Running aggregations: the rows of an ancestor and the requested cutoffs in one order, in one pass."""

from typing import TYPE_CHECKING

from radix_assets.asof.plan import Aggregation, Direct, Identity, Node, Transform, Where, walk
from radix_assets.asof.spark_tables import SparkTables
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.engines.spark.aggregates import CHILD, CUT, OWN, RUNNING, SHIFTED, Cell, aggregated
from radix_assets.features.fallback import timed
from radix_resources.compute.snapshots import number, text

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

THEN = "__then"
"""Since when a row is known, or a requested cutoff."""
ANCHOR = "__anchor"
"""Number of the ancestor's row."""
_ASKS = "__asks"


def runs(node: Aggregation, tables: SparkTables) -> bool:
    """Return whether it can run: over the whole past, of values that are final once a row is known."""
    if node.window is not None or node.primitive not in RUNNING:
        return False
    return all(
        (isinstance(part, Identity | Transform) and not timed(part))
        or (isinstance(part, Direct) and not tables.timed(tables.links[part.link].parent))
        for base in bases_of(node)
        for part in walk(base)
    )


def running(
    frame: "DataFrame", asked: "DataFrame", nodes: dict[str, Aggregation], columns: dict[Node, str]
) -> "DataFrame":
    """Return ANCHOR, CUT and the aggregations over the rows that were known before.

    `frame` has the rows: ANCHOR, THEN, their own time and number, and a column for each value. At equal times the
    cutoff sorts before the row, since only rows known strictly before count.
    """
    types = dict(frame.dtypes)
    near: dict[str, str] = {}
    extra: dict[str, str] = {}
    cells: dict[str, str] = {}
    for node in nodes.values():
        column = "1" if node.base is None else columns[node.base]
        mask = "true" if node.where is None else equals(node.where, columns[node.where.base])
        if node.primitive in SHIFTED and column not in near:
            near[column] = f"near{len(near)}"
            extra[f"coalesce(min({double(column, types)}) OVER (PARTITION BY {ANCHOR}), 0D)"] = near[column]
        if AGGREGATIONS[node.primitive].needs == "codes":
            counted = f"CASE WHEN {mask} THEN {column} END"
            order = f"OVER (PARTITION BY {ANCHOR}, {counted} ORDER BY {THEN}, {CHILD})"
            cells.setdefault(counted, f"times{len(cells)}")
            extra[f"CASE WHEN {counted} IS NOT NULL THEN row_number() {order} END"] = cells[counted]
    rows = frame.selectExpr("*", f"1 AS {_ASKS}", *(f"{sql} AS {name}" for sql, name in extra.items()))
    asks = asked.selectExpr(ANCHOR, CUT, f"{CUT} AS {THEN}", f"0 AS {_ASKS}")
    both = rows.unionByName(asks, allowMissingColumns=True)
    window = f" OVER (PARTITION BY {ANCHOR} ORDER BY {THEN}, {_ASKS} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    columns_made = []
    for name, node in nodes.items():
        column = "1" if node.base is None else columns[node.base]
        mask = f"({_ASKS} = 1" + (
            ")" if node.where is None else f" AND {equals(node.where, columns[node.where.base])})"
        )
        plain = AGGREGATIONS[node.primitive].needs != "numbers"
        cell = Cell(
            column if plain else double(column, types),
            mask,
            near.get(column, "0D") if node.primitive in SHIFTED else "0D",
            timed=OWN in frame.columns,
            over=window,
        )
        if plain and AGGREGATIONS[node.primitive].needs == "codes":
            where = "true" if node.where is None else equals(node.where, columns[node.where.base])
            columns_made.append(f"{_counted(node, cell, cells[f'CASE WHEN {where} THEN {column} END'])} AS {name}")
        else:
            columns_made.append(f"{aggregated(node.primitive, cell, node.part)} AS {name}")
    result = both.selectExpr(ANCHOR, CUT, _ASKS, *columns_made)
    return result.where(f"{_ASKS} = 0").select(ANCHOR, CUT, *nodes)


def _counted(node: Aggregation, cell: Cell, times: str) -> str:
    """Return SQL for aggregations of value counts, from the running count of each row's value."""
    if node.primitive == "num_unique":
        new = cell.of("count", f"CASE WHEN {times} = 1 THEN 1 END")
        return f"CASE WHEN {cell.rows} > 0 THEN CAST({new} AS DOUBLE) END"
    best = f"CASE WHEN {times} IS NOT NULL THEN struct(-{times} AS n, {cell.value} AS v) END"
    return f"{cell.of('min', best)}.v"


def bases_of(node: Aggregation) -> list[Node]:
    """Return the inputs of the aggregation on the rows below."""
    return [*([node.base] if node.base is not None else []), *([node.where.base] if node.where is not None else [])]


def equals(where: Where, column: str) -> str:
    """Return SQL for whether a row satisfies a condition."""
    value = where.value
    sql = text(value) if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else number(value)
    return f"coalesce({column} = {sql}, false)"


def double(column: str, types: dict[str, str]) -> str:
    """Return SQL for the column as a number."""
    return column if types.get(column) == "double" else f"CAST({column} AS DOUBLE)"
