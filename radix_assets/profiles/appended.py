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
from radix_assets.profiles.prefix import Prefix, last_group, mark_of, may_begin_with, prefix_of
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
    """The state of a whole file from that of its first rows. None where it does not begin with the rows of the state."""
    if not may_begin_with(file, parquet, prefix):
        return None
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
    keys = [place for place, column in enumerate(state.columns) if _differs(column) and _differs(new.columns[place])]
    apart = {place for place in keys if _apart(state.columns[place], new.columns[place])}
    hidden = [name for name, column in zip(state.names, state.columns, strict=True) if column.hidden]
    state.merge(new)
    state.settle()
    for place in keys:
        column = state.columns[place]
        if column.tally is None and not column.strictly:
            column.known = column.present if place in apart else _counted(file, place, before, column, state.rows)
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


def _apart(before: ColumnState, after: ColumnState) -> bool:
    """Whether no value of one can be among those of the other."""
    if before.least is None or after.least is None:
        return False
    return bool(before.most < after.least or after.most < before.least)


def _counted(file: Path, place: int, before: int, column: ColumnState, rows: int) -> int:
    """How many different values a column has, whose values before differ and whose new values differ."""
    frame = pl.scan_parquet(file)
    if rows - before > REFINED:
        return counted_in_parts(frame, place, rows)
    values = frame.select(cs.by_index(place).alias("value"))
    new = values.slice(before).drop_nulls().select(pl.col("value").hash(seed=0)).collect(engine="streaming").to_series()
    hashed = values.slice(0, before).drop_nulls().select(pl.col("value").hash(seed=0).is_in(new.implode()).sum())
    there = int(hashed.collect(engine="streaming").item())
    return column.present - there


def _read_again(
    file: Path, parquet: pq.ParquetFile, state: TableState, names: list[str]
) -> dict[int, dict[str, Any]]:
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
