"""A second look at the columns whose values were too many to count: what was estimated becomes exact."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from polars import selectors as cs

from radix_assets.profiles.column_state import ColumnState
from radix_assets.profiles.definition import REFINED
from radix_assets.profiles.finish import spread_of
from radix_assets.profiles.hashing import of_texts
from radix_assets.profiles.runs import counted
from radix_assets.profiles.spread import top_of
from radix_assets.profiles.table_state import TableState


def refine(file: Path, state: TableState) -> dict[int, dict[str, Any]]:
    """By the place of a column, its exact statistics. One column is held at a time.

    Of more than 16 million rows only this is settled: whether a column that looks as if its values all differed is so.
    """
    frame = pl.scan_parquet(file)
    places = {name: place for place, name in enumerate(frame.collect_schema().names())}
    found: dict[int, dict[str, Any]] = {}
    for place, column in enumerate(state.columns):
        if column.tally is not None or not column.present or column.known is not None:
            continue
        if state.rows <= REFINED:
            found[place] = _exact(frame, places[state.names[place]], column)
            column.known = found[place]["distinct"]
        elif _may_be_unique(column):
            column.known = counted_in_parts(frame, places[state.names[place]], state.rows)
    return found


def _may_be_unique(column: ColumnState) -> bool:
    return not column.strictly and column.hashes is not None and not column.hashes.repeats


def _exact(frame: pl.LazyFrame, place: int, column: ColumnState) -> dict[str, Any]:
    values = _column(frame, place)
    if column.dtype == "string":
        hashes = of_texts(values)
        ordered = np.sort(hashes)
        keys, counts = counted(ordered)
        top = top_of(keys, counts)
        number = len(keys)
        if top:
            bar = top[-1][1]
            often = values.filter(pl.Series(np.isin(hashes, keys[counts >= bar])))
            table = often.alias("key").value_counts().sort(["count", "key"], descending=[True, False]).head(len(top))
            top = table.rows()
        return {"distinct": number, "top": top}
    numbers = values.to_physical().cast(pl.Int64 if column.dtype != "float" else pl.Float64).to_numpy()
    return spread_of(column, *counted(np.sort(numbers)))


def _column(frame: pl.LazyFrame, place: int) -> pl.Series:
    values = frame.select(cs.by_index(place)).collect(engine="streaming").to_series().drop_nulls()
    return values.drop_nans() if values.dtype.is_float() else values


def counted_in_parts(frame: pl.LazyFrame, place: int, rows: int) -> int:
    """How many different values a column has, by parts of their hashes, so that few are held at once."""
    parts = -(-rows // REFINED)
    hashed = frame.select(cs.by_index(place).drop_nulls().hash(seed=0).alias("hash"))
    total = 0
    for part in range(parts):
        some = hashed.filter(pl.col("hash") % parts == part).collect(engine="streaming").to_series().to_numpy()
        total += len(counted(np.sort(some))[0])
    return total
