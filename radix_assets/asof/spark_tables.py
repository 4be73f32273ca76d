"""Snapshots of tables on a cluster: rows linked by number, each with its time. The counterpart of `Store`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from radix_assets.asof.keys import common
from radix_assets.asof.plan import Link
from radix_assets.asof.spark_sql import key, known_from, words
from radix_assets.asof.times import ALWAYS, NEVER
from radix_assets.common.spelling import folded_sql
from radix_assets.sources.rows import scan_values
from radix_resources.compute.snapshots import ROW, Snapshot, read
from radix_resources.errors import FeatureError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TIME = "__time"
PLACE = "__place"
FOREVER = f"{NEVER}L"
EVER = f"({ALWAYS + 1}L - 1L)"


class SparkTables:
    """Snapshots as Spark frames, which are lazy: nothing is read until an action."""

    def __init__(
        self,
        session: "SparkSession | None",
        paths: Mapping[str, Path],
        times: Mapping[str, tuple[str, ...]],
        links: Sequence[Link],
        copies: Mapping[str, str] | None = None,
        known: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """`paths` are snapshot directories. Without a session only the schemas can be read."""
        self._known = dict(known or {})
        self._session = session
        self.links = list(links)
        self.times_of = dict(times)
        self._paths, self._copies = dict(paths), dict(copies or {})
        self._snapshots: dict[str, Snapshot] = {}
        self._schemas: dict[str, pl.Schema] = {}
        self._parents: dict[int, DataFrame] = {}
        self._linked: dict[int, DataFrame] = {}
        self._times: dict[str, DataFrame | None] = {}

    def file(self, table: str) -> Path:
        """Return the Parquet file of a table. Raises FeatureError RDX-FEA-005 if the table is missing."""
        if self._copies.get(table, table) not in self._paths:
            raise FeatureError(
                "RDX-FEA-005",
                f"the features require the table {table!r}, which is missing",
                expected="the tables from which the features were built",
                hint="materialize the features again",
                table=table,
            )
        return self._paths[self._copies.get(table, table)] / "data.parquet"

    def snapshot(self, table: str) -> Snapshot:
        """Return the rows of a table."""
        source = self._copies.get(table, table)
        if source not in self._snapshots:
            assert self._session is not None  # noqa: S101
            self._snapshots[source] = read(self._session, self.file(table))
        return self._snapshots[source]

    def schema(self, table: str) -> pl.Schema:
        """Return the raw columns of a table in canonical types."""
        if table not in self._schemas:
            self._schemas[table] = scan_values(self.file(table)).collect_schema()
        return self._schemas[table]

    def column(self, table: str, name: str) -> str:
        """Return the name of a raw column in the frame. Raises FeatureError RDX-FEA-005 if it is missing."""
        if name not in self.schema(table):
            raise FeatureError(
                "RDX-FEA-005",
                f"the features read the column {name!r} of {table!r}, which is missing",
                expected="the columns from which the features were built",
                hint="materialize the features again",
                table=table,
                column=name,
            )
        return f"c{list(self.schema(table)).index(name)}"

    def key(self, link: int, *, parent: bool) -> list[str]:
        """Return the parts of a key as SQL, with both sides in the same types."""
        step = self.links[link]
        above, below = self.schema(step.parent), self.schema(step.child)
        sides = [(below[a], above[b]) for a, b in zip(step.child_columns, step.parent_columns, strict=True)]
        columns = step.parent_columns if parent else step.child_columns
        table = step.parent if parent else step.child
        if step.folded:
            own = above if parent else below
            return [folded_sql(words(self.column(table, name), own[name])) for name in columns]
        return [
            key(self.column(table, name), pair[1] if parent else pair[0], common(*pair))
            for name, pair in zip(columns, sides, strict=True)
        ]

    def parents(self, link: int) -> "DataFrame":
        """Return `k0`, `k1` …, PLACE: the first row of each key. Keys that contain a null match no row."""
        if link not in self._parents:
            parts = self.key(link, parent=True)
            frame = self.snapshot(self.links[link].parent).frame
            frame = frame.selectExpr(ROW, *(f"{part} AS k{i}" for i, part in enumerate(parts)))
            names = [f"k{i}" for i in range(len(parts))]
            frame = frame.dropna(subset=names)
            self._parents[link] = self.checkpointed(frame.groupBy(*names).agg({ROW: "min"}).toDF(*names, PLACE))
        return self._parents[link]

    @staticmethod
    def checkpointed(frame: "DataFrame") -> "DataFrame":
        """Return the same rows, computed once on the workers, so that plans that read them stay small."""
        return frame.localCheckpoint(eager=False)

    def flat(self, frame: "DataFrame") -> "DataFrame":
        """Return the same rows; checkpointed with Spark Connect, whose messages must not be nested deeply."""
        remote = type(frame).__module__.startswith("pyspark.sql.connect")
        return self.checkpointed(frame) if remote else frame

    def with_parent(self, frame: "DataFrame", link: int, parts: Sequence[str], name: str) -> "DataFrame":
        """Add a column with the number of each row's parent row, given the parts of its key as SQL."""
        own = [f"{name} {i}" for i in range(len(parts))]
        frame = frame.selectExpr("*", *(f"{part} AS `{part_name}`" for part_name, part in zip(own, parts, strict=True)))
        parent_rows = self.parents(link).toDF(*(f"{name} {i} above" for i in range(len(parts))), name)
        condition = None
        for part_name in own:
            equal = frame[f"`{part_name}`"] == parent_rows[f"`{part_name} above`"]
            condition = equal if condition is None else condition & equal
        return frame.join(parent_rows, condition, "left").drop(*own, *(f"{part_name} above" for part_name in own))

    def linked(self, link: int) -> "DataFrame":
        """Return ROW of the child and PLACE of its parent, null if there is none."""
        if link not in self._linked:
            child = self.snapshot(self.links[link].child).frame
            rows = self.with_parent(child, link, self.key(link, parent=False), PLACE).select(ROW, PLACE)
            self._linked[link] = self.checkpointed(rows)
        return self._linked[link]

    def timed(self, table: str) -> bool:
        """Return whether rows have a time: their own, or that of a row they reference."""
        return table in self.times_of or any(self.timed(link.parent) for link in self.links if link.child == table)

    def times(self, table: str) -> "DataFrame | None":
        """Return ROW and TIME, since when each row is known, in microseconds; None if always known."""
        if not self.timed(table):
            return None
        if table not in self._times:
            self._times[table] = self.checkpointed(self._computed_times(table))
        return self._times[table]

    def _computed_times(self, table: str) -> "DataFrame":
        frame = self.snapshot(table).frame
        if table in self.times_of:
            sql = known_from(
                self.times_of[table],
                self._known.get(table, ()),
                lambda name: self.column(table, name),
                self.schema(table),
            )
            return frame.selectExpr(ROW, f"coalesce({sql}, {FOREVER}) AS {TIME}")
        frame = frame.select(ROW).selectExpr(ROW, f"{EVER} AS {TIME}")
        for number, link in enumerate(self.links):
            above = self.times(link.parent) if link.child == table else None
            if above is not None:
                frame = self.latest(frame.join(self.linked(number), ROW, "left"), above).select(ROW, TIME)
        return frame

    @staticmethod
    def latest(frame: "DataFrame", above: "DataFrame") -> "DataFrame":
        """Set TIME to the later of the row's own and that of the row at its PLACE."""
        other = above.toDF("__above", "__then")
        frame = frame.join(other, frame[PLACE] == other["__above"], "left")
        columns = [column for column in frame.columns if column not in (TIME, "__above", "__then")]
        return frame.selectExpr(*(f"`{c}`" for c in columns), f"greatest({TIME}, coalesce(__then, {EVER})) AS {TIME}")
