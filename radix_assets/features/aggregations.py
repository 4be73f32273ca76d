"""Aggregations: the meaning and the computation of each.

Results equal those of featuretools: nulls are ignored, the standard deviation has ddof 1, the skewness is corrected for
bias, the smallest of several most frequent values is the mode, `percent_true` counts nulls as false, and for a group
without rows count and sum are 0 and everything else is null.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from radix_assets.asof.matrix_columns import MatrixType
from radix_assets.asof.times import ALWAYS, NEVER
from radix_assets.features.ranges.ranges import Ranges
from radix_assets.features.segments import NOTHING, Floats, Ints, Moments, Segments

MICROSECONDS = 1e6


@dataclass(frozen=True)
class AggregationKind:
    """Properties of an aggregation, except its computation."""

    words: str
    type: MatrixType | None = "numeric"
    """None: the type of the aggregated values."""
    needs: str = "numbers"
    """Form of its input: "numbers", "codes" in the order of the values, or only "rows"."""
    empty: float | None = None
    """Its value over no rows."""
    timed: bool = False
    """Whether it needs the rows' own times, or the cutoff."""
    several: bool = False
    """Whether it returns several values."""
    total: bool = True
    """Whether an engine computes it by grouping all rows; others are computed range by range."""


AGGREGATIONS: dict[str, AggregationKind] = {
    "count": AggregationKind("number of {}", needs="rows", empty=0.0),
    "mean": AggregationKind("mean of {}"),
    "sum": AggregationKind("sum of {}", empty=0.0),
    "std": AggregationKind("standard deviation of {}"),
    "min": AggregationKind("smallest {}"),
    "max": AggregationKind("largest {}"),
    "skew": AggregationKind("skewness of {}"),
    "percent_true": AggregationKind("share of true in {}"),
    "num_true": AggregationKind("number of true in {}", empty=0.0),
    "any": AggregationKind("whether any is true of {}", "boolean"),
    "all": AggregationKind("whether all are true of {}", "boolean"),
    "num_unique": AggregationKind("number of different values of {}", needs="codes"),
    "mode": AggregationKind("most frequent {}", None, "codes"),
    "n_most_common": AggregationKind("one of the most frequent {}", None, "codes", several=True, total=False),
    "median": AggregationKind("median of {}", total=False),
    "first": AggregationKind("first {}", None, "rows", total=False),
    "last": AggregationKind("last {}", None, "rows", total=False),
    "trend": AggregationKind("trend over time of {}", timed=True, total=False),
    "time_since_last": AggregationKind("seconds since the last of {}", needs="rows", timed=True, total=False),
    "time_since_first": AggregationKind("seconds since the first of {}", needs="rows", timed=True, total=False),
}
"""By featuretools' name."""

Rows = Segments | Ranges
_Numbers = Callable[[Rows], Floats]


def _mean(rows: Rows) -> Floats:
    valid = rows.valid()
    return np.where(valid > 0, rows.sum() / np.maximum(valid, 1), np.nan)


def _extreme(ask: Callable[[Rows], Floats]) -> _Numbers:
    return lambda rows: np.where(np.isfinite(found := ask(rows)), found, np.nan)


def _if_rows(rows: Rows, values: Floats) -> Floats:
    return np.where(rows.rows() > 0, values, np.nan)


def deviation(moments: Moments) -> Floats:
    """Return the standard deviation of a sample."""
    enough = moments.count > 1
    return np.where(enough, np.sqrt(moments.squares / np.where(enough, moments.count - 1, 1.0)), np.nan)


def skewness(moments: Moments) -> Floats:
    """Return the skewness of a sample, corrected for bias; 0 if all values are equal."""
    n, squares, cubes = moments.count, moments.squares, moments.cubes
    enough = n > 2  # noqa: PLR2004
    flat = squares < NOTHING
    cubes = np.where(np.abs(cubes) < NOTHING, 0.0, cubes)
    safe = np.where(flat, 1.0, squares)
    value = n * np.sqrt(np.maximum(n - 1, 0)) / np.where(enough, n - 2, 1.0) * (cubes / (safe * np.sqrt(safe)))
    return np.where(enough, np.where(flat, 0.0, value), np.nan)


_NUMBERS: dict[str, _Numbers] = {
    "count": lambda rows: rows.rows().astype(np.float64),
    "mean": _mean,
    "sum": lambda rows: rows.sum(),
    "std": lambda rows: deviation(rows.moments()),
    "min": _extreme(lambda rows: rows.low()),
    "max": _extreme(lambda rows: rows.high()),
    "skew": lambda rows: skewness(rows.moments()),
    "percent_true": lambda rows: _if_rows(rows, rows.sum() / np.maximum(rows.rows(), 1)),
    "num_true": lambda rows: rows.sum(),
    "any": lambda rows: _if_rows(rows, (rows.sum() > 0).astype(np.float64)),
    "all": lambda rows: _if_rows(rows, (rows.sum() == rows.valid()).astype(np.float64)),
    "num_unique": lambda rows: _if_rows(rows, rows.unique().astype(np.float64)),
    "median": lambda rows: rows.median(),
    "trend": lambda rows: rows.trend(),
}


def aggregate(primitive: str, part: int, rows: Rows, values_by_place: pl.Series | None, cutoffs: Ints) -> pl.Series:
    """Return the aggregation of each group or range.

    `values_by_place` are the original values: by row if a row is chosen (first, last), by code if a value is.
    """
    with np.errstate(all="ignore"):
        if primitive in _NUMBERS:
            kind, values = AGGREGATIONS[primitive], _NUMBERS[primitive](rows)
            values = np.where(np.isfinite(values), values, np.nan if kind.empty is None else kind.empty)
            result = pl.Series(values, dtype=pl.Float64, nan_to_null=True)
            return result.cast(pl.Boolean) if kind.type == "boolean" else result
        if primitive in ("time_since_last", "time_since_first"):
            return _since(rows.last() if primitive == "time_since_last" else rows.first(), rows, cutoffs)
        place = {"first": rows.first, "last": rows.last}.get(primitive, lambda: rows.common(part))()
    assert values_by_place is not None  # noqa: S101
    return values_by_place.gather(nullable(place))


def nullable(places: Ints) -> pl.Series:
    """Return positions to gather from, null where negative."""
    place = pl.Series("place", places, dtype=pl.Int64)
    return place.set(place < 0, None)


def _since(place: Ints, rows: Rows, cutoffs: Ints) -> pl.Series:
    times = rows.times
    there = (place >= 0) & (cutoffs != NEVER)
    if times is None or not len(times):
        there = np.zeros(len(place), dtype=bool)
        times = np.zeros(1, dtype=np.int64)
    # a row that was always known has no time
    there &= times[np.where(there, place, 0)] != ALWAYS
    seconds = (cutoffs - times[np.where(there, place, 0)]) / MICROSECONDS
    return pl.Series(np.where(there, seconds, np.nan), dtype=pl.Float64, nan_to_null=True)
