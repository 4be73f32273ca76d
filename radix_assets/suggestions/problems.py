"""What kind of question a target asks."""

from radix_assets.profiles.model import ColumnProfile
from radix_assets.suggestions.model import FeatureType, Problem

MAX_CLASSES = 50
"""More classes than this are no classification."""
FEW = 10
"""Whole numbers with no more different values than this, close together, are classes."""


def problem_of(column: ColumnProfile, kind: FeatureType | None = None) -> Problem | None:
    """The kind of problem that a column poses as a target; None where it poses none.

    Two values are binary; texts and truth values are classes; whole numbers are classes where they are few and close
    together, or where they were said to be categories; all else is regression. No target: fewer than two values,
    dates, and more than MAX_CLASSES different texts.
    """
    if column.distinct < 2 or column.dtype in {"date", "datetime", "time"}:  # noqa: PLR2004 nothing to tell apart
        return None
    if column.distinct == 2:  # noqa: PLR2004
        return "binary"
    if column.dtype in {"string", "boolean"} or kind == "categorical":
        return "multiclass" if column.distinct <= MAX_CLASSES else (None if column.dtype == "string" else "regression")
    few = column.distinct <= FEW and column.maximum - column.minimum <= 2 * FEW
    return "multiclass" if column.dtype == "integer" and few else "regression"
