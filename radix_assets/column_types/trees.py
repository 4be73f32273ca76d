"""Boosted trees, evaluated for many rows at once."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from radix_assets.column_types.arrays import packed, probabilities, unpacked

Floats = npt.NDArray[np.float32]
BLOCK = 256
"""Rows evaluated at a time."""


class Trees:
    """Trees whose nodes compare a feature with one of its cuts; the leaves of each class are added up.

    All nodes are in one array. Node `i` compares feature `feature[i]` with its cut number `cut[i]` and continues at
    node `child[i, 0]` if it is at most that, else at `child[i, 1]`; a negative child is the leaf `-1 - child`.
    """

    def __init__(self, cuts: list[npt.NDArray[np.float64]], arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        self._cuts = cuts
        self._arrays = dict(arrays)

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Trees":
        """Read trees from JSON data."""
        flat, ends = unpacked(written["cuts"]), unpacked(written["cut_ends"])
        return cls(np.split(flat, ends[:-1]), {name: unpacked(value) for name, value in written["arrays"].items()})

    def written(self) -> dict[str, Any]:
        """Return JSON data."""
        return {
            "cuts": packed(np.concatenate(self._cuts)),
            "cut_ends": packed(np.cumsum([len(cuts) for cuts in self._cuts]).astype(np.int32)),
            "arrays": {name: packed(value) for name, value in self._arrays.items()},
        }

    def __call__(self, matrix: Floats) -> npt.NDArray[np.float64]:
        """Return probabilities, (rows, classes)."""
        binned = np.stack(
            [np.searchsorted(cuts, matrix[:, place].astype(np.float64)) for place, cuts in enumerate(self._cuts)],
            axis=1,
        ).astype(np.int16)
        scores = np.concatenate(
            [self._block(binned[start : start + BLOCK]) for start in range(0, max(1, len(binned)), BLOCK)]
        )
        return probabilities(scores)

    def _block(self, binned: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
        feature, cut, child = self._arrays["feature"], self._arrays["cut"], self._arrays["child"]
        leaf, owner, roots = self._arrays["leaf"], self._arrays["owner"], self._arrays["root"]
        at = np.broadcast_to(roots, (len(binned), len(roots))).copy()
        lines = np.arange(len(binned))[:, None]
        going = at >= 0
        while going.any():
            node = np.maximum(at, 0)
            right = binned[lines, feature[node]] > cut[node]
            at = np.where(going, child[node, right.astype(np.int8)], at)
            going = at >= 0
        values = leaf[-1 - at].astype(np.float64)
        classes = int(owner.max()) + 1
        return np.stack([values[:, owner == place].sum(axis=1) for place in range(classes)], axis=1)
