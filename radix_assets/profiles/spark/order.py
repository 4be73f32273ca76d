"""Monotonic columns and duplicate rows."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from radix_assets.profiles.spark.values import Key, rows
from radix_resources.compute.snapshots import ROW, Snapshot

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

GLANCE = 2_000
"""First rows that are tested before all: most columns are not monotonic within them."""
BLOCK = 100_000
_AT_ONCE = 100


def rising(snapshot: Snapshot, keys: Mapping[int, Key]) -> dict[int, bool]:
    """Return by position whether a column's values never fall from row to row."""
    result: dict[int, bool] = {}
    places = list(keys)
    for start in range(0, len(places), _AT_ONCE):
        chosen = {place: keys[place] for place in places[start : start + _AT_ONCE]}
        first_rows = snapshot.frame.limit(GLANCE) if snapshot.rows > GLANCE else snapshot.frame
        monotonic = _never_fall(first_rows, chosen)
        if snapshot.rows > GLANCE:
            rest = {place: key for place, key in chosen.items() if monotonic[place]}
            monotonic |= _never_fall(snapshot.frame, rest) if rest else {}
        result |= monotonic
    return result


def _never_fall(frame: "DataFrame", keys: Mapping[int, Key]) -> dict[int, bool]:
    """Test blocks of rows, then the edges between blocks: in a block that never falls these are its extremes."""
    block = f"CAST({ROW} DIV {BLOCK} AS BIGINT)"
    values = [f"{key.sql} AS v{place}" for place, key in keys.items()]
    frame = frame.selectExpr(ROW, f"{block} AS block", *values)
    before = f"OVER (PARTITION BY block ORDER BY {ROW} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    frame = frame.selectExpr(
        "block", *(f"v{p}" for p in keys), *(f"max(v{p}) {before} > v{p} AS falls{p}" for p in keys)
    )
    inside = [
        part
        for p in keys
        for part in (_agg(f"max(falls{p})", f"falls{p}"), _agg(f"min(v{p})", f"low{p}"), _agg(f"max(v{p})", f"high{p}"))
    ]
    blocks = frame.groupBy("block").agg(*inside)
    over = "OVER (ORDER BY block ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    edges = blocks.selectExpr(
        *(f"coalesce(falls{p}, false) OR coalesce(max(high{p}) {over} > low{p}, false) AS falls{p}" for p in keys)
    )
    row = rows(edges.agg(*(_agg(f"max(falls{p})", f"falls{p}") for p in keys)))[0]
    return {p: not row[f"falls{p}"] for p in keys}


def repeated(snapshot: Snapshot, keys: Sequence[Key]) -> int:
    """Return the number of rows that repeat an earlier one, by 96 bits of hashes of the values and the null flags."""
    values = ", ".join(key.sql for key in keys)
    gaps = ", ".join(f"({key.sql}) IS NULL" for key in keys)
    hashed = snapshot.frame.selectExpr(f"xxhash64({values}, {gaps}) AS one", f"hash({values}, {gaps}) AS two")
    different = hashed.groupBy("one", "two").agg(_agg("count(*)", "n"))
    return snapshot.rows - int(rows(different.agg(_agg("count(*)", "n")))[0]["n"])


def _agg(sql: str, name: str) -> Any:
    from pyspark.sql import functions

    return functions.expr(sql).alias(name)
