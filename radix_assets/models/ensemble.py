"""Fitted learners as serving needs them: a text, arrays or numbers; nothing that runs code when it is read."""

import io
import os
from abc import ABC, abstractmethod
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from radix_assets.models.encode import Encoder
from radix_assets.models.split import Floats, Ints

Kind = Literal["lgbm", "extra_tree", "rf", "linear"]
CHUNK = 16_384
"""Rows that walk through a forest together."""
FEW = 256
SET_ASIDE = 5
"""Levels after which rows that have arrived at a leaf are set aside."""


class Inputs:
    """Rows in the forms that learners take, each made once, when it is asked for."""

    def __init__(self, encoder: Encoder, codes: Floats) -> None:
        self.encoder = encoder
        self.codes = codes
        self._filled: npt.NDArray[np.float32] | None = None
        self._dense: Floats | None = None

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def filled(self) -> npt.NDArray[np.float32]:
        """For forests."""
        if self._filled is None:
            self._filled = self.encoder.filled(self.codes)
        return self._filled

    @property
    def dense(self) -> Floats:
        """For linear models."""
        if self._dense is None:
            self._dense = self.encoder.dense(self.codes)
        return self._dense


class Member(ABC):
    """One fitted learner."""

    suffix = ""

    @abstractmethod
    def predict(self, inputs: Inputs) -> Floats:
        """Rows x outputs: probabilities of the classes it has seen, or the number."""

    @abstractmethod
    def to_bytes(self) -> bytes:
        """For the file."""


class LightGBM(Member):
    """Boosted trees, in LightGBM's text format."""

    suffix = "txt"

    def __init__(self, text: str) -> None:
        quiet_openmp()
        import lightgbm

        self.text = text
        self.booster = lightgbm.Booster(model_str=text)

    def predict(self, inputs: Inputs) -> Floats:
        out = np.asarray(self.booster.predict(inputs.codes, num_threads=1), dtype=np.float64)
        if out.ndim == 1:
            binary = "objective=binary" in self.text[:2000]
            return np.column_stack([1 - out, out]) if binary else out[:, None]
        return out

    def contributions(self, inputs: Inputs) -> Floats:
        """Exact SHAP values, rows x features; of several classes the sum of their sizes."""
        out = np.asarray(self.booster.predict(inputs.codes, pred_contrib=True, num_threads=1), dtype=np.float64)
        width = inputs.codes.shape[1] + 1
        if out.shape[1] == width:
            return out[:, :-1]
        return np.asarray(np.abs(out.reshape(len(out), -1, width)[:, :, :-1]).sum(axis=1))

    def to_bytes(self) -> bytes:
        return self.text.encode()


class Forest(Member):
    """Averaged trees, as arrays. A leaf points to itself, so a row that has arrived may take further steps."""

    suffix = "npz"

    def __init__(self, arrays: dict[str, npt.NDArray[Any]]) -> None:
        self.arrays = arrays
        self.roots = arrays["roots"]
        self.depths = arrays["depths"]
        self.feature = arrays["feature"].astype(np.int64)
        self.threshold = arrays["threshold"]
        self.children = arrays["children"].astype(np.int64).ravel()
        """Of node n the left child at 2n, the right one at 2n + 1."""
        self.value = arrays["value"].astype(np.float64)
        self.leaf = self.children[::2] == np.arange(len(self.feature))

    def predict(self, inputs: Inputs) -> Floats:
        rows = inputs.filled
        if len(rows) <= FEW:
            return self._few(rows)
        parts = [self._many(rows[start : start + CHUNK]) for start in range(0, len(rows), CHUNK)]
        return np.concatenate(parts)

    def _step(self, flat: npt.NDArray[np.float32], base: Ints, node: Ints) -> Ints:
        right = flat.take(base + self.feature.take(node)) > self.threshold.take(node)
        return self.children.take(2 * node + right)

    def _few(self, rows: npt.NDArray[np.float32]) -> Floats:
        """All trees at once: few rows cost few calls."""
        base = np.repeat(np.arange(len(rows)) * rows.shape[1], len(self.roots))
        node = np.tile(self.roots.astype(np.int64), len(rows))
        for _ in range(int(self.depths.max(initial=0))):
            node = self._step(rows.ravel(), base, node)
        total = np.zeros((len(rows), self.value.shape[1]))
        leaves = node.reshape(len(rows), len(self.roots))
        for tree in range(len(self.roots)):  # in the same order as below, so that the sums are the same to the last bit
            total += self.value[leaves[:, tree]]
        return total / len(self.roots)

    def _many(self, rows: npt.NDArray[np.float32]) -> Floats:
        """Tree by tree, whose nodes then stay in the cache; rows that have arrived are set aside."""
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
        stream = io.BytesIO()
        np.savez_compressed(stream, allow_pickle=False, **self.arrays)
        return stream.getvalue()

    @classmethod
    def of(cls, forest: Any) -> "Forest":
        """From a fitted forest of scikit-learn."""
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


class Linear(Member):
    """Logistic or ridge regression."""

    suffix = "npz"

    def __init__(self, arrays: dict[str, npt.NDArray[Any]]) -> None:
        self.weights: Floats = arrays["weights"]
        """Inputs x outputs; one output of a binary classifier."""
        self.intercept: Floats = arrays["intercept"]
        self.classifies = bool(arrays["classifies"][0])

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
        stream = io.BytesIO()
        classifies = np.array([int(self.classifies)], np.int32)
        np.savez_compressed(stream, weights=self.weights, intercept=self.intercept, classifies=classifies)
        return stream.getvalue()


def read_member(kind: Kind, content: bytes) -> Member:
    """From a file's bytes; arrays that are objects are refused."""
    if kind == "lgbm":
        return LightGBM(content.decode())
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return Linear(arrays) if kind == "linear" else Forest(arrays)


def expand(out: Floats, seen: Ints, classes: int) -> Floats:
    """Probabilities of all classes; those that the learning rows lacked get none."""
    if out.shape[1] == classes or not classes:
        return out
    full = np.zeros((len(out), classes))
    full[:, seen] = out
    return full


def quiet_openmp() -> None:
    """Before LightGBM is loaded: its threads must sleep while they wait, or they starve on a busy machine."""
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
