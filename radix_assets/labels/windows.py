"""Aggregate the rows of each entity in many time windows: sorted by time once, one slice per window."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from radix_assets.asof.keys import Positions, follow
from radix_assets.asof.plan import Link
from radix_assets.asof.store import Store
from radix_assets.asof.times import ALWAYS, NEVER, Times
from radix_assets.labels.evaluate import truth, value
from radix_assets.question.horizon import offset
from radix_assets.question.syntax import Aggregate, Column, columns

ENTITY = "__entity"
"""The position of the entity's row in its table."""
_OF, _WHERE = "__of", "__where"


@dataclass(frozen=True)
class Events:
    """The rows of one aggregate, ordered by time."""

    times: Times
    rows: pl.DataFrame
    """ENTITY and the aggregated value, for rows that satisfy the condition and belong to an entity."""
    aggregate: Aggregate
    everything: tuple[Positions, Times]
    """Entity and time of all rows, including those that the condition excludes: they make an entity known."""

    def between(self, start: int, end: int, name: str) -> pl.DataFrame:
        """Return the aggregate of each entity over its rows with start <= time < end, in a column with this name."""
        low, high = np.searchsorted(self.times, [start, end], side="left")
        return self.rows[int(low) : int(high)].group_by(ENTITY).agg(_aggregated(self.aggregate).alias(name))


def events(store: Store, aggregate: Aggregate, path: Sequence[Link], numbers: Sequence[int]) -> Events:
    """Read the rows of an aggregate. `numbers` are the positions of the path's links in the store's plan."""
    table = aggregate.table
    inner = [c for tree in (aggregate.of, aggregate.where) if tree for c in columns(tree)]
    needed = list(dict.fromkeys([c.name for c in inner] or path[0].child_columns))
    frame = store.frame(table, needed)
    rows = _evaluated(frame, aggregate)
    position: Positions = np.arange(len(frame), dtype=np.int64)
    for number in numbers:
        position = follow(position, store.linked(number))
    times = store.times(table)
    if times is None or not len(times):
        times = np.full(len(frame), NEVER, dtype=np.int64)
    valid = (position >= 0) & (times != NEVER) & (times != ALWAYS)
    counted = np.flatnonzero(valid & rows[_WHERE].to_numpy())
    order = counted[np.argsort(times[counted], kind="stable")]
    chosen = rows.select(_OF)[order].insert_column(0, pl.Series(ENTITY, position[order]))
    return Events(times[order], chosen, aggregate, (position[valid], times[valid]))


def window(moments: Times, span: str | None, *, ahead: bool) -> tuple[Times, Times]:
    """Return start (inclusive) and end (exclusive) of the window of each time: ahead of it, or before it."""
    if span is None:
        return np.full(len(moments), ALWAYS, dtype=np.int64), moments
    if ahead:
        return moments, shifted(moments, offset(span))
    return shifted(moments, f"-{offset(span)}"), moments


def shifted(moments: Times, by: str) -> Times:
    """Return the times moved by a duration in Polars' notation."""
    series = pl.Series("at", moments, dtype=pl.Int64).cast(pl.Datetime("us"))
    return series.to_frame().select(pl.col("at").dt.offset_by(by)).to_series().cast(pl.Int64).to_numpy()


def _evaluated(frame: pl.DataFrame, aggregate: Aggregate) -> pl.DataFrame:
    """Return the aggregated value of each row, and whether the row satisfies the condition."""

    def named(column: Aggregate | Column) -> str:
        if isinstance(column, Aggregate):
            raise TypeError(column)
        return column.name

    of, where = pl.lit(value=True), pl.lit(value=True)
    if aggregate.of is not None:
        of = (truth if aggregate.function == "any" else value)(aggregate.of, frame.schema, named)
    if aggregate.where is not None:
        where = truth(aggregate.where, frame.schema, named).fill_null(value=False)
    return frame.lazy().with_columns(of.alias(_OF), where.alias(_WHERE)).select(_OF, _WHERE).collect()


def _aggregated(aggregate: Aggregate) -> pl.Expr:
    of = pl.col(_OF)
    # a condition is counted where true, a column where not null
    condition = aggregate.of is not None and not isinstance(aggregate.of, Column)
    return {
        "count": (of.sum() if condition else of.count()).cast(pl.Float64),
        "sum": of.sum().cast(pl.Float64),
        "mean": of.mean().cast(pl.Float64),
        "min": of.min(),
        "max": of.max(),
        "any": pl.when(of.count() > 0).then(of.any()),
        "first": of.drop_nulls().first(),
        "last": of.drop_nulls().last(),
    }[aggregate.function]


def is_zero_without_rows(aggregate: Aggregate) -> bool:
    """Return whether the aggregate of no rows is NOTHING instead of null."""
    return aggregate.function in {"count", "sum"}
