"""Ask a question at many times, on a cluster.

The rows of an aggregate are summed by entity and by the times whose windows contain them, which are consecutive: from
the first that ends after the row to the last that begins before it. These sums, not the rows, are then distributed to
the times; if a window has no start, they are accumulated along the times.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from radix_assets.asof.spark_tables import EVER, FOREVER, PLACE, TIME, SparkTables
from radix_assets.asof.times import ALWAYS, Times
from radix_assets.labels.ask import ASKED, AT, LABEL, Asker
from radix_assets.labels.evaluate import NOTHING
from radix_assets.labels.spark.sql import truth, type_of, value
from radix_assets.labels.windows import ENTITY, is_zero_without_rows, window
from radix_assets.question.syntax import Aggregate, Column, columns
from radix_resources.compute.snapshots import ROW

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_DAY = 86_400_000_000
_AT = "__moment"
"""Number of a time of the question."""
_PARTS = {
    "n": ("count(of)", "sum(n)"),
    "s": ("sum(x)", "sum(s)"),
    "low": ("min(of)", "min(low)"),
    "high": ("max(CASE WHEN whole THEN of END)", "max(high)"),
    "most": ("max(of)", "max(most)"),
    "f": ("min(CASE WHEN of IS NOT NULL THEN struct(t, r, of) END)", "min(f)"),
    "l": ("max(CASE WHEN of IS NOT NULL THEN struct(t, r, of) END)", "max(l)"),
}
"""Partial aggregates by name: over rows, and over partial aggregates."""
_PARTS_OF = {
    "count": "ns",
    "sum": "s",
    "mean": "ns",
    "min": ("low",),
    "max": ("high", "most"),
    "any": "ns",
    "first": "f",
    "last": "l",
}


@dataclass
class SparkAsker:
    """A bound question over data that a cluster reads. `asker` defines the question; nothing is read through it."""

    session: "SparkSession"
    asker: Asker
    _events: "dict[Aggregate, DataFrame]" = field(default_factory=dict)
    _span: tuple[int, int, bool] | None = None

    def __post_init__(self) -> None:
        asker = self.asker
        self.future = asker.future
        self.tables = SparkTables(self.session, asker.tables, asker.times, asker.links)

    def span(self) -> tuple[int, int] | None:
        """Return the first and the last time of any row in the question; None if there are no rows."""
        edges = self._edges()
        return None if edges is None else edges[:2]

    def only_days(self) -> bool:
        """Return whether no row in the question has a time of day."""
        edges = self._edges()
        return edges is None or edges[2]

    def at(self, moments: Times, *, labelled: bool) -> "DataFrame":
        """Return ENTITY, AT, ASKED and, if labelled, LABEL: a row for each entity known by each time."""
        future, asker = self.future, self.asker
        first = _count(moments, "since")  # the times that are not after it
        frame = self._since().selectExpr(
            ENTITY,
            f"explode(CASE WHEN {first} < {len(moments)} THEN sequence({first}, {len(moments) - 1}) END) AS {_AT}",
        )
        types: dict[str, pl.DataType] = {}
        windowed: dict[tuple[bool, Aggregate], str] = {}
        for bound, ahead in [(asker.where, False), *([(asker.predict, True)] if labelled else [])]:
            for aggregate in bound.paths if bound else ():
                name = f"look{len(windowed)}"
                windowed[ahead, aggregate] = name
                start, end = window(moments, aggregate.span or (future.within if ahead else None), ahead=ahead)
                values, types[name] = self._in_windows(frame, aggregate, start, end, name)
                frame = frame.join(self.tables.checkpointed(values), [ENTITY, _AT], "left")
                if is_zero_without_rows(aggregate):
                    others = [column for column in frame.columns if column != name]
                    frame = frame.selectExpr(*others, f"coalesce({name}, {NOTHING}D) AS {name}")
        return self._answered(frame, moments, windowed, types, labelled=labelled)

    def _answered(
        self,
        frame: "DataFrame",
        moments: Times,
        windowed: dict[tuple[bool, Aggregate], str],
        types: dict[str, pl.DataType],
        *,
        labelled: bool,
    ) -> "DataFrame":
        asker, table = self.asker, self.future.for_each
        own_columns = list(dict.fromkeys(c.name for c in columns(asker.where.tree))) if asker.where else []
        own_names = {name: f"own{place}" for place, name in enumerate(own_columns)}
        if own_names:
            types |= {short: self.tables.schema(table)[name] for name, short in own_names.items()}
            raw = [f"{self.tables.column(table, name)} AS {short}" for name, short in own_names.items()]
            frame = frame.join(self.tables.snapshot(table).frame.selectExpr(f"{ROW} AS {ENTITY}", *raw), ENTITY)

        def named(tree: Aggregate | Column, *, ahead: bool) -> str:
            return own_names[tree.name] if isinstance(tree, Column) else windowed[ahead, tree]

        asked = "true"
        if asker.where:
            asked = f"coalesce({truth(asker.where.tree, types, partial(named, ahead=False))}, false)"
        answers = [f"{_array(moments)}[{_AT}] AS {AT}", f"{asked} AS {ASKED}"]
        if labelled:
            answers.append(f"{value(asker.predict.tree, types, partial(named, ahead=True))} AS {LABEL}")
        return frame.selectExpr(ENTITY, *answers)

    def _in_windows(
        self, grid: "DataFrame", aggregate: Aggregate, start: Times, end: Times, name: str
    ) -> "tuple[DataFrame, pl.DataType]":
        """Return the aggregate of each entity and time that has rows in the window, and its type."""
        rows = self._of(aggregate).where("counts")
        last = len(start) - 1
        unbounded = bool((start == ALWAYS).all())
        low, high = _count(end, "t"), f"{last}" if unbounded else f"{_count(start, 't')} - 1"
        parts = _PARTS_OF[aggregate.function]
        rows = rows.selectExpr("*", f"{low} AS low_at", f"CAST({high} AS INT) AS high_at").where("low_at <= high_at")
        sums = rows.groupBy(ENTITY, "low_at", "high_at").agg(*(_expr(_PARTS[part][0], part) for part in parts))
        kind = self._type(aggregate)
        if unbounded:
            return self._cumulative(grid, sums, parts, aggregate, name), kind
        distributed = sums.selectExpr(ENTITY, f"explode(sequence(low_at, high_at)) AS {_AT}", *parts)
        sums_by_time = distributed.groupBy(ENTITY, _AT).agg(*(_expr(_PARTS[part][1], part) for part in parts))
        return sums_by_time.selectExpr(ENTITY, _AT, f"{self._finished(aggregate)} AS {name}"), kind

    def _cumulative(
        self, grid: "DataFrame", sums: "DataFrame", parts: Sequence[str], aggregate: Aggregate, name: str
    ) -> "DataFrame":
        """Return the aggregate of everything before each time: sums accumulated up to it."""
        events = sums.selectExpr(ENTITY, f"low_at AS {_AT}", "false AS asks", *parts)
        asks = grid.select(ENTITY, _AT).selectExpr(ENTITY, _AT, "true AS asks")
        both = events.unionByName(asks, allowMissingColumns=True)
        window = f"OVER (PARTITION BY {ENTITY} ORDER BY {_AT} RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        accumulated = both.selectExpr(ENTITY, _AT, "asks", *(f"{_PARTS[part][1]} {window} AS {part}" for part in parts))
        accumulated = accumulated.where("asks")
        return accumulated.selectExpr(ENTITY, _AT, f"{self._finished(aggregate)} AS {name}")

    def _finished(self, aggregate: Aggregate) -> str:
        condition = aggregate.of is not None and not isinstance(aggregate.of, Column)
        return {
            "count": "CAST(s AS DOUBLE)" if condition else "CAST(n AS DOUBLE)",
            "sum": "coalesce(s, 0D)",
            "mean": "CASE WHEN n > 0 THEN s / n END",
            "min": "low",
            "max": "coalesce(high, most)",
            "any": "CASE WHEN n > 0 THEN s > 0 END",
            "first": "f.of",
            "last": "l.of",
        }[aggregate.function]

    def _type(self, aggregate: Aggregate) -> pl.DataType:
        if aggregate.function in {"count", "sum", "mean"}:
            return pl.Float64()
        if aggregate.function == "any" or aggregate.of is None:
            return pl.Boolean()
        return type_of(aggregate.of, self._raw(aggregate.table), self._named(aggregate.table))

    def _raw(self, table: str) -> dict[str, pl.DataType]:
        schema = self.tables.schema(table)
        return {self.tables.column(table, name): kind for name, kind in schema.items()}

    def _named(self, table: str) -> Any:
        return lambda column: self.tables.column(table, column.name)

    def _of(self, aggregate: Aggregate) -> "DataFrame":
        """Return ENTITY, `t` the time, `r` the row number, `of` the value, `x` as a number, `counts` the condition."""
        if aggregate in self._events:
            return self._events[aggregate]
        tables, table = self.tables, aggregate.table
        types, named = self._raw(table), self._named(table)
        of = "true"
        if aggregate.of is not None:
            of = (truth if aggregate.function == "any" else value)(aggregate.of, types, named)
        counts = f"coalesce({truth(aggregate.where, types, named)}, false)" if aggregate.where is not None else "true"
        kind = pl.Boolean() if aggregate.of is None or aggregate.function == "any" else self._type_of(aggregate, types)
        number = f"CAST({of} AS DOUBLE)" if kind.is_numeric() or kind == pl.Boolean else "CAST(NULL AS DOUBLE)"
        whole = f"NOT isnan({of})" if kind.is_float() else "true"
        frame = tables.snapshot(table).frame
        times = tables.times(table)
        frame = frame.join(times, ROW) if times is not None else frame.selectExpr("*", f"{FOREVER} AS {TIME}")
        path = next(b for b in (self.asker.predict, self.asker.where) if b and aggregate in b.paths).paths[aggregate]
        steps = [list(self.asker.links).index(step) for step in path]
        frame = tables.with_parent(frame, steps[0], tables.key(steps[0], parent=False), PLACE)
        for step in steps[1:]:
            link_rows = tables.linked(step).toDF("__below", "__next")
            frame = frame.join(link_rows, frame[PLACE] == link_rows["__below"], "left").drop("__below", PLACE)
            frame = frame.withColumnRenamed("__next", PLACE)
        frame = frame.where(f"{PLACE} IS NOT NULL AND {TIME} != {FOREVER} AND {TIME} != {EVER}")
        frame = frame.selectExpr(
            f"{PLACE} AS {ENTITY}",
            f"{TIME} AS t",
            f"{ROW} AS r",
            f"{of} AS of",
            f"{number} AS x",
            f"{whole} AS whole",
            f"{counts} AS counts",
        )
        self._events[aggregate] = tables.checkpointed(frame)
        return self._events[aggregate]

    def _type_of(self, aggregate: Aggregate, types: dict[str, pl.DataType]) -> pl.DataType:
        assert aggregate.of is not None  # noqa: S101
        return type_of(aggregate.of, types, self._named(aggregate.table))

    def _all(self) -> "list[DataFrame]":
        bounds = [bound for bound in (self.asker.predict, self.asker.where) if bound is not None]
        return [self._of(aggregate) for bound in bounds for aggregate in bound.paths]

    def _since(self) -> "DataFrame":
        """Return ENTITY and `since`, the time from which it is known: by its time index, else from its first row."""
        table = self.future.for_each
        own_times = self.tables.times(table)
        if own_times is not None:
            return own_times.toDF(ENTITY, "since").where(f"since != {FOREVER}")
        all_events = None
        for events in self._all():
            part = events.select(ENTITY, "t")
            all_events = part if all_events is None else all_events.unionByName(part)
        assert all_events is not None  # noqa: S101 a prediction has at least one aggregate
        return all_events.groupBy(ENTITY).agg(_expr("min(t)", "since"))

    def _edges(self) -> tuple[int, int, bool] | None:
        if self._span is None:
            ends = [
                events.agg(_expr("min(t)", "a"), _expr("max(t)", "b"), _expr(f"max(t % {_DAY}L != 0)", "c")).collect()[
                    0
                ]
                for events in self._all()
            ]
            non_empty = [row for row in ends if row["a"] is not None]
            if non_empty:
                days = not any(row["c"] for row in non_empty)
                self._span = min(row["a"] for row in non_empty), max(row["b"] for row in non_empty), days
        return self._span


def _array(moments: Times) -> str:
    return f"from_json('{np.asarray(moments).tolist()}', 'array<bigint>')"


def _count(moments: Times, time: str) -> str:
    """Return the SQL of the number of times, in ascending order, that are not after a time: a binary search."""
    steps = [1 << power for power in range(max(1, len(moments).bit_length()) - 1, -1, -1)]
    every = _array(moments)
    step = f"CASE WHEN p + b <= {len(moments)} AND {every}[p + b - 1] <= {time} THEN p + b ELSE p END"
    return f"aggregate(array({', '.join(map(str, steps))}), 0, (p, b) -> {step})"


def _expr(sql: str, name: str) -> Any:
    from pyspark.sql import functions

    return functions.expr(sql).alias(name)
