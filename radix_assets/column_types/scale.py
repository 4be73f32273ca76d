"""Scale features for linear models."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from radix_assets.column_types.arrays import packed, unpacked
from radix_assets.column_types.features import ABSENT

Floats = npt.NDArray[np.float32]
LIMIT = 2.5


class Scale:
    """Maps each feature by its rank in the training set to a standard normal value within ±2.5."""

    def __init__(self, marks: Floats, heights: Floats) -> None:
        self._marks, self._heights = marks, heights

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Scale":
        """Read a scale from JSON data."""
        return cls(unpacked(written["marks"]), unpacked(written["heights"]))

    def written(self) -> dict[str, Any]:
        """Return JSON data."""
        return {"marks": packed(self._marks), "heights": packed(self._heights)}

    def __call__(self, matrix: Floats) -> Floats:
        out = np.zeros(matrix.shape, dtype=np.float32)
        for place, marks in enumerate(self._marks):
            column = matrix[:, place]
            low = np.interp(column, marks, self._heights)
            high = -np.interp(-column, -marks[::-1], -self._heights[::-1])
            out[:, place] = np.where(column == ABSENT, 0.0, (low + high) / 2)
        return np.clip(out, -LIMIT, LIMIT)
