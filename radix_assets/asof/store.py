"""Snapshots of tables in memory, as far as a plan reads them: rows linked by position, each with its time."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.asof.keys import KeyIndex, Positions, common
from radix_assets.asof.plan import Plan
from radix_assets.asof.times import ALWAYS, Times, moments
from radix_assets.sources.rows import scan_values
from radix_resources.errors import FeatureError


class Store:
    """Snapshots with indexes, links and times, each computed on first use and cached."""

    def __init__(self, plan: Plan, tables: dict[str, Path], *, static: bool = False) -> None:
        self.plan = plan
        self.static = static
        """Whether the present state is used (no cutoff)."""
        self._paths = tables
        self._schemas: dict[str, pl.Schema] = {}
        self._frames: dict[str, dict[str, pl.Series]] = {}
        self._indexes: dict[int, KeyIndex] = {}
        self._links: dict[int, Positions] = {}
        self._times: dict[str, Times | None] = {}
        self._ranks: dict[str, Positions] = {}
        self.final: dict[tuple[str, tuple[int, ...]], Times | None] = {}
        """By path: the time after which no rows are added below each row of a table."""

    def schema(self, table: str) -> pl.Schema:
        """Return the raw columns of a table. Raises FeatureError RDX-FEA-005 if the table is missing."""
        if table not in self._schemas:
            if self.plan.source(table) not in self._paths:
                raise FeatureError(
                    "RDX-FEA-005",
                    f"the features need the table {table}, which is not there",
                    expected="the tables that the features were made from",
                    hint="materialize the features again",
                    table=table,
                )
            self._schemas[table] = self.scan(table).collect_schema()
        return self._schemas[table]

    def scan(self, table: str) -> pl.LazyFrame:
        """Scan the rows of a table's snapshot."""
        return scan_values(self._paths[self.plan.source(table)] / "data.parquet")

    def require(self, table: str, columns: Iterable[str]) -> None:
        """Raise FeatureError RDX-FEA-005 if a column is missing."""
        unknown = [column for column in columns if column not in self.schema(table)]
        if unknown:
            raise FeatureError(
                "RDX-FEA-005",
                f"the features read columns of {table!r} that are missing: {', '.join(unknown)}",
                expected="the columns that the features were made from",
                hint="materialize the features again",
                table=table,
                column=unknown[0],
            )

    def frame(self, table: str, columns: tuple[str, ...] | list[str]) -> pl.DataFrame:
        """Return raw columns of all rows. Raises FeatureError RDX-FEA-005 if one is missing."""
        loaded = self._frames.setdefault(table, {})
        missing = [column for column in dict.fromkeys(columns) if column not in loaded]
        self.require(table, missing)
        if missing:
            read = self.scan(table).select(exactly(name) for name in missing).collect()
            loaded.update({column: read[column] for column in missing})
        return pl.DataFrame({column: loaded[column] for column in columns})

    def drop_raw(self) -> None:
        """Drop the raw columns; what was computed from them stays."""
        self._frames.clear()
        self._ranks.clear()
        self.final.clear()

    def find(self, link: int, rows: pl.DataFrame) -> Positions:
        """Return the position of the parent's row for each of these rows of the child, which hold raw columns."""
        return self._index(link).find(rows, self.plan.links[link].child_columns)

    def own(self, link: int, rows: pl.DataFrame, columns: Sequence[str] = ()) -> Positions:
        """Return the position of these rows of the parent in the snapshot, by the columns that the link refers to.

        `columns` are their names in `rows`, if these differ.
        """
        return self._index(link).find(rows, columns or self.plan.links[link].parent_columns)

    def linked(self, link: int) -> Positions:
        """Return the position of the parent's row for each row of the child's snapshot."""
        if link not in self._links:
            step = self.plan.links[link]
            self._links[link] = self.find(link, self.frame(step.child, step.child_columns))
        return self._links[link]

    def rows(self, table: str) -> int:
        """Return the number of rows of a snapshot."""
        loaded = self._frames.get(table)
        if loaded:
            return len(next(iter(loaded.values())))
        return int(self.scan(table).select(pl.len()).collect().item())

    def times(self, table: str) -> Times | None:
        """Return since when each row is known; None if always known.

        A table without a time index has the latest of its parents' times: a row cannot exist before the rows it
        references. A row with a null time index is never known.
        """
        if table not in self._times:
            self._times[table] = self._own_times(table) if table in self.plan.times else self._inherited(table)
        return self._times[table]

    def rank(self, table: str) -> Positions:
        """Return the rank of each row in the order of time; rows of equal time keep the table's order."""
        if table not in self._ranks:
            times = self.times(table)
            ranks = np.arange(self.rows(table), dtype=np.int64)
            if times is not None:
                order = np.argsort(times, kind="stable")
                ranks[order] = np.arange(len(order))
            self._ranks[table] = ranks
        return self._ranks[table]

    def _own_times(self, table: str) -> Times:
        parts, others = self.plan.times[table], self.plan.known.get(table, ())
        return moments(self.frame(table, (*parts, *others)), parts, others)

    def _inherited(self, table: str) -> Times | None:
        latest: Times | None = None
        for number, link in enumerate(self.plan.links):
            if link.child != table:
                continue
            parent_times = self.times(link.parent)
            if parent_times is None:
                continue
            positions = self.linked(number)
            times = np.where(positions >= 0, parent_times[positions] if len(parent_times) else ALWAYS, ALWAYS)
            latest = times if latest is None else np.maximum(latest, times)
        return latest

    def key_types(self, link: int) -> list[pl.DataType]:
        """Return the types in which both sides of a relationship are compared, part by part."""
        step = self.plan.links[link]
        self.require(step.parent, step.parent_columns)
        if step.folded:
            return [pl.String() for _ in step.parent_columns]
        parent = self.schema(step.parent)
        if self.plan.source(step.child) not in self._paths:  # rows without a snapshot take their parent's types
            return [parent[column] for column in step.parent_columns]
        self.require(step.child, step.child_columns)
        child = self.schema(step.child)
        return [common(child[a], parent[b]) for a, b in zip(step.child_columns, step.parent_columns, strict=True)]

    def _index(self, link: int) -> KeyIndex:
        if link not in self._indexes:
            step = self.plan.links[link]
            types = self.key_types(link)
            parents = self.frame(step.parent, step.parent_columns)
            self._indexes[link] = KeyIndex(parents, step.parent_columns, types, folded=step.folded)
        return self._indexes[link]
