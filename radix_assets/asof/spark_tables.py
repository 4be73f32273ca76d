"""The tables' snapshots on a cluster: rows linked by their numbers, each with its time. What `Store` is in memory."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from radix_assets.asof.keys import common
from radix_assets.asof.plan import Link
from radix_assets.asof.spark_sql import key, moment
from radix_assets.asof.times import ALWAYS, NEVER
from radix_resources.compute.snapshots import ROW, Snapshot, read
from radix_resources.errors import FeatureError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TIME = "__time"
PLACE = "__place"
FOREVER = f"{NEVER}L"
EVER = f"({ALWAYS + 1}L - 1L)"


class SparkTables:
    """Frames are plans: nothing is read until something is asked for."""

    def __init__(
        self,
        session: "SparkSession | None",
        paths: Mapping[str, Path],
        times: Mapping[str, tuple[str, ...]],
        links: Sequence[Link],
        copies: Mapping[str, str] | None = None,
    ) -> None:
        """`paths` are snapshot directories. Without a session only what the schemas tell can be asked for."""
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
        """The Parquet file of a table. Raises FeatureError RDX-FEA-005."""
        if self._copies.get(table, table) not in self._paths:
            raise FeatureError(
                "RDX-FEA-005",
                f"the features need the table {table}, which is not there",
                expected="the tables that the features were made from",
                hint="materialize the features again",
                table=table,
            )
        return self._paths[self._copies.get(table, table)] / "data.parquet"

    def snapshot(self, table: str) -> Snapshot:
        """The rows of a table."""
        source = self._copies.get(table, table)
        if source not in self._snapshots:
            assert self._session is not None  # noqa: S101
            self._snapshots[source] = read(self._session, self.file(table))
        return self._snapshots[source]

    def schema(self, table: str) -> pl.Schema:
        """Its raw columns in canonical types."""
        if table not in self._schemas:
            self._schemas[table] = pl.Schema(pl.read_parquet_schema(self.file(table)))
        return self._schemas[table]

    def column(self, table: str, name: str) -> str:
        """By what a raw column is called. Raises FeatureError RDX-FEA-005 where it is not there."""
        if name not in self.schema(table):
            raise FeatureError(
                "RDX-FEA-005",
                f"the features read a column of {table} that is not there: {name}",
                expected="the columns that the features were made from",
                hint="materialize the features again",
                table=table,
                column=name,
            )
        return f"c{list(self.schema(table)).index(name)}"

    def key(self, link: int, *, parent: bool) -> list[str]:
        """The parts of a key as SQL, both sides in the same types."""
        step = self.links[link]
        above, below = self.schema(step.parent), self.schema(step.child)
        sides = [(below[a], above[b]) for a, b in zip(step.child_columns, step.parent_columns, strict=True)]
        columns = step.parent_columns if parent else step.child_columns
        table = step.parent if parent else step.child
        return [
            key(self.column(table, name), pair[1] if parent else pair[0], common(*pair))
            for name, pair in zip(columns, sides, strict=True)
        ]

    def parents(self, link: int) -> "DataFrame":
        """`k0`, `k1` …, PLACE: the first row of each key. Keys with a null in them belong to no row."""
        if link not in self._parents:
            parts = self.key(link, parent=True)
            frame = self.snapshot(self.links[link].parent).frame
            frame = frame.selectExpr(ROW, *(f"{part} AS k{i}" for i, part in enumerate(parts)))
            names = [f"k{i}" for i in range(len(parts))]
            frame = frame.dropna(subset=names)
            self._parents[link] = self.held(frame.groupBy(*names).agg({ROW: "min"}).toDF(*names, PLACE))
        return self._parents[link]

    @staticmethod
    def held(frame: "DataFrame") -> "DataFrame":
        """The same rows, computed once, on the workers: plans that read them stay small."""
        return frame.localCheckpoint(eager=False)

    def flat(self, frame: "DataFrame") -> "DataFrame":
        """The same rows; held where the plan goes over the wire, since a message may not be nested deeply."""
        remote = type(frame).__module__.startswith("pyspark.sql.connect")
        return self.held(frame) if remote else frame

    def found(self, frame: "DataFrame", link: int, parts: Sequence[str], name: str) -> "DataFrame":
        """With one more column: the number of the parent's row for each row, given its key's parts as SQL."""
        own = [f"{name} {i}" for i in range(len(parts))]
        frame = frame.selectExpr("*", *(f"{part} AS `{one}`" for one, part in zip(own, parts, strict=True)))
        above = self.parents(link).toDF(*(f"{name} {i} above" for i in range(len(parts))), name)
        same = None
        for one in own:
            here = frame[f"`{one}`"] == above[f"`{one} above`"]
            same = here if same is None else same & here
        return frame.join(above, same, "left").drop(*own, *(f"{one} above" for one in own))

    def linked(self, link: int) -> "DataFrame":
        """ROW of the child, PLACE of its parent, null where there is none."""
        if link not in self._linked:
            child = self.snapshot(self.links[link].child).frame
            found = self.found(child, link, self.key(link, parent=False), PLACE).select(ROW, PLACE)
            self._linked[link] = self.held(found)
        return self._linked[link]

    def timed(self, table: str) -> bool:
        """Whether rows have a moment, their own or of what they point to."""
        return table in self.times_of or any(self.timed(link.parent) for link in self.links if link.child == table)

    def times(self, table: str) -> "DataFrame | None":
        """ROW and TIME, since when each row is known, in microseconds; None where that is always so."""
        if not self.timed(table):
            return None
        if table not in self._times:
            self._times[table] = self.held(self._made(table))
        return self._times[table]

    def _made(self, table: str) -> "DataFrame":
        frame = self.snapshot(table).frame
        if table in self.times_of:
            sql = moment(self.times_of[table], lambda name: self.column(table, name), self.schema(table))
            return frame.selectExpr(ROW, f"coalesce({sql}, {FOREVER}) AS {TIME}")
        frame = frame.select(ROW).selectExpr(ROW, f"{EVER} AS {TIME}")
        for number, link in enumerate(self.links):
            above = self.times(link.parent) if link.child == table else None
            if above is not None:
                frame = self.latest(frame.join(self.linked(number), ROW, "left"), above).select(ROW, TIME)
        return frame

    @staticmethod
    def latest(frame: "DataFrame", above: "DataFrame") -> "DataFrame":
        """With TIME the later of the row's and of the row's at its PLACE."""
        other = above.toDF("__above", "__then")
        frame = frame.join(other, frame[PLACE] == other["__above"], "left")
        columns = [column for column in frame.columns if column not in (TIME, "__above", "__then")]
        return frame.selectExpr(*(f"`{c}`" for c in columns), f"greatest({TIME}, coalesce(__then, {EVER})) AS {TIME}")
