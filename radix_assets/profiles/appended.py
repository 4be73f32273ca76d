"""Rows were added: the state of the rows before is carried on."""

from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from polars import selectors as cs

from radix_assets.profiles.chunk import chunk_of, hashes_of
from radix_assets.profiles.column_state import ColumnState
from radix_assets.profiles.definition import REFINED
from radix_assets.profiles.finish import distinct_of
from radix_assets.profiles.hashing import chained
from radix_assets.profiles.kinds import Hashes
from radix_assets.profiles.prefix import Prefix, last_group, mark_of, may_begin_with, prefix_of, same_groups
from radix_assets.profiles.reading import batches
from radix_assets.profiles.refine import counted_in_parts, refine
from radix_assets.profiles.table_state import TableState


@dataclass
class Extended:
    """The state of a file that begins with rows known before."""

    state: TableState
    carried: int
    """How many rows were known before."""
    prefix: Prefix
    exact: dict[int, dict[str, Any]]
    """Of columns that had to be read again."""


def extended(
    file: Path, parquet: pq.ParquetFile, state: TableState, prefix: Prefix, threads: Executor
) -> Extended | None:
    """The state of a whole file from that of its first rows; None where it does not begin with just these."""
    if not may_begin_with(parquet, prefix):
        return None
    same = threads.submit(same_groups, file, parquet, prefix)
    before = state.rows
    new = TableState.none(parquet.schema_arrow, state.seed, before)
    # The last row group was not full, so it was written anew: its old rows are read again and compared.
    start, at, last = last_group(parquet), prefix.start, list[Hashes]()
    compared: list[Hashes] = []
    for batch in batches(parquet, skip=prefix.start):
        old = batch.slice(0, max(0, min(batch.num_rows, before - at)))
        hashes = _known(old, state)
        compared.append(hashes)
        if at + batch.num_rows >= before and compared and at <= before and mark_of(compared) != prefix.mark:
            return None
        hashes = np.concatenate((hashes, new.add(batch.slice(old.num_rows), threads)))
        last.append(hashes[max(0, start - at) :])
        at += batch.num_rows
    if not same.result():
        return None
    rows = before + new.rows
    keys = {
        place: None if _apart(old, more) else threads.submit(_repeated, file, place, before, rows)
        for place, (old, more) in enumerate(zip(state.columns, new.columns, strict=True))
        if old.dtype != "float" and _differs(old) and _differs(more) and not _counted(old, more)
    }
    hidden = [name for name, column in zip(state.names, state.columns, strict=True) if column.hidden]
    state.merge(new)
    state.settle()
    for place, repeated in keys.items():
        state.columns[place].known = state.columns[place].present - (repeated.result() if repeated else 0)
    exact = _read_again(file, parquet, state, hidden) if hidden and not state.seed else {}
    tail = np.concatenate(last) if last else np.zeros(0, np.uint64)
    return Extended(state, before, prefix_of(file, parquet, tail, prefix), exact)


def _known(batch: pa.RecordBatch, state: TableState) -> Hashes:
    """Hashes of rows that the state knows. The last values of hidden columns are not in it and are noted again."""
    rows: Hashes | None = None
    for array, column in zip(batch.columns, state.columns, strict=True):
        rows = chained(rows, hashes_of(array, state.seed))
        if column.hidden:
            last = chunk_of(array, state.seed).state.last
            column.last = column.last if last is None else last
    return np.zeros(batch.num_rows, np.uint64) if rows is None else rows


def _differs(column: ColumnState) -> bool:
    return column.present > 0 and distinct_of(column) == (column.present, 0.0)


def _counted(before: ColumnState, after: ColumnState) -> bool:
    """Whether all values stay counted, so that nothing is left to find out."""
    return before.tally is not None and after.tally is not None and before.tally.holds(after.tally)


def _apart(before: ColumnState, after: ColumnState) -> bool:
    """Whether no value of one can be among those of the other."""
    if before.strictly and after.strictly and before.last is not None and before.last < after.first:
        return True
    if before.least is None or after.least is None:
        return False
    return bool(before.most < after.least or after.most < before.least)


def _repeated(file: Path, place: int, before: int, rows: int) -> int:
    """How many of a column's new values are among those before. The values before differ, and so do the new ones."""
    frame = pl.scan_parquet(file)
    values = frame.select(cs.by_index(place).alias("value"))
    if rows - before > REFINED:
        present = int(values.select(pl.col("value").count()).collect(engine="streaming").item())
        return present - counted_in_parts(frame, place, rows)
    hashed = pl.col("value").hash(seed=0)
    some = values.slice(before).drop_nulls().select(hashed).collect(engine="streaming").to_series()
    there = values.slice(0, before).drop_nulls().select(hashed.is_in(some.implode()).sum())
    return int(there.collect(engine="streaming").item())


def _read_again(file: Path, parquet: pq.ParquetFile, state: TableState, names: list[str]) -> dict[int, dict[str, Any]]:
    """Columns of which nothing could be kept."""
    again = TableState.none(parquet.schema_arrow, state.seed).only(names)
    for batch in batches(parquet, names=again.names):
        again.add(batch)
    again.settle()
    exact = refine(file, again)
    places = {name: place for place, name in enumerate(state.names)}
    for name, column in zip(again.names, again.columns, strict=True):
        state.columns[places[name]] = column
    return {places[again.names[place]]: found for place, found in exact.items()}
