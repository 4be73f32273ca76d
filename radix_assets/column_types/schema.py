"""What is known of a column, and what is said of its type."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

ColumnType = Literal[
    "numeric",
    "categorical",
    "datetime",
    "sentence",
    "url",
    "embedded-number",
    "list",
    "not-generalizable",
    "context-specific",
]
"""The nine feature types of the SortingHat benchmark (Shah et al., SIGMOD 2021)."""
TYPES: tuple[ColumnType, ...] = get_args(ColumnType)


@dataclass(frozen=True)
class ColumnFacts:
    """What is known of a column: its name, counts over all rows, and a few of its values."""

    name: str
    rows: int
    nulls: int
    distinct: int
    """Distinct values that are not null."""
    numeric: bool = False
    """Whether the column was read as numbers (true and false count as 1 and 0)."""
    mean: float | None = None
    """This and the three below: of numbers, over all rows that are not null; None for anything else."""
    std: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    samples: Sequence[str] = field(default=(), repr=False)
    """Distinct values as written, without nulls, in the order in which they first appear; five are looked at."""


@dataclass(frozen=True)
class TypeGuess:
    """The likeliest type of a column, how sure, and why."""

    type: ColumnType
    confidence: float
    """Calibrated: of the guesses with 0.9, nine in ten are right."""
    second: ColumnType | None
    """The next likeliest; None where nothing else is likely."""
    evidence: str
    """What a person can check, without a value of the column."""
