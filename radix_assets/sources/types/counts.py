"""Counts over all rows of text columns, from which their types are decided."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import Reading, ReadWarning
from radix_assets.sources.types.readings import NULL_TOKENS, parsed

SMALL = 1_000
"""With fewer values all of them must parse; with more, the share TOLERANCE."""
TOLERANCE = 0.999
_LONGEST_NUMBER = 18


@dataclass
class Finding:
    """The reading of one column, and how many values it cannot convert."""

    reading: Reading
    how: str = ""
    failed: int = 0
    """Values that this reading cannot convert."""
    warnings: list[ReadWarning] = field(default_factory=list)
    """Doubts about it; their column is not yet named."""


@dataclass(frozen=True)
class Counts:
    """Counts of one column of cleaned text. Values that are neither null nor a null token are present."""

    rows: int
    tokens: int
    present: int
    integers: int
    floats: int
    zero_led: int
    plus_led: int
    whole: int
    """Values that end in `.0`."""
    bare_exponents: int
    """Digits, E, digits, such as 67E9: codes more often than numbers."""
    odd_exponents: int
    """The same with an exponent that begins with zero or is beyond 20, such as 75E0133."""
    exponents: int
    oversized: int
    """Whole numbers beyond 64 bits."""
    low: int | None
    high: int | None


def required(present: int) -> int:
    """Return how many values must parse for a column to be converted."""
    return present if present < SMALL else math.ceil(present * TOLERANCE)


def present_in(columns: str | Sequence[str]) -> pl.Expr:
    """Return the values of columns without null tokens."""
    text = pl.col(columns)
    return pl.when(~text.is_in(NULL_TOKENS)).then(text)


def count(rows: Rows, columns: Sequence[str]) -> dict[str, Counts]:
    """Count every column."""
    total = rows.height()
    filled = rows.one(pl.col(columns).count())
    here = rows.derive(present_in(columns))
    text = pl.all()
    integer = text.cast(pl.Int64, strict=False)
    oversized = (text.str.len_bytes() > _LONGEST_NUMBER) & integer.is_null()
    answers = here.select_each(
        [
            text.count(),
            integer.count(),
            text.cast(pl.Float64, strict=False).is_finite().sum(),
            text.str.contains(r"^[-+]?0\d").sum(),
            text.str.starts_with("+").sum(),
            text.str.ends_with(".0").sum(),
            text.str.contains(r"^[-+]?\d+[eE]\d+$").sum(),
            text.str.contains(r"^[-+]?\d+[eE](?:0\d+|2[1-9]|[3-9]\d|\d{3,})$").sum(),
            text.str.contains(r"\d\.?[eE][-+]?\d").sum(),
            (oversized & text.str.contains(r"^[-+]?\d+$")).sum(),
            integer.min(),
            integer.max(),
        ]
    )
    return {
        column: Counts(total, everything - present, present, *rest)
        for column, everything, present, *rest in zip(
            columns, filled, *(answer.row(0) for answer in answers), strict=True
        )
    }


def count_parsed(rows: Rows, pairs: Sequence[tuple[str, Reading]]) -> list[int]:
    """Count the present values of a column that each reading converts."""
    if not pairs:
        return []
    return list(
        rows.one(
            parsed(present_in(column), reading).count().alias(str(number))
            for number, (column, reading) in enumerate(pairs)
        )
    )
