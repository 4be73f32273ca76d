"""A second pass over the columns with too many values to count, which makes their estimates exact."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from polars import selectors as cs

from radix_assets.profiles.finalize import describe_values
from radix_assets.profiles.parameters import REFINED, TOP
from radix_assets.profiles.sketches.sorted_counts import counted
from radix_assets.profiles.state.column import ColumnState
from radix_assets.profiles.state.table import TableState
from radix_assets.sources.rows import scan_values


def compute_exact(file: Path, state: TableState) -> dict[int, dict[str, Any]]:
    """Return the exact statistics by column position. One column is in memory at a time.

    With more than 16 million rows only one thing is determined: whether all values of an integer or string column
    differ.
    """
    pa.default_memory_pool().release_unused()
    frame = scan_values(file)
    places = {name: place for place, name in enumerate(frame.collect_schema().names())}
    exact: dict[int, dict[str, Any]] = {}
    for place, column in enumerate(state.columns):
        if column.value_counts is not None or not column.present or column.exact_distinct is not None:
            continue
        if state.rows <= REFINED:
            exact[place] = _exact(frame, places[state.names[place]], column)
            column.exact_distinct = exact[place]["distinct"]
        elif _may_be_unique(column):
            column.exact_distinct = count_distinct_in_parts(frame, places[state.names[place]], state.rows)
    return exact


def _may_be_unique(column: ColumnState) -> bool:
    """Return whether the column could be a key: its type allows it, and no value is known to occur twice."""
    if column.dtype not in {"integer", "string"} or column.increasing:
        return False
    return column.hashes is not None and not column.hashes.repeats


def _exact(frame: pl.LazyFrame, place: int, column: ColumnState) -> dict[str, Any]:
    values = frame.select(cs.by_index(place).alias("value")).drop_nulls()
    if column.dtype == "string":
        return _of_texts(values)
    if column.dtype == "float":
        values = values.drop_nans()
    kind = pl.Float64 if column.dtype == "float" else pl.Int64
    plain = values.select(pl.col("value").to_physical().cast(kind)).collect(engine="streaming").to_series().to_numpy()
    return describe_values(column, *counted(np.sort(plain)))


def _of_texts(values: pl.LazyFrame) -> dict[str, Any]:
    """Return the statistics of strings by their hashes, which need less memory; look up the most frequent ones."""
    hashed = pl.col("value").hash(seed=0)
    hashes = values.select(hashed).collect(engine="streaming").to_series().to_numpy()
    keys, counts = counted(np.sort(hashes))
    fields: dict[str, Any] = {"distinct": len(keys), "top": []}
    if counts.max() > 1:
        number = min(TOP, len(counts))
        bar = int(np.partition(counts, len(counts) - number)[len(counts) - number])
        often = pl.Series(keys[counts >= bar])
        table = values.filter(hashed.is_in(often.implode())).group_by("value").len().collect(engine="streaming")
        fields["top"] = table.sort(["len", "value"], descending=[True, False]).head(TOP).rows()
    return fields


def count_distinct_in_parts(frame: pl.LazyFrame, place: int, rows: int) -> int:
    """Return the number of distinct values, one range of hashes at a time to save memory."""
    parts = -(-rows // REFINED)
    hashed = frame.select(cs.by_index(place).drop_nulls().hash(seed=0).alias("hash"))
    total = 0
    for part in range(parts):
        hashes = hashed.filter(pl.col("hash") % parts == part).collect(engine="streaming").to_series().to_numpy()
        total += len(counted(np.sort(hashes))[0])
    return total
