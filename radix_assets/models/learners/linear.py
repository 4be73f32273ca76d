"""Logistic and ridge regression, kept as weights."""

from typing import Self

import numpy as np

from radix_assets.models.inputs import Inputs
from radix_assets.models.learners.arrays import Arrays, pack_arrays, unpack_arrays
from radix_assets.models.learners.base import Learner, Range, Settings, TrainingData
from radix_assets.models.split import Floats


class Linear(Learner):
    """Logistic regression for classes, ridge regression for numbers."""

    name = "linear"
    # The solver of the logistic regression stops at a tolerance of its own.
    weight_tolerance = 0.01

    def __init__(self, arrays: Arrays) -> None:
        self.weights: Floats = arrays["weights"]
        """Inputs x outputs; one output of a binary classifier."""
        self.intercept: Floats = arrays["intercept"]
        self.classifies = bool(arrays["classifies"][0])

    @classmethod
    def search_space(cls) -> dict[str, Range]:
        return {"strength": Range(1e-3, 1e3, log=True)}

    @classmethod
    def start(cls, rows: int, classes: int) -> Settings:
        del rows, classes
        return {"strength": 1.0}

    @classmethod
    def private_settings(cls, settings: Settings, rows: int) -> Settings:
        del rows  # a weight depends on all rows
        return settings

    @classmethod
    def fit(cls, data: TrainingData, settings: Settings, *, seed: int, threads: int = 1) -> Self:
        del seed, threads
        from sklearn.linear_model import LogisticRegression, Ridge

        rows, target, strength = data.inputs.dense, data.target, settings["strength"]
        if not data.classes:
            center = float(target.mean())
            scale = float(target.std()) or 1.0
            ridge = Ridge(alpha=strength, solver="cholesky")
            ridge.fit(rows, (target - center) / scale, sample_weight=data.weights)
            weights, intercept = ridge.coef_[:, None] * scale, np.array([ridge.intercept_ * scale + center])
        else:
            model = LogisticRegression(C=1.0 / strength, max_iter=100, tol=1e-4)
            model.fit(rows, target, sample_weight=data.weights)
            weights, intercept = model.coef_.T, model.intercept_
        arrays = {
            "weights": np.ascontiguousarray(weights),
            "intercept": intercept,
            "classifies": np.array([int(bool(data.classes))]),
        }
        return cls(arrays)

    def predict(self, inputs: Inputs) -> Floats:
        out = inputs.dense @ self.weights + self.intercept
        if not self.classifies:
            return np.asarray(out)
        if out.shape[1] == 1:
            positive = 0.5 * (1.0 + np.tanh(0.5 * out))
            return np.column_stack([1.0 - positive, positive])
        out = np.exp(out - out.max(axis=1, keepdims=True))
        return np.asarray(out / out.sum(axis=1, keepdims=True))

    def to_bytes(self) -> bytes:
        classifies = np.array([int(self.classifies)], np.int32)
        return pack_arrays({"weights": self.weights, "intercept": self.intercept, "classifies": classifies})

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        return cls(unpack_arrays(content))
