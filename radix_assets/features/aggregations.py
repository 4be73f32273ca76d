"""Aggregations, each in two forms: over all rows of a group, and running along a group that is sorted by time.

Both give what featuretools gives: nulls do not count, the standard deviation has ddof 1, the skewness is corrected for
bias, of several most frequent values the smallest is the mode, `percent_true` counts nulls as false, and a group
without rows has count and sum 0 and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from radix_assets.features.model import MatrixType

GROUP_KEY = "__anchor"
"""Column: the position of the ancestor's row that a row belongs to."""
ORDER = "__order"
"""Column: the row's place in its own table's order of time; says which row is the last."""


@dataclass(frozen=True)
class Kind:
    """What there is to know of an aggregation beside how it is computed."""

    words: str
    type: MatrixType | None = "numeric"
    """None: the type of what is aggregated."""
    reading: tuple[str, ...] = ("numeric",)
    """What it can aggregate."""
    empty: float | None = None
    """Its value over no rows."""


AGGREGATIONS: dict[str, Kind] = {
    "count": Kind("number of {}", reading=(), empty=0.0),
    "mean": Kind("mean of {}"),
    "sum": Kind("sum of {}", empty=0.0),
    "std": Kind("standard deviation of {}"),
    "min": Kind("smallest {}"),
    "max": Kind("largest {}"),
    "skew": Kind("skewness of {}"),
    "percent_true": Kind("share of true in {}", reading=("boolean",)),
    "num_unique": Kind("number of different values of {}", reading=("categorical",)),
    "mode": Kind("most frequent {}", None, ("categorical",)),
    "last": Kind("last {}", None, ("numeric", "categorical", "boolean")),
}
"""By featuretools' name."""


_GROUPED: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "count": lambda _: pl.len(),
    "sum": pl.Expr.sum,
    "mean": pl.Expr.mean,
    "std": pl.Expr.std,
    "min": pl.Expr.min,
    "max": pl.Expr.max,
    "skew": lambda x: _skew(x.count(), ((x - x.mean()) ** 2).sum(), ((x - x.mean()) ** 3).sum()),
    "percent_true": lambda x: x.fill_null(value=False).mean(),
    "num_unique": lambda x: x.drop_nulls().n_unique(),
    "mode": lambda x: x.drop_nulls().mode().min(),
    "last": lambda x: x.sort_by(ORDER).last(),
}


def grouped(primitive: str, column: str) -> pl.Expr:
    """The aggregation over all rows of a group, for `group_by(GROUP_KEY).agg`."""
    return _typed(primitive, _GROUPED[primitive](pl.col(column)))


def running(frame: pl.DataFrame, wanted: list[tuple[str, str, str]]) -> pl.DataFrame:
    """For each row the aggregation over its group's rows up to and with it; `wanted`: name, primitive, column.

    `frame` is sorted by GROUP_KEY and time. Sums of squares grow by (x - mean before)(x - mean after), which is never
    negative, from values that are centred on the group's first one: nothing cancels, at any scale of the values.
    """
    moments = sorted({column for _, primitive, column in wanted if primitive in ("std", "skew")})
    # a window may not stand in a window, so there is one step for each level
    frame = frame.with_columns((pl.col(c) - _along(pl.col(c).drop_nulls().first())).alias(f"d {c}") for c in moments)
    frame = frame.with_columns(
        expr
        for c in moments
        for expr in (
            _along(pl.col(f"d {c}").fill_null(0).cum_sum()).alias(f"s {c}"),
            _along(pl.col(c).cum_count()).cast(pl.Float64).alias(f"n {c}"),
        )
    )
    frame = frame.with_columns(_square(c).alias(f"i {c}") for c in moments)
    frame = frame.with_columns(_along(pl.col(f"i {c}").cum_sum()).alias(f"q {c}") for c in moments)
    for column in sorted({column for _, primitive, column in wanted if primitive == "mode"}):
        frame = _with_mode(frame, column)
    return frame.select(
        _typed(primitive, _RUNNING[primitive](column)).alias(name) for name, primitive, column in wanted
    )


_ROWS = pl.col(GROUP_KEY).cum_count()
_RUNNING: dict[str, Callable[[str], pl.Expr]] = {
    "count": lambda _: _along(_ROWS),
    "sum": lambda c: _along(_sum(c)),
    "mean": lambda c: _along(_sum(c) / pl.col(c).cum_count()),
    "std": lambda c: pl.when(pl.col(f"n {c}") > 1).then((pl.col(f"q {c}") / (pl.col(f"n {c}") - 1)).sqrt()),
    "min": lambda c: _along(pl.col(c).cum_min().forward_fill()),
    "max": lambda c: _along(pl.col(c).cum_max().forward_fill()),
    "skew": lambda c: _skew(pl.col(f"n {c}"), pl.col(f"q {c}"), _along(_cube(c).cum_sum())),
    "percent_true": lambda c: _along(pl.col(c).fill_null(value=False).cum_sum() / _ROWS),
    "num_unique": lambda c: _along(
        (pl.col(c).is_not_null() & pl.struct(GROUP_KEY, c).is_first_distinct()).cum_sum(),
    ),
    "mode": lambda c: pl.col(f"mode {c}"),
    "last": lambda c: pl.col(c).gather(_newest()),
}


def _newest() -> pl.Expr:
    """The place of the row that is last in the table's own order: the path's times need not be in that order."""
    record = pl.col(ORDER) == _along(pl.col(ORDER).cum_max())
    return pl.when(record).then(pl.int_range(pl.len())).forward_fill()


def _sum(column: str) -> pl.Expr:
    return pl.col(column).fill_null(0).cum_sum()


def _typed(primitive: str, value: pl.Expr) -> pl.Expr:
    return value.cast(pl.Float64).fill_nan(None) if AGGREGATIONS[primitive].type == "numeric" else value


def _along(value: pl.Expr) -> pl.Expr:
    return value.over(GROUP_KEY)


def _square(column: str) -> pl.Expr:
    """By how much a row raises the sum of squared deviations; 0 where there is no value."""
    d, s, n = pl.col(f"d {column}"), pl.col(f"s {column}"), pl.col(f"n {column}")
    raised = (d - (s - d) / (n - 1)) * (d - s / n)
    return pl.when(d.is_not_null() & (n > 1)).then(raised).otherwise(0.0)


def _cube(column: str) -> pl.Expr:
    """By how much a row changes the sum of cubed deviations; 0 where there is no value."""
    d, s, n, i = (pl.col(f"{letter} {column}") for letter in "dsni")
    before = pl.col(f"q {column}") - i
    step = d - (s - d) / (n - 1)
    change = step**3 * (n - 1) * (n - 2) / n**2 - 3 * step * before / n
    return pl.when(d.is_not_null() & (n > 1)).then(change).otherwise(0.0)


def _skew(n: pl.Expr, squares: pl.Expr, cubes: pl.Expr) -> pl.Expr:
    value = n * (n - 1).sqrt() / (n - 2) * cubes / squares**1.5
    return pl.when(n > 2).then(pl.when(squares == 0).then(0.0).otherwise(value))  # noqa: PLR2004


def _with_mode(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """The running mode: within a stretch of the same highest count it is the smallest value that has that count."""
    values = frame[column].unique().drop_nulls().sort()
    frame = frame.with_columns(pl.col(column).rank("dense").alias("code"))
    frame = frame.with_columns(pl.col("code").cum_count().over(GROUP_KEY, "code").alias("times"))
    frame = frame.with_columns(
        _along(pl.when(pl.col("code").is_not_null()).then("times").cum_max().forward_fill()).alias("most")
    )
    best = pl.when(pl.col("code").is_not_null() & (pl.col("times") == pl.col("most"))).then("code")
    frame = frame.with_columns((best.cum_min().forward_fill().over(GROUP_KEY, "most") - 1).alias("code"))
    return frame.with_columns(values.gather(frame["code"]).alias(f"mode {column}")).drop("code", "times", "most")
