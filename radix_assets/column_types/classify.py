"""Predict the types of columns."""

from collections.abc import Sequence

import numpy as np

from radix_assets.column_types.evidence import evidence
from radix_assets.column_types.features import cleaned, features
from radix_assets.column_types.schema import TYPES, ColumnFacts, TypeGuess
from radix_assets.column_types.trained import shipped

POSSIBLE = 0.02
"""A second type below this probability is not reported."""


def classify(columns: Sequence[ColumnFacts]) -> list[TypeGuess]:
    """Return the most likely type of each column by the model that ships with Radix. Deterministic."""
    if not columns:
        return []
    clean = [cleaned(column) for column in columns]
    probabilities = shipped()(clean)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    return [
        TypeGuess(
            type=TYPES[first],
            confidence=round(float(row[first]), 4),
            second=TYPES[second] if row[second] >= POSSIBLE else None,
            evidence=evidence(column, TYPES[first], features(column)),
        )
        for column, row, (first, second) in zip(clean, probabilities, order[:, :2].tolist(), strict=True)
    ]
