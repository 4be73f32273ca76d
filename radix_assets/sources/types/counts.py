"""Counts over all rows of text columns, from which their types are decided."""

import math
from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class Known:
    """What one pass over the rows has already found out of a column."""

    counts: Counts | None
    """None if they are to be counted."""
    reading: Reading
    """The reading by which that pass converted the column."""
    converted: int
    """How many present values it converts."""
    tokens: Sequence[str] = ()
    """The null tokens that occur, sorted."""
    words: Mapping[str, int] = field(default_factory=dict)
    """How often the words of a pair of booleans occur, in lower case; empty if they were not counted."""
    exact: bool = False
    """Whether every number is the shortest text of its float, or so short that no float changes it."""


class Measured(Rows):
    """Rows of which much is known already; what is not is queried as in any rows."""

    def __init__(
        self, frame: pl.LazyFrame | pl.DataFrame, columns: Mapping[str, Known], sample: pl.DataFrame, step: int
    ) -> None:
        super().__init__(frame)
        self.columns = columns
        self.sample = sample
        """Every row whose number, from 0, `step` divides: cleaned text."""
        self.step = step


def known_of(rows: Rows, column: str) -> Known | None:
    """Return what is known of a column; None if nothing is."""
    return rows.columns.get(column) if isinstance(rows, Measured) else None


def required(present: int) -> int:
    """Return how many values must parse for a column to be converted."""
    return present if present < SMALL else math.ceil(present * TOLERANCE)


def present_in(columns: str | Sequence[str]) -> pl.Expr:
    """Return the values of columns without null tokens."""
    text = pl.col(columns)
    return pl.when(~text.is_in(NULL_TOKENS)).then(text)


def count(rows: Rows, columns: Sequence[str]) -> dict[str, Counts]:
    """Count every column, unless its counts are known."""
    counted = {column: known.counts for column in columns if (known := known_of(rows, column)) and known.counts}
    uncounted = [column for column in columns if column not in counted]
    return counted | _count(rows, uncounted) if uncounted else counted


def _count(rows: Rows, columns: Sequence[str]) -> dict[str, Counts]:
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
    counted = {
        number: known.converted
        for number, (column, reading) in enumerate(pairs)
        if (known := known_of(rows, column)) and is_same(known.reading, reading)
    }
    queries = [
        parsed(present_in(column), reading).count().alias(str(number))
        for number, (column, reading) in enumerate(pairs)
        if number not in counted
    ]
    answers = iter(rows.one(queries) if queries else ())
    return [counted[number] if number in counted else next(answers) for number in range(len(pairs))]


def is_same(left: Reading, right: Reading) -> bool:
    """Return whether two readings convert every value that is no null token in the same way."""
    fields: dict[str, list[str]] = {"nulls": [], "spelling": []}
    return left.model_copy(update=fields) == right.model_copy(update=fields)
