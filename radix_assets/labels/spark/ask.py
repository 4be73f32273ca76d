"""Asking a question at many moments, on a cluster.

The rows of an aggregate are added up by entity and by the moments whose windows hold them, which are consecutive: from
the first that ends after the row to the last that begins before it. These sums, not the rows, are then laid out to the
moments; where a window has no beginning they are added up along the moments.
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
from radix_assets.labels.windows import ENTITY, is_told_of_nothing, window
from radix_assets.question.syntax import Aggregate, Column, columns
from radix_resources.compute.snapshots import ROW

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_DAY = 86_400_000_000
_AT = "__moment"
"""The number of a moment."""
_PARTS = {
    "n": ("count(of)", "sum(n)"),
    "s": ("sum(x)", "sum(s)"),
    "low": ("min(of)", "min(low)"),
    "high": ("max(CASE WHEN whole THEN of END)", "max(high)"),
    "most": ("max(of)", "max(most)"),
    "f": ("min(CASE WHEN of IS NOT NULL THEN struct(t, r, of) END)", "min(f)"),
    "l": ("max(CASE WHEN of IS NOT NULL THEN struct(t, r, of) END)", "max(l)"),
}
"""What sums are made of, and how they are added up."""
_WANTED = {
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
    """A question, bound to data that a cluster reads. `asker` says what is asked; nothing is read through it."""

    session: "SparkSession"
    asker: Asker
    _events: "dict[Aggregate, DataFrame]" = field(default_factory=dict)
    _span: tuple[int, int, bool] | None = None

    def __post_init__(self) -> None:
        asker = self.asker
        self.future = asker.future
        self.tables = SparkTables(self.session, asker.tables, asker.times, asker.links)

    def span(self) -> tuple[int, int] | None:
        """The first and the last moment at which anything that is asked about happened."""
        found = self._edges()
        return None if found is None else found[:2]

    def only_days(self) -> bool:
        """Whether nothing that is asked about has a time of day."""
        found = self._edges()
        return found is None or found[2]

    def at(self, moments: Times, *, labelled: bool) -> "DataFrame":
        """ENTITY, AT, ASKED and, if labelled, LABEL: a row for each entity known by each moment."""
        future, asker = self.future, self.asker
        first = _count(moments, "since")  # the moments that are not after it
        frame = self._since().selectExpr(
            ENTITY,
            f"explode(CASE WHEN {first} < {len(moments)} THEN sequence({first}, {len(moments) - 1}) END) AS {_AT}",
        )
        types: dict[str, pl.DataType] = {}
        looks: dict[tuple[bool, Aggregate], str] = {}
        for bound, ahead in [(asker.where, False), *([(asker.predict, True)] if labelled else [])]:
            for aggregate in bound.paths if bound else ():
                name = f"look{len(looks)}"
                looks[ahead, aggregate] = name
                start, end = window(moments, aggregate.span or (future.within if ahead else None), ahead=ahead)
                found, types[name] = self._looked(frame, aggregate, start, end, name)
                frame = frame.join(self.tables.held(found), [ENTITY, _AT], "left")
                if is_told_of_nothing(aggregate):
                    kept = [column for column in frame.columns if column != name]
                    frame = frame.selectExpr(*kept, f"coalesce({name}, {NOTHING}D) AS {name}")
        return self._answered(frame, moments, looks, types, labelled=labelled)

    def _answered(
        self,
        frame: "DataFrame",
        moments: Times,
        looks: dict[tuple[bool, Aggregate], str],
        types: dict[str, pl.DataType],
        *,
        labelled: bool,
    ) -> "DataFrame":
        asker, table = self.asker, self.future.for_each
        outside = list(dict.fromkeys(c.name for c in columns(asker.where.tree))) if asker.where else []
        own = {name: f"own{place}" for place, name in enumerate(outside)}
        if own:
            types |= {short: self.tables.schema(table)[name] for name, short in own.items()}
            raw = [f"{self.tables.column(table, name)} AS {short}" for name, short in own.items()]
            frame = frame.join(self.tables.snapshot(table).frame.selectExpr(f"{ROW} AS {ENTITY}", *raw), ENTITY)

        def named(tree: Aggregate | Column, *, ahead: bool) -> str:
            return own[tree.name] if isinstance(tree, Column) else looks[ahead, tree]

        asked = "true"
        if asker.where:
            asked = f"coalesce({truth(asker.where.tree, types, partial(named, ahead=False))}, false)"
        answers = [f"{_array(moments)}[{_AT}] AS {AT}", f"{asked} AS {ASKED}"]
        if labelled:
            answers.append(f"{value(asker.predict.tree, types, partial(named, ahead=True))} AS {LABEL}")
        return frame.selectExpr(ENTITY, *answers)

    def _looked(
        self, grid: "DataFrame", aggregate: Aggregate, start: Times, end: Times, name: str
    ) -> "tuple[DataFrame, pl.DataType]":
        """The aggregate of each entity and moment with such rows."""
        rows = self._of(aggregate).where("counts")
        last = len(start) - 1
        unbounded = bool((start == ALWAYS).all())
        low, high = _count(end, "t"), f"{last}" if unbounded else f"{_count(start, 't')} - 1"
        parts = _WANTED[aggregate.function]
        rows = rows.selectExpr("*", f"{low} AS low_at", f"CAST({high} AS INT) AS high_at").where("low_at <= high_at")
        sums = rows.groupBy(ENTITY, "low_at", "high_at").agg(*(_expr(_PARTS[part][0], part) for part in parts))
        kind = self._type(aggregate)
        if unbounded:
            return self._along(grid, sums, parts, aggregate, name), kind
        laid = sums.selectExpr(ENTITY, f"explode(sequence(low_at, high_at)) AS {_AT}", *parts)
        found = laid.groupBy(ENTITY, _AT).agg(*(_expr(_PARTS[part][1], part) for part in parts))
        return found.selectExpr(ENTITY, _AT, f"{self._finished(aggregate)} AS {name}"), kind

    def _along(
        self, grid: "DataFrame", sums: "DataFrame", parts: Sequence[str], aggregate: Aggregate, name: str
    ) -> "DataFrame":
        """Of everything before each moment: sums of the moments up to it."""
        events = sums.selectExpr(ENTITY, f"low_at AS {_AT}", "false AS asks", *parts)
        asks = grid.select(ENTITY, _AT).selectExpr(ENTITY, _AT, "true AS asks")
        both = events.unionByName(asks, allowMissingColumns=True)
        over = f"OVER (PARTITION BY {ENTITY} ORDER BY {_AT} RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        found = both.selectExpr(ENTITY, _AT, "asks", *(f"{_PARTS[part][1]} {over} AS {part}" for part in parts))
        found = found.where("asks")
        return found.selectExpr(ENTITY, _AT, f"{self._finished(aggregate)} AS {name}")

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
        """ENTITY, `t` its moment, `r` its number, `of` what is aggregated, `x` as a number, `counts` if it does."""
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
        frame = tables.found(frame, steps[0], tables.key(steps[0], parent=False), PLACE)
        for step in steps[1:]:
            held = tables.linked(step).toDF("__below", "__next")
            frame = frame.join(held, frame[PLACE] == held["__below"], "left").drop("__below", PLACE)
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
        self._events[aggregate] = tables.held(frame)
        return self._events[aggregate]

    def _type_of(self, aggregate: Aggregate, types: dict[str, pl.DataType]) -> pl.DataType:
        assert aggregate.of is not None  # noqa: S101
        return type_of(aggregate.of, types, self._named(aggregate.table))

    def _all(self) -> "list[DataFrame]":
        bounds = [bound for bound in (self.asker.predict, self.asker.where) if bound is not None]
        return [self._of(aggregate) for bound in bounds for aggregate in bound.paths]

    def _since(self) -> "DataFrame":
        """ENTITY and `since`, when each entity came to be known: by its own time index, else with its first row."""
        table = self.future.for_each
        own = self.tables.times(table)
        if own is not None:
            return own.toDF(ENTITY, "since").where(f"since != {FOREVER}")
        found = None
        for events in self._all():
            some = events.select(ENTITY, "t")
            found = some if found is None else found.unionByName(some)
        assert found is not None  # noqa: S101 what is predicted is made of at least one aggregate
        return found.groupBy(ENTITY).agg(_expr("min(t)", "since"))

    def _edges(self) -> tuple[int, int, bool] | None:
        if self._span is None:
            ends = [
                events.agg(_expr("min(t)", "a"), _expr("max(t)", "b"), _expr(f"max(t % {_DAY}L != 0)", "c")).collect()[
                    0
                ]
                for events in self._all()
            ]
            some = [row for row in ends if row["a"] is not None]
            if some:
                days = not any(row["c"] for row in some)
                self._span = min(row["a"] for row in some), max(row["b"] for row in some), days
        return self._span


def _array(moments: Times) -> str:
    return f"from_json('{np.asarray(moments).tolist()}', 'array<bigint>')"


def _count(moments: Times, time: str) -> str:
    """How many of the moments, which rise, are not after a time: a binary search."""
    steps = [1 << power for power in range(max(1, len(moments).bit_length()) - 1, -1, -1)]
    every = _array(moments)
    step = f"CASE WHEN p + b <= {len(moments)} AND {every}[p + b - 1] <= {time} THEN p + b ELSE p END"
    return f"aggregate(array({', '.join(map(str, steps))}), 0, (p, b) -> {step})"


def _expr(sql: str, name: str) -> Any:
    from pyspark.sql import functions

    return functions.expr(sql).alias(name)
