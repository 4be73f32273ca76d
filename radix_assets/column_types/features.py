"""The feature vector of a column."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from radix_assets.column_types.counts import count_features
from radix_assets.column_types.names import name_features
from radix_assets.column_types.schema import ColumnFacts
from radix_assets.column_types.values import SAMPLES, is_null_token, value_features

ABSENT = np.float32(-1e6)
"""The value of a feature that does not apply to a column, such as the smallest number of a text."""


def cleaned(column: ColumnFacts) -> ColumnFacts:
    """Return the column without null markers among its samples and distinct values."""
    samples = tuple(dict.fromkeys(text for text in column.samples if text.strip()))
    values = tuple(text for text in samples if not is_null_token(text))
    if values == tuple(column.samples):
        return column
    return replace(column, samples=values[:SAMPLES], distinct=max(0, column.distinct - len(samples) + len(values)))


def features(column: ColumnFacts) -> dict[str, float]:
    """Return the features of a cleaned column, always with the same names; NaN if one does not apply."""
    return {**count_features(column), **name_features(column.name), **value_features(column.samples)}


def matrix(columns: Sequence[ColumnFacts]) -> npt.NDArray[np.float32]:
    """Return the features of cleaned columns, (columns, features), in the order of `FEATURES`."""
    rows = [list(features(column).values()) for column in columns]
    result = np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))
    result[np.isnan(result)] = ABSENT
    return result.clip(ABSENT, -ABSENT).astype(np.float32)


FEATURES = tuple(features(ColumnFacts("", 0, 0, 0)))
