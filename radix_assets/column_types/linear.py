"""A linear model on scaled features and hashed pieces."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from radix_assets.column_types.arrays import packed, probabilities, unpacked
from radix_assets.column_types.ngrams import WIDTH, hashed
from radix_assets.column_types.scale import Floats, Scale
from radix_assets.column_types.schema import ColumnFacts

SHARE = np.float32(0.1)
"""Weight of the scaled features beside the pieces, so that regularization treats both alike."""


def wide(columns: Sequence[ColumnFacts], scaled: Floats) -> Floats:
    """Return the inputs of the linear model, (columns, inputs): scaled features, then hashed pieces."""
    pieces = np.stack([hashed(column) for column in columns]) if columns else np.zeros((0, WIDTH), dtype=np.float32)
    return np.hstack([scaled * SHARE, pieces])


class Linear:
    """A fitted linear model with weights for each class."""

    def __init__(self, scale: Scale, weights: npt.NDArray[np.float32], biases: npt.NDArray[np.float32]) -> None:
        self._scale, self._weights, self._biases = scale, weights, biases

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Linear":
        """Read a model from JSON data."""
        weights = unpacked(written["weights"]).astype(np.float32) * unpacked(written["steps"])
        return cls(Scale.read(written["scale"]), weights, unpacked(written["biases"]))

    def written(self) -> dict[str, Any]:
        """Return JSON data, with weights rounded to 1/127 of the largest of their class."""
        steps = np.maximum(np.abs(self._weights).max(axis=0), 1e-6).astype(np.float32) / 127
        return {
            "scale": self._scale.written(),
            "weights": packed(np.round(self._weights / steps).astype(np.int8)),
            "steps": packed(steps),
            "biases": packed(self._biases),
        }

    def __call__(self, columns: Sequence[ColumnFacts], matrix: Floats) -> npt.NDArray[np.float64]:
        """Return probabilities, (rows, classes)."""
        scores = (wide(columns, self._scale(matrix)) @ self._weights + self._biases).astype(np.float64)
        return probabilities(scores)
