"""Random forests and extremely randomized trees, kept as arrays and evaluated with NumPy."""

from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from radix_assets.models.inputs import Inputs
from radix_assets.models.learners.arrays import Arrays, pack_arrays, unpack_arrays
from radix_assets.models.learners.base import Learner, Range, Settings, TrainingData
from radix_assets.models.split import Floats, Ints

TREES = 100
TRIAL_TREES = 40
"""Trees of a forest that the search tries: enough to compare settings."""
TREE_ROWS = 25_000
"""Most rows that each tree is fitted on; more add time, not skill."""
SLOW_ROWS = 10_000
"""Learning rows above which random forests are left out: they are the slowest, and extra trees do as well."""
CHUNK = 16_384
"""Rows evaluated together."""
FEW = 256
"""Most rows for which all trees are evaluated at once."""
SET_ASIDE = 5
"""Levels after which rows that have reached a leaf are set aside."""


class Forest(Learner):
    """The mean of many trees. A leaf points to itself, so a row that has reached one may take further steps."""

    # Each tree draws rows and features at random, and the draws differ between repeated and weighted rows.
    weight_tolerance = 0.1
    family: ClassVar[str]
    """First part of the name of scikit-learn's estimators."""
    share: ClassVar[tuple[float, float]]
    """Share of the features that a split considers at first: for classes, for numbers."""
    bootstrap: ClassVar[bool]
    """Whether each tree is fitted on rows drawn with replacement, however few there are."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.roots = arrays["roots"]
        self.depths = arrays["depths"]
        self.feature = arrays["feature"].astype(np.int64)
        self.threshold = arrays["threshold"]
        self.children = arrays["children"].astype(np.int64).ravel()
        """The left child of node n at 2n, the right one at 2n + 1."""
        self.value = arrays["value"].astype(np.float64)
        self.leaf = self.children[::2] == np.arange(len(self.feature))

    @classmethod
    def search_space(cls) -> dict[str, Range]:
        return {"max_features": Range(0.1, 1.0), "min_samples_leaf": Range(1, 64, log=True, integer=True)}

    @classmethod
    def start(cls, rows: int, classes: int) -> Settings:
        share = cls.share[0] if classes else cls.share[1]
        return {"max_features": share, "min_samples_leaf": max(2, min(50, rows // 2000))}

    @classmethod
    def private_settings(cls, settings: Settings, rows: int) -> Settings:
        return {**settings, "min_samples_leaf": max(settings["min_samples_leaf"], rows)}

    @classmethod
    def fit(cls, data: TrainingData, settings: Settings, *, seed: int, threads: int = 1) -> Self:
        from sklearn import ensemble

        rows = len(data.target)
        forest = getattr(ensemble, cls.family + ("Classifier" if data.classes else "Regressor"))(
            n_estimators=TREES if data.validation is None else TRIAL_TREES,
            max_features=float(settings["max_features"]),
            min_samples_leaf=int(settings["min_samples_leaf"]),
            bootstrap=cls.bootstrap or rows > TREE_ROWS,
            max_samples=TREE_ROWS if rows > TREE_ROWS else None,
            n_jobs=threads,
            random_state=seed,
        )
        forest.fit(data.inputs.filled, data.target, sample_weight=data.weights)
        return cls.from_sklearn(forest)

    @classmethod
    def from_sklearn(cls, forest: Any) -> Self:
        """Convert a fitted forest of scikit-learn."""
        parts: dict[str, list[npt.NDArray[Any]]] = {"feature": [], "threshold": [], "children": [], "value": []}
        roots, depths, count = [], [], 0
        for estimator in forest.estimators_:
            tree = estimator.tree_
            leaf = tree.children_left < 0
            own = np.arange(tree.node_count)
            left = np.where(leaf, own, tree.children_left) + count
            right = np.where(leaf, own, tree.children_right) + count
            value = tree.value[:, 0, :]
            if hasattr(forest, "classes_"):
                value = value / value.sum(axis=1, keepdims=True)
            parts["feature"].append(np.where(leaf, 0, tree.feature))
            parts["threshold"].append(tree.threshold)
            parts["children"].append(np.column_stack([left, right]))
            parts["value"].append(value)
            roots.append(count)
            count += tree.node_count
            depths.append(tree.max_depth)
        dtypes = {"feature": np.int32, "threshold": np.float64, "children": np.int32, "value": np.float32}
        arrays: dict[str, npt.NDArray[Any]] = {
            name: np.concatenate(parts[name]).astype(dtype) for name, dtype in dtypes.items()
        }
        return cls({**arrays, "roots": np.array(roots, np.int32), "depths": np.array(depths, np.int32)})

    def predict(self, inputs: Inputs) -> Floats:
        rows = inputs.filled
        if len(rows) <= FEW:
            return self._predict_few(rows)
        parts = [self._predict_many(rows[start : start + CHUNK]) for start in range(0, len(rows), CHUNK)]
        return np.concatenate(parts)

    def _step(self, flat: npt.NDArray[np.float32], base: Ints, node: Ints) -> Ints:
        right = flat.take(base + self.feature.take(node)) > self.threshold.take(node)
        return self.children.take(2 * node + right)

    def _predict_few(self, rows: npt.NDArray[np.float32]) -> Floats:
        """Evaluate all trees at once: few rows then take few calls."""
        base = np.repeat(np.arange(len(rows)) * rows.shape[1], len(self.roots))
        node = np.tile(self.roots.astype(np.int64), len(rows))
        for _ in range(int(self.depths.max(initial=0))):
            node = self._step(rows.ravel(), base, node)
        total = np.zeros((len(rows), self.value.shape[1]))
        leaves = node.reshape(len(rows), len(self.roots))
        for tree in range(len(self.roots)):  # in the same order as below, so that the sums are equal to the last bit
            total += self.value[leaves[:, tree]]
        return total / len(self.roots)

    def _predict_many(self, rows: npt.NDArray[np.float32]) -> Floats:
        """Evaluate tree by tree, so that its nodes stay in the cache; set rows aside that have reached a leaf."""
        flat = np.ascontiguousarray(rows).ravel()
        total = np.zeros((len(rows), self.value.shape[1]))
        everyone = np.arange(len(rows))
        for root, depth in zip(self.roots, self.depths, strict=True):
            active, base, node = everyone, everyone * rows.shape[1], np.full(len(rows), root, np.int64)
            for level in range(1, int(depth) + 1):
                node = self._step(flat, base, node)
                if level % SET_ASIDE == 0:
                    arrived = self.leaf.take(node)
                    total[active[arrived]] += self.value[node[arrived]]
                    active, base, node = active[~arrived], base[~arrived], node[~arrived]
            total[active] += self.value[node]
        return total / len(self.roots)

    def to_bytes(self) -> bytes:
        return pack_arrays(self.arrays)

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        return cls(unpack_arrays(content))


class ExtraTrees(Forest):
    """Extremely randomized trees."""

    name = "extra_tree"
    family = "ExtraTrees"
    share = (0.4, 0.7)
    bootstrap = False


class RandomForest(Forest):
    """A random forest."""

    name = "rf"
    max_rows = SLOW_ROWS
    family = "RandomForest"
    share = (0.3, 0.5)
    bootstrap = True
