"""Facts about a column from its profile."""

import math
from collections.abc import Sequence
from typing import Any

from radix_assets.column_types.schema import ColumnFacts
from radix_assets.column_types.values import SAMPLES
from radix_assets.profiles.schema import ColumnProfile

_WHOLE = ".0"
ENOUGH = 4 * SAMPLES
"""Sample values: some may turn out to be null markers."""


def facts_of(column: ColumnProfile, samples: Sequence[str]) -> ColumnFacts:
    """Return the facts in a column's profile, with some of its values as text, in order of first appearance.

    The model was trained on files in which integers have no decimal point, whatever else the column holds;
    numbers are converted to that form.
    """
    numeric = column.dtype in {"integer", "float", "boolean"}
    if column.dtype == "float":
        samples = [text.removesuffix(_WHOLE) for text in samples]
    mean, std = (
        (_boolean_moments(column) if column.dtype == "boolean" else (column.mean, column.std))
        if numeric
        else (None, None)
    )
    return ColumnFacts(
        name=column.name,
        rows=column.rows,
        nulls=column.nulls,
        distinct=column.distinct,
        numeric=numeric and column.present > 0,
        mean=mean,
        std=std,
        minimum=_finite(column.minimum) if numeric else None,
        maximum=_finite(column.maximum) if numeric else None,
        samples=tuple(dict.fromkeys(samples))[:ENOUGH],
    )


def _finite(value: Any) -> float | None:
    number = math.nan if value is None else float(value)
    return number if math.isfinite(number) else None


def _boolean_moments(column: ColumnProfile) -> tuple[float | None, float | None]:
    """Return mean and standard deviation of booleans as 1 and 0."""
    if column.present == 0:
        return None, None
    true = sum(count for value, count in column.top if value is True)
    share = true / column.present
    return share, math.sqrt(share * (1 - share))
