"""The model that ships with Radix.

It is JSON: numbers, and arrays of numbers in base64. It holds no name and no value of the columns it learned from, only
thresholds of statistics, weights of hashes and how to combine them. How it was trained: docs/column-types.md.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from radix_assets.column_types.arrays import probabilities
from radix_assets.column_types.features import FEATURES, matrix
from radix_assets.column_types.linear import Linear
from radix_assets.column_types.schema import TYPES, ColumnFacts
from radix_assets.column_types.trees import Trees

FILE = "model.json.gz"
LEAST = 1e-6
"""Of a probability, before its logarithm is taken."""


class Trained:
    """Several models, and how their probabilities become one that can be taken at its word."""

    def __init__(self, trees: Sequence[Trees], linear: Linear, pooled: Mapping[str, Any]) -> None:
        self._trees, self._linear, self._pooled = trees, linear, pooled

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Trained":
        """A model as it was written; ValueError where it is of other features or types."""
        if tuple(written["features"]) != FEATURES or tuple(written["types"]) != TYPES:
            raise ValueError("the model was trained for other features")
        return cls([Trees.read(trees) for trees in written["trees"]], Linear.read(written["linear"]), written["pool"])

    def written(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "features": list(FEATURES),
            "types": list(TYPES),
            "trees": [trees.written() for trees in self._trees],
            "linear": self._linear.written(),
            "pool": dict(self._pooled),
        }

    def members(self, columns: Sequence[ColumnFacts]) -> npt.NDArray[np.float64]:
        """Probabilities of each member: member, column, type. The columns must have been cleaned."""
        found = matrix(columns)
        return np.stack([*(trees(found) for trees in self._trees), self._linear(columns, found)])

    def __call__(self, columns: Sequence[ColumnFacts]) -> npt.NDArray[np.float64]:
        """Calibrated probabilities, a row each cleaned column, in the order of `TYPES`."""
        return pool(self.members(columns), self._pooled)


def pool(members: npt.NDArray[np.float64], pooled: Mapping[str, Any]) -> npt.NDArray[np.float64]:
    """One set of probabilities: a weighted sum of the members' logarithms and a bias of each type, brought to sum 1."""
    scores = np.tensordot(np.asarray(pooled["weights"]), np.log(np.maximum(members, LEAST)), axes=1)
    scores = scores + np.asarray(pooled["biases"])
    return probabilities(scores)


@lru_cache(maxsize=1)
def shipped() -> Trained:
    """The model of the package, read once."""
    packed = files("radix_assets.column_types").joinpath(FILE).read_bytes()
    return Trained.read(json.loads(gzip.decompress(packed)))
