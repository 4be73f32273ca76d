"""The mergeable state of a table: it can be extended by appended rows, or merged from several machines."""

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
"""Rows from which columns are processed by several threads."""


@dataclass
class TableState:
    """The state of consecutive rows of a table."""

    names: list[str]
    rows: int
    columns: list[ColumnState]
    associations: Associations
    hashes: DistinctSketch
    """Hashes of whole rows."""
    seed: int = 0
    """Seed of all hashes; a secret, never stored."""
    first: int = 0
    """The number of the first row in the table."""

    @classmethod
    def none(cls, schema: pa.Schema, seed: int = 0, first: int = 0) -> "TableState":
        """Return the state of no rows. Without a secret `seed` no hashes of hidden columns can be stored."""
        columns = [ColumnState(canonical_dtype(field.type), seed=seed) for field in schema]
        numbers = [place for place, column in enumerate(columns) if column.dtype in {"integer", "float"}]
        categories = [place for place, column in enumerate(columns) if column.dtype in {"string", "boolean"}]
        associations = Associations.none(numbers[:MEASURES], categories[:MEASURES])
        return cls(list(schema.names), 0, columns, associations, DistinctSketch.none(), seed, first)

    def only(self, names: Collection[str]) -> "TableState":
        """Return the state of no rows of some columns, without associations."""
        chosen = [place for place, name in enumerate(self.names) if name in names]
        columns = [ColumnState(self.columns[place].dtype, seed=self.seed) for place in chosen]
        own = [self.names[place] for place in chosen]
        return TableState(own, 0, columns, Associations.none([], []), DistinctSketch.none(), self.seed)

    def add(self, batch: pa.RecordBatch, threads: Executor | None = None) -> Hashes:
        """Add the rows that follow. Return a hash of each."""
        if not batch.num_rows:
            return np.zeros(0, np.uint64)
        arrays = batch.columns
        run = threads.map if threads and batch.num_rows >= _THREADED else map
        chunks = run(partial(read_chunk, seed=self.seed), arrays)
        related_chunks: dict[int, ColumnChunk] = {}
        related = {*self.associations.numbers, *self.associations.categories}
        rows: Hashes | None = None
        for place, chunk in enumerate(chunks):
            rows = chain_hashes(rows, chunk.hashes)
            self.columns[place].merge(chunk.state)
            if place in related:
                related_chunks[place] = chunk
        self.associations.add(related_chunks, self.first + self.rows, batch.num_rows)
        rows = np.zeros(batch.num_rows, np.uint64) if rows is None else rows
        self.hashes.add(*counted(np.sort(rows)))
        self.rows += batch.num_rows
        return rows

    def merge(self, other: "TableState") -> None:
        """Merge the state of the rows that follow, which must not be used afterwards.

        The sample for rank correlations depends on row numbers: the other state must begin with `first` at this end.
        """
        for mine, theirs in zip(self.columns, other.columns, strict=True):
            mine.merge(theirs)
        self.associations.merge(other.associations)
        self.hashes.merge(other.hashes)
        self.rows += other.rows

    def without_values(self, names: Iterable[str]) -> None:
        """Remove every value of some columns: counts, nulls, lengths and hashes of the values remain."""
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
        """Sort in what is pending. Return self."""
        for column in self.columns:
            column.settle()
        self.hashes.settle()
        return self
