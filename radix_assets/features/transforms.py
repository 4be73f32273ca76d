"""Functions of values of the same row, as Polars expressions with featuretools' semantics."""

from collections.abc import Callable

import polars as pl

from radix_assets.asof.matrix_columns import MatrixType
from radix_assets.asof.plan import EARTH

_PUNCTUATION = r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]*"""


def _words(text: pl.Expr) -> pl.Expr:
    """Count the pieces between spaces, tabs and line ends that are more than punctuation."""
    return text.str.replace_all(r"[ \n\t]", "  ").str.count_matches(
        rf"(?:^|[ ])(?:{_PUNCTUATION})[^ !\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{{|}}~]"
    )


def _haversine(first: pl.Expr, second: pl.Expr) -> pl.Expr:
    """Return the great-circle distance between two places, in miles."""
    latitude, longitude = first.struct.field("latitude").radians(), first.struct.field("longitude").radians()
    latitude2, longitude2 = second.struct.field("latitude").radians(), second.struct.field("longitude").radians()
    a = ((latitude2 - latitude) / 2).sin() ** 2
    a = a + latitude.cos() * latitude2.cos() * ((longitude2 - longitude) / 2).sin() ** 2
    return EARTH * 2 * a.sqrt().arcsin()


TRANSFORMS: dict[str, tuple[Callable[..., pl.Expr], MatrixType, str]] = {
    "year": (lambda x: x.dt.year(), "numeric", "year of {}"),
    "month": (lambda x: x.dt.month(), "numeric", "month of {}"),
    "day": (lambda x: x.dt.day(), "numeric", "day of the month of {}"),
    "weekday": (lambda x: x.dt.weekday() - 1, "numeric", "day of the week of {} (Monday is 0)"),
    "hour": (lambda x: x.dt.hour(), "numeric", "hour of {}"),
    "minute": (lambda x: x.dt.minute(), "numeric", "minute of {}"),
    "quarter": (lambda x: x.dt.quarter(), "numeric", "quarter of the year of {}"),
    "is_weekend": (lambda x: (x.dt.weekday() > 5).fill_null(value=False), "boolean", "whether {} is on a weekend"),  # noqa: PLR2004
    "num_characters": (lambda x: x.str.len_chars(), "numeric", "number of characters in {}"),
    "num_words": (_words, "numeric", "number of words in {}"),
    "time_since": (lambda x, now: (now - x).dt.total_microseconds() / 1e6, "numeric", "seconds since {}"),
    "haversine": (_haversine, "numeric", "distance in miles between {} and {}"),
}
"""By featuretools' name: the expression, the type of its values, and its description."""
TIMED = frozenset({"time_since"})
"""Transforms with one more input: the cutoff of the row, null for now."""


def transform(primitive: str, *values: pl.Expr) -> pl.Expr:
    """Return the primitive applied to values; numbers are Float64."""
    function, kind, _ = TRANSFORMS[primitive]
    result = function(*values)
    return result.cast(pl.Float64).fill_nan(None) if kind == "numeric" else result
