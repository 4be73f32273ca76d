"""The model that ships with Radix.

It is JSON: numbers, and arrays of numbers in base64. It holds no name and no value of its training columns, only
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
"""Lower limit of a probability before its logarithm is taken."""


class Trained:
    """Several models, and how their probabilities are combined into a calibrated one."""

    def __init__(self, trees: Sequence[Trees], linear: Linear, pooled: Mapping[str, Any]) -> None:
        self._trees, self._linear, self._pooled = trees, linear, pooled

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Trained":
        """Read a model from JSON data. Raises ValueError if it has other features or types."""
        if tuple(written["features"]) != FEATURES or tuple(written["types"]) != TYPES:
            raise ValueError("the model was trained for other features")
        return cls([Trees.read(trees) for trees in written["trees"]], Linear.read(written["linear"]), written["pool"])

    def written(self) -> dict[str, Any]:
        """Return JSON data."""
        return {
            "features": list(FEATURES),
            "types": list(TYPES),
            "trees": [trees.written() for trees in self._trees],
            "linear": self._linear.written(),
            "pool": dict(self._pooled),
        }

    def members(self, columns: Sequence[ColumnFacts]) -> npt.NDArray[np.float64]:
        """Return the probabilities of each member, (members, columns, types). The columns must be cleaned."""
        inputs = matrix(columns)
        return np.stack([*(trees(inputs) for trees in self._trees), self._linear(columns, inputs)])

    def __call__(self, columns: Sequence[ColumnFacts]) -> npt.NDArray[np.float64]:
        """Return calibrated probabilities of cleaned columns, (columns, types), in the order of `TYPES`."""
        return pool(self.members(columns), self._pooled)


def pool(members: npt.NDArray[np.float64], pooled: Mapping[str, Any]) -> npt.NDArray[np.float64]:
    """Combine the members: a weighted sum of log probabilities and a bias for each type, normalized."""
    scores = np.tensordot(np.asarray(pooled["weights"]), np.log(np.maximum(members, LEAST)), axes=1)
    scores = scores + np.asarray(pooled["biases"])
    return probabilities(scores)


@lru_cache(maxsize=1)
def shipped() -> Trained:
    """Return the model of the package, which is read once."""
    packed = files("radix_assets.column_types").joinpath(FILE).read_bytes()
    return Trained.read(json.loads(gzip.decompress(packed)))
