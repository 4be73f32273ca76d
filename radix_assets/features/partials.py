"""Partial results of groups: what counts, sums, extremes, deviations and skewness are made of, and how they merge.

For a series `i` of values the columns are: `n i` rows, `c i` numbers, `s i` their sum, `q i` and `u i` the sums of the
squares and cubes around their mean, `l i` and `h i` the lowest and highest, `t i` how many are true.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import narwhals as nw

from radix_assets.features.segments import NOTHING

Frame = nw.LazyFrame[Any]

_RAW: dict[str, Callable[[nw.Expr], nw.Expr]] = {
    "c": nw.Expr.count,
    "s": nw.Expr.sum,
    "q": lambda x: x.var(ddof=1),
    "u": nw.Expr.skew,
    "l": nw.Expr.min,
    "h": nw.Expr.max,
    "t": lambda x: x.cast(nw.Int64).sum(),
}
_PARTS = {
    "count": "n",
    "sum": "s",
    "mean": "cs",
    "std": "csq",
    "skew": "csqu",
    "min": "l",
    "max": "h",
    "percent_true": "nt",
    "num_true": "t",
    "any": "nt",
    "all": "nct",
}


def parts(primitives: set[str]) -> str:
    """Which columns these primitives are made of, in their order."""
    wanted = {part for primitive in primitives for part in _PARTS.get(primitive, "")}
    return "".join(part for part in "ncsqulht" if part in wanted)


def grouped(frame: Frame, keys: Sequence[str], needs: Mapping[str, str], masked: set[str]) -> Frame:
    """The partial results of rows with a column `x i` of values and, where `masked`, `n i` whether the row counts."""
    wanted = [nw.len().alias("n")]
    for name, found in needs.items():
        wanted += [nw.col(f"n {name}").cast(nw.Int64).sum().alias(f"n {name}")] if name in masked else []
        wanted += [_RAW[part](nw.col(f"x {name}")).alias(f"{part} {name}") for part in found if part != "n"]
    frame = frame.group_by(list(keys)).agg(*wanted)
    rows = [nw.col("n" if name not in masked else f"n {name}").cast(nw.Float64).alias(f"n {name}") for name in needs]
    numbers = [
        nw.col(f"{part} {name}").cast(nw.Float64) for name, found in needs.items() for part in found if part in "ct"
    ]
    frame = frame.with_columns(*rows, *numbers).drop("n")
    squares = [name for name, found in needs.items() if "q" in found]
    frame = frame.with_columns(
        nw.when(nw.col(f"c {name}") > 1)
        .then(nw.col(f"q {name}") * (nw.col(f"c {name}") - 1))
        .otherwise(0.0)
        .alias(f"q {name}")
        for name in squares
    )
    return frame.with_columns(_cubes(name) for name, found in needs.items() if "u" in found)


def merged(frame: Frame, keys: Sequence[str], needs: Mapping[str, str]) -> Frame:
    """The partial results of larger groups: of all rows with the same key."""
    powers = [name for name, found in needs.items() if "q" in found]
    frame = frame.with_columns(
        (nw.col(f"s {name}").sum().over(*keys) / nw.col(f"c {name}").sum().over(*keys)).alias(f"m {name}")
        for name in powers
    )
    frame = frame.with_columns(
        nw.when(nw.col(f"c {name}") > 0)
        .then(nw.col(f"s {name}") / nw.col(f"c {name}") - nw.col(f"m {name}"))
        .otherwise(0.0)
        .alias(f"d {name}")
        for name in powers
    )
    moved = []
    for name in powers:
        c, d, q, u = (nw.col(f"{part} {name}") for part in "cdqu")
        moved.append((q + c * d * d).alias(f"q {name}"))
        if "u" in needs[name]:
            moved.append((u + 3.0 * d * q + c * d * d * d).alias(f"u {name}"))
    frame = frame.with_columns(*moved)
    return frame.group_by(list(keys)).agg(
        _join(part, nw.col(f"{part} {name}")) for name, found in needs.items() for part in dict.fromkeys("n" + found)
    )


def finished(primitive: str, name: str) -> nw.Expr:
    """A primitive from the partial results."""
    return _FINISHED[primitive](*(nw.col(f"{part} {name}") for part in _ARGUMENTS[primitive]))


def most(counts: Frame, keys: Sequence[str], values: int) -> Frame:
    """From rows of key, value (a place in order) and `n`: how many different values, and the smallest most frequent."""
    rank = nw.col("n") * values + (values - 1 - nw.col("x"))
    found = (
        counts.with_columns(rank.alias("rank"))
        .group_by(list(keys))
        .agg(nw.len().cast(nw.Float64).alias("unique"), nw.col("rank").max().alias("rank"))
    )
    return found.with_columns((values - 1 - nw.col("rank") % values).alias("mode")).drop("rank")


def _join(part: str, x: nw.Expr) -> nw.Expr:
    return x.min() if part == "l" else x.max() if part == "h" else x.sum()


def _cubes(name: str) -> nw.Expr:
    q, c, u = (nw.col(f"{part} {name}") for part in "qcu")
    return nw.when(q >= NOTHING).then(u * q * (q / c).sqrt()).otherwise(0.0).alias(f"u {name}")


def _skew(c: nw.Expr, q: nw.Expr, u: nw.Expr) -> nw.Expr:
    flat, cubes = q < NOTHING, nw.when(u.abs() >= NOTHING).then(u).otherwise(0.0)
    value = c * (c - 1).sqrt() / (c - 2) * cubes / (q * q.sqrt())
    return nw.when(c > 2).then(nw.when(flat).then(nw.lit(0.0)).otherwise(value))  # noqa: PLR2004


_ARGUMENTS = {
    "count": "n",
    "sum": "s",
    "mean": "cs",
    "std": "cq",
    "skew": "cqu",
    "min": "l",
    "max": "h",
    "percent_true": "nt",
    "num_true": "t",
    "any": "nt",
    "all": "nct",
}
_FINISHED: dict[str, Callable[..., nw.Expr]] = {
    "count": lambda n: n,
    "sum": lambda s: s,
    "mean": lambda c, s: nw.when(c > 0).then(s / c),
    "std": lambda c, q: nw.when(c > 1).then((q / (c - 1)).sqrt()),
    "skew": _skew,
    "min": lambda low: low,
    "max": lambda high: high,
    "percent_true": lambda n, t: nw.when(n > 0).then(t / n),
    "num_true": lambda t: t,
    "any": lambda n, t: nw.when(n > 0).then(t > 0),
    "all": lambda n, c, t: nw.when(n > 0).then(t == c),
}
