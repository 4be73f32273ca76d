"""The input and the result of column typing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

from radix_assets.common.vocabulary import FeatureType

ColumnType = FeatureType
"""The nine feature types of the SortingHat benchmark (Shah et al., SIGMOD 2021)."""
TYPES: tuple[ColumnType, ...] = get_args(ColumnType)


@dataclass(frozen=True)
class ColumnFacts:
    """Facts about a column: its name, counts over all rows, and a few of its values."""

    name: str
    rows: int
    nulls: int
    distinct: int
    """Distinct values that are not null."""
    numeric: bool = False
    """Whether the column was read as numbers (booleans as 1 and 0)."""
    mean: float | None = None
    """This and the next three: over all non-null rows of a numeric column; None otherwise."""
    std: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    samples: Sequence[str] = field(default=(), repr=False)
    """Distinct values as written, without nulls, in order of first appearance; five are used."""


@dataclass(frozen=True)
class TypeGuess:
    """The most likely type of a column, how certain, and why."""

    type: ColumnType
    confidence: float
    """Calibrated: of the guesses with 0.9, nine in ten are right."""
    second: ColumnType | None
    """The next most likely; None if nothing else is likely."""
    evidence: str
    """Reasons that a user can check, without a value of the column."""
