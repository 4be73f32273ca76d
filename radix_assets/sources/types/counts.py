"""What is counted over all rows of text columns before their types are decided."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import Reading
from radix_assets.sources.types.readings import NULL_TOKENS, parsed

SMALL = 1_000
"""Below so many values all of them must parse; from there on the share TOLERANCE."""
TOLERANCE = 0.999
_LONGEST_NUMBER = 18


@dataclass
class Finding:
    """The reading of one column and what it costs."""

    reading: Reading
    how: str = ""
    failed: int = 0
    """Values that this reading cannot convert."""
    warning: str = ""


@dataclass(frozen=True)
class Counts:
    """Of one column of cleaned text. What is neither null nor a null token is present; the rest is of those."""

    rows: int
    tokens: int
    present: int
    integers: int
    floats: int
    zero_led: int
    plus_led: int
    whole: int
    """Ends in `.0`."""
    oversized: int
    """Whole numbers beyond 64 bits."""
    low: int | None
    high: int | None


def required(present: int) -> int:
    """How many of so many values must parse for a column to convert."""
    return present if present < SMALL else math.ceil(present * TOLERANCE)


def present_in(columns: str | Sequence[str]) -> pl.Expr:
    """The values of columns without null tokens."""
    text = pl.col(columns)
    return pl.when(~text.is_in(NULL_TOKENS)).then(text)


def count(rows: Rows, columns: Sequence[str]) -> dict[str, Counts]:
    """Counts of every column."""
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
    """How many present values of a column each reading converts."""
    if not pairs:
        return []
    return list(
        rows.one(
            parsed(present_in(column), reading).count().alias(str(number))
            for number, (column, reading) in enumerate(pairs)
        )
    )
