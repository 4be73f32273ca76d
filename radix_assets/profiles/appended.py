"""Extend the state of a file to which rows were appended."""

from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from polars import selectors as cs

from radix_assets.profiles.array_types import Hashes
from radix_assets.profiles.finalize import count_distinct
from radix_assets.profiles.second_pass import compute_exact
from radix_assets.profiles.sketches.hashing import chain_hashes
from radix_assets.profiles.state.column import ColumnState
from radix_assets.profiles.state.column_chunk import hash_rows, read_chunk
from radix_assets.profiles.state.parquet_batches import batches
from radix_assets.profiles.state.prefix import Prefix, checksum, last_group, make_prefix, may_begin_with, same_groups
from radix_assets.profiles.state.table import TableState
from radix_assets.sources.rows import scan_values


@dataclass
class Extended:
    """The state of a file that begins with the rows of a previous state."""

    state: TableState
    carried: int
    """Rows of the previous state."""
    prefix: Prefix
    exact: dict[int, dict[str, Any]]
    """Exact statistics of columns that were read again, by position."""


def extend_state(
    file: Path, parquet: pq.ParquetFile, state: TableState, prefix: Prefix, threads: Executor
) -> Extended | None:
    """Return the state of a file, from that of its first rows; None if it does not begin with these rows."""
    if not may_begin_with(parquet, prefix):
        return None
    same = threads.submit(same_groups, file, parquet, prefix)
    before = state.rows
    new = TableState.none(parquet.schema_arrow, state.seed, before)
    # The last row group was not full and has been rewritten: its old rows are read again and compared.
    start, at, last = last_group(parquet), prefix.start, list[Hashes]()
    compared: list[Hashes] = []
    for batch in batches(parquet, skip=prefix.start):
        old = batch.slice(0, max(0, min(batch.num_rows, before - at)))
        hashes = _known(old, state)
        compared.append(hashes)
        if at + batch.num_rows >= before and compared and at <= before and checksum(compared) != prefix.mark:
            return None
        hashes = np.concatenate((hashes, new.add(batch.slice(old.num_rows), threads)))
        if at + batch.num_rows > start:
            last.append(hashes[max(0, start - at) :].copy())
        at += batch.num_rows
    keys = [place for place, old in enumerate(state.columns) if _may_stay_key(old, new.columns[place])]
    distinct = {place: count_distinct(state.columns[place])[0] for place in keys}
    added = {
        place: new.columns[place].present
        if _rises(state.columns[place], new.columns[place])
        else threads.submit(_added, file, place, before)
        for place in keys
    }
    if not same.result():
        return None
    hidden = sorted(state.hidden)
    state.merge(new)
    state.settle()
    for place, number in added.items():
        state.columns[place].exact_distinct = distinct[place] + (number if isinstance(number, int) else number.result())
    exact = _read_again(file, parquet, state, hidden) if hidden and not state.seed else {}
    tail = np.concatenate(last) if last else np.zeros(0, np.uint64)
    return Extended(state, before, make_prefix(file, parquet, tail, prefix), exact)


def _known(batch: pa.RecordBatch, state: TableState) -> Hashes:
    """Return hashes of rows that the state covers. Restore the last values of hidden columns, which it lacks."""
    rows: Hashes | None = None
    for array, column in zip(batch.columns, state.columns, strict=True):
        rows = chain_hashes(rows, hash_rows(array, state.seed))
        if column.hidden:
            last = read_chunk(array, state.seed).state.last
            column.last = column.last if last is None else last
    return np.zeros(batch.num_rows, np.uint64) if rows is None else rows


def _may_stay_key(before: ColumnState, after: ColumnState) -> bool:
    """Return whether a unique column may still be unique, so that its distinct values must be counted exactly."""
    if before.dtype not in {"integer", "string"} or not after.present:
        return False
    if (
        before.value_counts is not None
        and after.value_counts is not None
        and before.value_counts.holds(after.value_counts)
    ):
        return False
    new, error = count_distinct(after)
    return (
        count_distinct(before) == (before.present, 0.0) and before.present > 0 and (new == after.present or error > 0)
    )


def _rises(before: ColumnState, after: ColumnState) -> bool:
    """Return whether every value is above the one before."""
    return before.increasing and after.increasing and before.last is not None and bool(before.last < after.first)


def _added(file: Path, place: int, before: int) -> int:
    """Return how many values of a column are new. The values of the previous rows all differ."""
    values = scan_values(file).select(cs.by_index(place).alias("value"))
    hashed = pl.col("value").hash(seed=0)
    appended = values.slice(before).drop_nulls().collect(engine="streaming")
    new = appended.select(hashed).to_series().unique()
    # Row groups whose range does not overlap that of the new values are skipped, as the new rows are counted too.
    near = pl.col("value").is_between(pl.lit(appended["value"].min()), pl.lit(appended["value"].max()))
    there = values.filter(near).select(hashed.is_in(new.implode()).sum()).collect(engine="streaming")
    return len(new) - (int(there.item()) - appended.height)


def _read_again(file: Path, parquet: pq.ParquetFile, state: TableState, names: list[str]) -> dict[int, dict[str, Any]]:
    """Read the columns again of which no hashes could be stored. Return their exact statistics by position."""
    again = TableState.none(parquet.schema_arrow, state.seed).only(names)
    for batch in batches(parquet, names=again.names):
        again.add(batch)
    again.settle()
    exact = compute_exact(file, again)
    places = {name: place for place, name in enumerate(state.names)}
    for name, column in zip(again.names, again.columns, strict=True):
        state.columns[places[name]] = column
    return {places[again.names[place]]: fields for place, fields in exact.items()}
