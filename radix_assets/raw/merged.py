"""Splice the new and changed rows of a table onto its last snapshot, in place of those with the same primary key.

The result has the rows and types of a full read; where that is not certain the table is read as a whole. The number of
rows that the source has decides: it differs if rows were deleted, or were added below the window that was read.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow.parquet as pq
from polars import selectors as cs

from radix_assets.common.plural import counted
from radix_assets.raw.appended import is_plain, values_of
from radix_assets.raw.columns import ROW_GROUP, null_counts
from radix_assets.raw.splice import join_groups
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.staging import Increment, Staged
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import DATA_FILE, ColumnSchema, Declared, RawSchema, read_schema

_NEW: Final = "new.parquet"
_PLACE: Final = "\x00place"
"""A column name that no table has."""
_SORTED: Final = frozenset({"integer", "decimal", "date", "datetime"})
"""Types that every database sorts as Polars does."""


def merge_snapshot(
    table: str, previous: Path, staged: Staged, increment: Increment, work: Path, out: Path
) -> RawSchema | str:
    """Write `data.parquet` into `out`: the rows of the previous snapshot, with the staged rows in their places.

    Rows are in the order of the primary key if databases agree on its order; otherwise the staged ones are last.

    Return the schema of all rows; if a full read might give others, why the table has to be read as a whole, for the
    user: then `out` is to be written again.
    """
    before = read_schema(previous)
    if not is_plain(before, staged):
        return "something in the table was set aside or left out"
    merge = _Merge.of(before, previous, staged.declared, increment)
    with reading_errors(Place(table, "database")):
        rows = staged.rows()
        values = values_of(before, previous, staged, rows)
        if values is None:
            return "the new rows have values of other types than the old ones"
        new = rows.derive(values)
        if not _all_converted(rows, new, staged, before):
            return "a new row holds a value that cannot be read like the others of its column"
        if not merge.key:
            new = new.filter(merge.replaced)  # others that were read as well are among the old ones
        if merge.goes_back(new):
            return f"the highest value of {increment.column} is lower than before"
        written = merge.write(new, work / _NEW, out / DATA_FILE)
        missing = new.one(pl.col(merge.cursor.name).is_null().sum())[0]
    if written != increment.total:
        return _difference(written, increment)
    read = counted(new.height(), "new, changed or recent row")
    staged.notes.append(f"only {read} of {written:,} had to be read, by {increment.column}")
    if missing:
        staged.notes.append(f"{counted(missing, 'row')} without {increment.column}: read again at every change")
    columns = [
        column.model_copy(update={"nulls": number})
        for column, number in zip(before.columns, null_counts(out / DATA_FILE), strict=True)
    ]
    return before.model_copy(update={"rows": written, "columns": columns, "declared": staged.declared})


def _difference(written: int, increment: Increment) -> str:
    count = counted(abs(written - increment.total), "row")
    if written > increment.total:
        return f"{count} deleted, or changed without a primary key"
    return f"{count} added with lower values of {increment.column} than the overlap covers"


def _all_converted(rows: Rows, new: Rows, staged: Staged, before: RawSchema) -> bool:
    there = [pl.col(place).is_not_null() for place in staged.columns]
    for number, column in enumerate(before.columns):
        if column.reading and column.reading.nulls:
            there[number] &= ~pl.col(staged.columns[number]).is_in(column.reading.nulls)
    return rows.one(present.sum().alias(str(n)) for n, present in enumerate(there)) == new.one(pl.all().count())


@dataclass(frozen=True)
class _Merge:
    """Which rows of the previous snapshot stay, and in which order all are."""

    old: Path
    cursor: ColumnSchema
    low: Any
    """A value of the cursor's canonical type in the snapshot: rows from it on, and those without one, are replaced."""
    key: list[str]
    is_sorted: bool

    @classmethod
    def of(cls, before: RawSchema, previous: Path, declared: Declared, increment: Increment) -> "_Merge":
        columns = {column.name: column for column in before.columns}
        cursor = next(column for column in before.columns if column.source == increment.column)
        complete = [names for names in declared.unique if set(names) <= set(declared.not_null)]
        key = declared.primary_key or next(iter(complete), [])
        key = key if set(key) <= set(columns) else []
        is_ordered = increment.is_ordered and bool(key) and key == declared.primary_key
        is_sorted = is_ordered and all(columns[name].dtype in _SORTED for name in key)
        low = f"{increment.low:016x}" if cursor.dtype == "string" else increment.low
        return cls(previous / DATA_FILE, cursor, low, key, is_sorted)

    @property
    def _scan(self) -> pl.LazyFrame:
        return pl.scan_parquet(self.old, glob=False)

    @property
    def replaced(self) -> pl.Expr:
        """Whether a row lies in the window."""
        value = cs.by_name(self.cursor.name).as_expr()
        return value.is_null() | (value >= self._low)

    @property
    def _low(self) -> pl.Expr:
        # A whole number in place of a fraction, and the type of the column, so that no value is rounded.
        low = math.floor(self.low) if self.cursor.dtype == "integer" and not isinstance(self.low, int) else self.low
        return pl.lit(low)

    def goes_back(self, new: Rows) -> bool:
        """Return whether the highest value is below that of the previous snapshot."""
        name = self.cursor.name
        before = self._scan.select(cs.by_name(name)).max().collect(engine="streaming").item()
        now = new.select(cs.by_name(name)).max().item()
        return before is not None and (now is None or bool(now < before))

    def write(self, new: Rows, scratch: Path, target: Path) -> int:
        """Write the row groups before the first that changes as they are, and then all other rows; return how many."""
        dtypes = self._scan.collect_schema()
        added = new.lazy.select(cs.by_name(name).cast(dtype) for name, dtype in dtypes.items())
        start = self._first_change(added)
        groups = [
            group for group in range(pq.read_metadata(self.old).num_row_groups) if (group + 1) * ROW_GROUP <= start
        ]
        rest = self._scan.slice(len(groups) * ROW_GROUP).filter(~self.replaced)
        if self.key:
            rest = rest.join(added.select(cs.by_name(*self.key)), on=self.key, how="anti", maintain_order="left")
        together = self._ordered(rest, added)
        together.sink_parquet(scratch, compression="zstd", row_group_size=ROW_GROUP, statistics=True)
        join_groups(self.old, len(groups), scratch, target)
        return int(pq.read_metadata(target).num_rows)

    def _ordered(self, rest: pl.LazyFrame, added: pl.LazyFrame) -> pl.LazyFrame:
        if self.is_sorted and len(self.key) == 1:
            return rest.merge_sorted(added, self.key[0])
        together = pl.concat([rest, added])
        return together.sort(self.key) if self.is_sorted else together

    def _first_change(self, added: pl.LazyFrame) -> int:
        """Return the place of the first old row that is replaced or has a new row before it."""
        old = self._scan.with_row_index(_PLACE)
        firsts = [old.filter(self.replaced)]
        if self.key:
            firsts.append(old.join(added.select(cs.by_name(*self.key)), on=self.key, how="semi"))
        if self.is_sorted:
            first = self.key[0]
            lowest = added.select(cs.by_name(first).min()).collect(engine="streaming").item()
            firsts.append(old.filter(cs.by_name(first).as_expr() > pl.lit(lowest)))
        places = pl.collect_all([rows.select(pl.col(_PLACE).min()) for rows in firsts], engine="streaming")
        known = [place.item() for place in places if place.item() is not None]
        return min(known) if known else int(pq.read_metadata(self.old).num_rows)
