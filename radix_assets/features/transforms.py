"""Functions of one value, as Polars expressions with featuretools' meaning."""

from collections.abc import Callable

import polars as pl

from radix_assets.features.model import MatrixType

_PUNCTUATION = r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]*"""


def _words(text: pl.Expr) -> pl.Expr:
    """Pieces between blanks, tabs and line ends that are more than punctuation."""
    return text.str.replace_all(r"[ \n\t]", "  ").str.count_matches(
        rf"(?:^|[ ])(?:{_PUNCTUATION})[^ !\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{{|}}~]"
    )


TRANSFORMS: dict[str, tuple[Callable[[pl.Expr], pl.Expr], MatrixType, str]] = {
    "year": (lambda x: x.dt.year(), "numeric", "year of {}"),
    "month": (lambda x: x.dt.month(), "numeric", "month of {}"),
    "day": (lambda x: x.dt.day(), "numeric", "day of the month of {}"),
    "weekday": (lambda x: x.dt.weekday() - 1, "numeric", "day of the week of {} (Monday is 0)"),
    "hour": (lambda x: x.dt.hour(), "numeric", "hour of {}"),
    "is_weekend": (lambda x: (x.dt.weekday() > 5).fill_null(value=False), "boolean", "whether {} is on a weekend"),  # noqa: PLR2004
    "num_characters": (lambda x: x.str.len_chars(), "numeric", "number of characters in {}"),
    "num_words": (_words, "numeric", "number of words in {}"),
}
"""By featuretools' name: the expression, the type of its values, and what it means in words."""


def transform(primitive: str, value: pl.Expr) -> pl.Expr:
    """The primitive applied to a value; numbers are Float64."""
    function, kind, _ = TRANSFORMS[primitive]
    return function(value).cast(pl.Float64) if kind == "numeric" else function(value)
