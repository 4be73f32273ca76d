"""Partial results of groups for counts, sums, extremes, deviations and skewness, and their merge.

For a series `i` of values the columns are: `n i` rows, `c i` numbers, `s i` their sum, `q i` and `u i` the sums of the
squares and cubes around their mean, `l i` and `h i` the lowest and highest, `t i` how many are true. `n` is all rows.

The code uses only expressions that Narwhals and Polars share: `x` is either module, and frames are its lazy frames.
Polars thus needs no translation, and other engines run it through Narwhals.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from radix_assets.features.segments import NOTHING

Frame = Any
"""A lazy frame of Narwhals, or of an engine with the same methods."""
Expr = Any
Module = Any
"""narwhals, or a module with the same expressions."""

_RAW: dict[str, Callable[[Expr, Module], Expr]] = {
    "c": lambda v, _: v.count(),
    "s": lambda v, _: v.sum(),
    "q": lambda v, _: v.var(ddof=1),
    "u": lambda v, _: v.skew(),
    "l": lambda v, _: v.min(),
    "h": lambda v, _: v.max(),
    "t": lambda v, x: v.cast(x.Int64).sum(),
}
_PARTS = {
    "count": "n",
    "sum": "s",
    "mean": "cs",
    "std": "csqlh",
    "skew": "csqulh",
    "min": "l",
    "max": "h",
    "percent_true": "nt",
    "num_true": "t",
    "any": "nt",
    "all": "nct",
}


def parts(primitives: set[str]) -> str:
    """Return the partial results that these primitives require, in order."""
    required = {part for primitive in primitives for part in _PARTS.get(primitive, "")}
    return "".join(part for part in "ncsqulht" if part in required)


def grouped(x: Module, frame: Frame, keys: Sequence[str], needs: Mapping[str, str], masked: set[str]) -> Frame:
    """Return the partial results of rows with a column `x i` of values and, if `masked`, `n i`: whether it counts."""
    aggregates = [x.len().cast(x.Int64).alias("n")]
    for name, needed in needs.items():
        aggregates += [x.col(f"n {name}").cast(x.Int64).sum().alias(f"n {name}")] if name in masked else []
        aggregates += [_RAW[part](x.col(f"x {name}"), x).alias(f"{part} {name}") for part in needed if part != "n"]
    frame = frame.group_by(list(keys)).agg(*aggregates)
    columns = [x.col("n").cast(x.Float64), *(x.col(f"n {name}").cast(x.Float64) for name in masked)]
    for name, needed in needs.items():
        columns += [x.col(f"{part} {name}").cast(x.Float64) for part in needed if part in "ct"]
        if "q" in needed:
            q, c = x.col(f"q {name}"), x.col(f"c {name}").cast(x.Float64)
            columns.append(x.when(c > 1).then(q * (c - 1)).otherwise(0.0).alias(f"q {name}"))
        if "u" in needed:
            # convert the skewness of all values to the sum of cubes
            total = q * (c - 1)
            u = x.col(f"u {name}") * total * (total / c).sqrt()
            columns.append(x.when((c > 1) & (total >= NOTHING)).then(u).otherwise(0.0).alias(f"u {name}"))
    return frame.with_columns(*columns)


def merged(x: Module, frame: Frame, keys: Sequence[str], needs: Mapping[str, str], masked: set[str]) -> Frame:
    """Return the partial results of larger groups: of all rows with the same key."""
    powers = [name for name, needed in needs.items() if "q" in needed]
    if powers:
        frame = _shifted(x, frame, keys, powers, needs)
    aggregates = [x.col("n").sum(), *(x.col(f"n {name}").sum() for name in masked)]
    for name, needed in needs.items():
        aggregates += [_join(part, x.col(f"{part} {name}")) for part in needed if part != "n"]
    return frame.group_by(list(keys)).agg(*aggregates)


def _shifted(x: Module, frame: Frame, keys: Sequence[str], powers: Sequence[str], needs: Mapping[str, str]) -> Frame:
    """Convert the squares and cubes to those around the mean of the larger group."""
    means = frame.group_by(list(keys)).agg(
        *(x.col(f"s {name}").sum().alias(f"total {name}") for name in powers),
        *(x.col(f"c {name}").sum().alias(f"count {name}") for name in powers),
    )
    frame = frame.join(means, on=list(keys), how="left")
    moved = []
    for name in powers:
        c, s, q, u = (x.col(f"{part} {name}") for part in "csqu")
        d = x.when(c > 0).then(s / c - x.col(f"total {name}") / x.col(f"count {name}")).otherwise(0.0)
        moved.append((q + c * d * d).alias(f"q {name}"))
        if "u" in needs[name]:
            moved.append((u + 3.0 * d * q + c * d * d * d).alias(f"u {name}"))
    return frame.with_columns(*moved)


def finished(x: Module, primitive: str, name: str, rows: str) -> Expr:
    """Return a primitive computed from the partial results; `rows` is the column that counts rows."""
    columns = {"n": rows}
    return _FINISHED[primitive](x, *(x.col(columns.get(part, f"{part} {name}")) for part in _ARGUMENTS[primitive]))


def most(x: Module, counts: Frame, keys: Sequence[str], values: int) -> Frame:
    """Return, from rows of key, `x` (position of a value) and `n`, the number of values and the (smallest) mode."""
    rank = x.col("n") * values + (values - 1 - x.col("x"))
    result = counts.group_by(list(keys)).agg(x.len().cast(x.Float64).alias("unique"), rank.max().alias("rank"))
    return result.with_columns((values - 1 - x.col("rank") % values).alias("mode")).drop("rank")


def _join(part: str, value: Expr) -> Expr:
    return value.min() if part == "l" else value.max() if part == "h" else value.sum()


def _skew(x: Module, c: Expr, q: Expr, u: Expr, low: Expr, high: Expr) -> Expr:
    flat, cubes = (q < NOTHING) | (low == high), x.when(u.abs() >= NOTHING).then(u).otherwise(0.0)
    value = c * (c - 1).sqrt() / (c - 2) * cubes / (q * q.sqrt())
    return x.when(c > 2).then(x.when(flat).then(x.lit(0.0)).otherwise(value))  # noqa: PLR2004


_ARGUMENTS = {
    "count": "n",
    "sum": "s",
    "mean": "cs",
    "std": "cqlh",
    "skew": "cqulh",
    "min": "l",
    "max": "h",
    "percent_true": "nt",
    "num_true": "t",
    "any": "nt",
    "all": "nct",
}
_FINISHED: dict[str, Callable[..., Expr]] = {
    "count": lambda _, n: n,
    "sum": lambda _, s: s,
    "mean": lambda x, c, s: x.when(c > 0).then(s / c),
    "std": lambda x, c, q, low, high: x.when(c > 1).then(
        x.when(low == high).then(x.lit(0.0)).otherwise((q / (c - 1)).sqrt())
    ),
    "skew": _skew,
    "min": lambda _, low: low,
    "max": lambda _, high: high,
    "percent_true": lambda x, n, t: x.when(n > 0).then(t / n),
    "num_true": lambda _, t: t,
    "any": lambda x, n, t: x.when(n > 0).then(t > 0),
    "all": lambda x, n, c, t: x.when(n > 0).then(t == c),
}
