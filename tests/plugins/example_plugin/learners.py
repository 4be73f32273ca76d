"""A learner outside Radix's packages: the mean of the nearest centroids, in NumPy."""

from typing import Self

import numpy as np

from radix_assets.models.inputs import Inputs
from radix_assets.models.learners.arrays import Arrays, pack_arrays, unpack_arrays
from radix_assets.models.learners.base import Learner, Range, Settings, TrainingData
from radix_assets.models.split import Floats

STEPS = 20
CHUNK = 1024


class Centroids(Learner):
    """Group the rows by k-means; predict the mean target of each group, weighted by how near its centre is."""

    name = "centroids"

    def __init__(self, arrays: Arrays) -> None:
        self.centers: Floats = arrays["centers"]
        self.means: Floats = arrays["means"]
        """Centres x classes, or centres x 1."""
        self.sharpness = float(arrays["sharpness"][0])

    @classmethod
    def search_space(cls) -> dict[str, Range]:
        return {"centers": Range(2, 65, log=True, integer=True), "sharpness": Range(0.1, 10.0, log=True)}

    @classmethod
    def start(cls, rows: int, classes: int) -> Settings:
        del classes
        return {"centers": max(2, min(16, rows // 20)), "sharpness": 1.0}

    @classmethod
    def fit(cls, data: TrainingData, settings: Settings, *, seed: int, threads: int = 1) -> Self:
        del threads
        rows = data.inputs.dense
        weights = np.ones(len(rows)) if data.weights is None else data.weights
        # The first centres are drawn among the distinct rows, so that repeating a row changes nothing.
        distinct = np.unique(rows, axis=0)
        count = min(int(settings["centers"]), len(distinct))
        centers = distinct[np.random.default_rng(seed).permutation(len(distinct))[:count]]
        for _ in range(STEPS):
            members = np.eye(count)[_distances(rows, centers).argmin(axis=1)] * weights[:, None]
            size = members.sum(axis=0)[:, None]
            centers = np.where(size > 0, (members.T @ rows) / np.maximum(size, 1e-300), centers)
        marks = np.eye(data.classes)[data.target.astype(np.int64)] if data.classes else data.target[:, None]
        overall = (weights @ marks) / weights.sum()
        members = np.eye(count)[_distances(rows, centers).argmin(axis=1)] * weights[:, None]
        means = (members.T @ marks + overall) / (members.sum(axis=0)[:, None] + 1.0)
        return cls({"centers": centers, "means": means, "sharpness": np.array([settings["sharpness"]])})

    def predict(self, inputs: Inputs) -> Floats:
        distances = _distances(inputs.dense, self.centers)
        nearness = np.exp(-self.sharpness * (distances - distances.min(axis=1, keepdims=True)))
        # A sum along the last axis does not depend on the number of rows; a matrix product does, in the last bit.
        shares = nearness / nearness.sum(axis=1, keepdims=True)
        return np.stack([(shares * column).sum(axis=1) for column in self.means.T], axis=1)

    def to_bytes(self) -> bytes:
        sharpness = np.array([self.sharpness])
        return pack_arrays({"centers": self.centers, "means": self.means, "sharpness": sharpness})

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        return cls(unpack_arrays(content))


def _distances(rows: Floats, centers: Floats) -> Floats:
    """Return rows x centres."""
    parts = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
    return np.concatenate([((part[:, None, :] - centers[None]) ** 2).sum(axis=2) for part in parts])
