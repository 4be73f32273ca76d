"""Aggregations: what each means, and what it is made of.

They give what featuretools gives: nulls do not count, the standard deviation has ddof 1, the skewness is corrected for
bias, of several most frequent values the smallest is the mode, `percent_true` counts nulls as false, and a group
without rows has count and sum 0 and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from radix_assets.asof.names import MatrixType
from radix_assets.asof.times import ALWAYS, NEVER
from radix_assets.features.ranges import Ranges
from radix_assets.features.segments import NOTHING, Floats, Ints, Moments, Segments

MICROSECONDS = 1e6


@dataclass(frozen=True)
class Kind:
    """What there is to know of an aggregation beside how it is computed."""

    words: str
    type: MatrixType | None = "numeric"
    """None: the type of what is aggregated."""
    needs: str = "numbers"
    """What is made of the values: "numbers", "codes" of their order, or "rows" alone."""
    empty: float | None = None
    """Its value over no rows."""
    timed: bool = False
    """Whether it needs the rows' own times, or the cutoff."""
    several: bool = False
    """Whether it gives several values."""
    total: bool = True
    """Whether an engine makes it by grouping all rows; the others are made range by range."""


AGGREGATIONS: dict[str, Kind] = {
    "count": Kind("number of {}", needs="rows", empty=0.0),
    "mean": Kind("mean of {}"),
    "sum": Kind("sum of {}", empty=0.0),
    "std": Kind("standard deviation of {}"),
    "min": Kind("smallest {}"),
    "max": Kind("largest {}"),
    "skew": Kind("skewness of {}"),
    "percent_true": Kind("share of true in {}"),
    "num_true": Kind("number of true in {}", empty=0.0),
    "any": Kind("whether any is true of {}", "boolean"),
    "all": Kind("whether all are true of {}", "boolean"),
    "num_unique": Kind("number of different values of {}", needs="codes"),
    "mode": Kind("most frequent {}", None, "codes"),
    "n_most_common": Kind("one of the most frequent {}", None, "codes", several=True, total=False),
    "median": Kind("median of {}", total=False),
    "first": Kind("first {}", None, "rows", total=False),
    "last": Kind("last {}", None, "rows", total=False),
    "trend": Kind("trend over time of {}", timed=True, total=False),
    "time_since_last": Kind("seconds since the last of {}", needs="rows", timed=True, total=False),
    "time_since_first": Kind("seconds since the first of {}", needs="rows", timed=True, total=False),
}
"""By featuretools' name."""

Rows = Segments | Ranges
_Numbers = Callable[[Rows], Floats]


def _mean(rows: Rows) -> Floats:
    valid = rows.valid()
    return np.where(valid > 0, rows.sum() / np.maximum(valid, 1), np.nan)


def _extreme(ask: Callable[[Rows], Floats]) -> _Numbers:
    return lambda rows: np.where(np.isfinite(found := ask(rows)), found, np.nan)


def _some(rows: Rows, values: Floats) -> Floats:
    return np.where(rows.rows() > 0, values, np.nan)


def deviation(moments: Moments) -> Floats:
    """The standard deviation of a sample."""
    enough = moments.count > 1
    return np.where(enough, np.sqrt(moments.squares / np.where(enough, moments.count - 1, 1.0)), np.nan)


def skewness(moments: Moments) -> Floats:
    """The skewness of a sample, corrected for bias; 0 where all values are the same."""
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
    "percent_true": lambda rows: _some(rows, rows.sum() / np.maximum(rows.rows(), 1)),
    "num_true": lambda rows: rows.sum(),
    "any": lambda rows: _some(rows, (rows.sum() > 0).astype(np.float64)),
    "all": lambda rows: _some(rows, (rows.sum() == rows.valid()).astype(np.float64)),
    "num_unique": lambda rows: _some(rows, rows.unique().astype(np.float64)),
    "median": lambda rows: rows.median(),
    "trend": lambda rows: rows.trend(),
}


def aggregate(primitive: str, part: int, rows: Rows, held: pl.Series | None, cutoffs: Ints) -> pl.Series:
    """The aggregation of each group or range.

    `held` are the values as they are: by row where one row is chosen (first, last), by code where a value is.
    """
    with np.errstate(all="ignore"):
        if primitive in _NUMBERS:
            kind, values = AGGREGATIONS[primitive], _NUMBERS[primitive](rows)
            values = np.where(np.isfinite(values), values, np.nan if kind.empty is None else kind.empty)
            found = pl.Series(values, dtype=pl.Float64, nan_to_null=True)
            return found.cast(pl.Boolean) if kind.type == "boolean" else found
        if primitive in ("time_since_last", "time_since_first"):
            return _since(rows.last() if primitive == "time_since_last" else rows.first(), rows, cutoffs)
        place = {"first": rows.first, "last": rows.last}.get(primitive, lambda: rows.common(part))()
    assert held is not None  # noqa: S101
    return held.gather(nullable(place))


def nullable(places: Ints) -> pl.Series:
    """Places to gather from, null where negative."""
    place = pl.Series("place", places, dtype=pl.Int64)
    return place.set(place < 0, None)


def _since(place: Ints, rows: Rows, cutoffs: Ints) -> pl.Series:
    times = rows.times
    there = (place >= 0) & (cutoffs != NEVER)
    if times is None or not len(times):
        there = np.zeros(len(place), dtype=bool)
        times = np.zeros(1, dtype=np.int64)
    # a row that was always there has no time
    there &= times[np.where(there, place, 0)] != ALWAYS
    seconds = (cutoffs - times[np.where(there, place, 0)]) / MICROSECONDS
    return pl.Series(np.where(there, seconds, np.nan), dtype=pl.Float64, nan_to_null=True)
