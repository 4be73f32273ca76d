"""All that is remembered of a table: enough to go on when rows are added, or to add up what several machines saw."""

from collections.abc import Collection, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from radix_assets.profiles.array_types import Hashes
from radix_assets.profiles.parameters import MEASURES
from radix_assets.profiles.sketches.distinct import DistinctSketch
from radix_assets.profiles.sketches.hashing import chain_hashes
from radix_assets.profiles.sketches.sorted_counts import counted
from radix_assets.profiles.state.associations import Associations
from radix_assets.profiles.state.column import ColumnState
from radix_assets.profiles.state.column_chunk import ColumnChunk, canonical_dtype, read_chunk

_THREADED = 32_768
"""Rows from which columns are looked at by several threads."""


@dataclass
class TableState:
    """Some consecutive rows of a table."""

    names: list[str]
    rows: int
    columns: list[ColumnState]
    associations: Associations
    hashes: DistinctSketch
    """Of whole rows."""
    seed: int = 0
    """Of all hashes; a secret, never stored."""
    first: int = 0
    """The number of the first row in the table."""

    @classmethod
    def none(cls, schema: pa.Schema, seed: int = 0, first: int = 0) -> "TableState":
        """Of no row. Without a secret `seed` nothing of the hashes of hidden columns can be kept."""
        columns = [ColumnState(canonical_dtype(field.type), seed=seed) for field in schema]
        numbers = [place for place, column in enumerate(columns) if column.dtype in {"integer", "float"}]
        categories = [place for place, column in enumerate(columns) if column.dtype in {"string", "boolean"}]
        associations = Associations.none(numbers[:MEASURES], categories[:MEASURES])
        return cls(list(schema.names), 0, columns, associations, DistinctSketch.none(), seed, first)

    def only(self, names: Collection[str]) -> "TableState":
        """Of no row, of some columns, without associations."""
        chosen = [place for place, name in enumerate(self.names) if name in names]
        columns = [ColumnState(self.columns[place].dtype, seed=self.seed) for place in chosen]
        own = [self.names[place] for place in chosen]
        return TableState(own, 0, columns, Associations.none([], []), DistinctSketch.none(), self.seed)

    def add(self, batch: pa.RecordBatch, threads: Executor | None = None) -> Hashes:
        """Take in the rows that follow. Returns a hash of each."""
        if not batch.num_rows:
            return np.zeros(0, np.uint64)
        arrays = batch.columns
        run = threads.map if threads and batch.num_rows >= _THREADED else map
        chunks = run(partial(read_chunk, seed=self.seed), arrays)
        kept: dict[int, ColumnChunk] = {}
        related = {*self.associations.numbers, *self.associations.categories}
        rows: Hashes | None = None
        for place, chunk in enumerate(chunks):
            rows = chain_hashes(rows, chunk.hashes)
            self.columns[place].merge(chunk.state)
            if place in related:
                kept[place] = chunk
        self.associations.add(kept, self.first + self.rows, batch.num_rows)
        rows = np.zeros(batch.num_rows, np.uint64) if rows is None else rows
        self.hashes.add(*counted(np.sort(rows)))
        self.rows += batch.num_rows
        return rows

    def merge(self, other: "TableState") -> None:
        """Take in the rows that follow, as another state holds them, which is used up.

        The sample for rank correlations goes by row number: the other must have been made with `first` where these end.
        """
        for mine, theirs in zip(self.columns, other.columns, strict=True):
            mine.merge(theirs)
        self.associations.merge(other.associations)
        self.hashes.merge(other.hashes)
        self.rows += other.rows

    def without_values(self, names: Iterable[str]) -> None:
        """Forget every value of some columns: counts, nulls, lengths and hashes of the values remain."""
        chosen = {place for place, name in enumerate(self.names) if name in set(names)}
        for place in chosen:
            self.columns[place].hide()
        self.associations.without(chosen)
        if chosen and not self.seed:
            self.hashes = DistinctSketch.none()
            self.hashes.limit = 0

    @property
    def hidden(self) -> set[str]:
        """Columns without values."""
        return {name for name, column in zip(self.names, self.columns, strict=True) if column.hidden}

    def settle(self) -> "TableState":
        """With nothing left to be sorted in."""
        for column in self.columns:
            column.settle()
        self.hashes.settle()
        return self
