"""One rule: a yes-or-no question about one feature, with a prediction for each answer."""

import math
from functools import partial
from typing import Self

import numpy as np
import numpy.typing as npt

from radix_assets.models.inputs import Inputs
from radix_assets.models.learners.arrays import Arrays, pack_arrays, unpack_arrays
from radix_assets.models.learners.base import Learner, Range, Settings, TrainingData
from radix_assets.models.split import Floats, Ints

ROWS = 20_000
"""Most rows that the rule is chosen by, evenly spread over the learning rows."""
BINS = 32
"""Most values of a feature that are compared with."""


class OneRule(Learner):
    """The rule that explains most of the target's variance.

    The search does not try it as it does the other learners: it is the simplest model that can serve (see `choose`).
    """

    name = "one rule"
    # Rows are chosen and values are compared by their number, so repeated rows may lead to another value.
    weight_tolerance = 0.1

    def __init__(self, arrays: Arrays) -> None:
        self.feature = int(arrays["feature"][0])
        """The position of the feature; -1 if no rule explains anything."""
        self.edge = float(arrays["edge"][0])
        """The value to compare with; NaN: test for null."""
        self.is_category = bool(arrays["is_category"][0])
        self.means: Floats = arrays["means"]
        """The predictions for no and for yes."""

    @classmethod
    def search_space(cls) -> dict[str, Range]:
        return {}

    @classmethod
    def start(cls, rows: int, classes: int) -> Settings:
        del rows, classes
        return {}

    @classmethod
    def private_settings(cls, settings: Settings, rows: int) -> Settings:
        return {**settings, "least": rows}

    @classmethod
    def fit(cls, data: TrainingData, settings: Settings, *, seed: int, threads: int = 1) -> Self:
        del seed, threads
        step = max(1, len(data.target) // ROWS)
        weights = np.ones(len(data.target)) if data.weights is None else data.weights
        question = _best(
            data.inputs.codes[::step],
            set(data.inputs.categorical),
            data.target[::step],
            weights[::step],
            classes=data.classes,
            least=int(settings.get("least", 1)),
        )
        feature, edge = question or (-1, math.nan)
        is_category = feature in data.inputs.categorical
        side = _side(data.inputs.codes, feature, edge, is_category=is_category)
        marks = np.eye(data.classes)[data.target] if data.classes else data.target[:, None].astype(np.float64)
        sides = (~side, side if side.any() else ~side)
        return cls(
            {
                "feature": np.array([feature]),
                "edge": np.array([edge]),
                "is_category": np.array([int(is_category)]),
                "means": np.stack([np.average(marks[part], axis=0, weights=weights[part]) for part in sides]),
            }
        )

    def predict(self, inputs: Inputs) -> Floats:
        side = _side(inputs.codes, self.feature, self.edge, is_category=self.is_category)
        return np.asarray(self.means[side.astype(np.int64)])

    def to_bytes(self) -> bytes:
        return pack_arrays(
            {
                "feature": np.array([self.feature]),
                "edge": np.array([self.edge]),
                "is_category": np.array([int(self.is_category)]),
                "means": self.means,
            }
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        return cls(unpack_arrays(content))


def _best(
    codes: Floats, categorical: set[int], target: Ints | Floats, weights: Floats, *, classes: int, least: int
) -> tuple[int, float] | None:
    """Return the feature and the value of the best rule with `least` rows on each side; None if none explains any."""
    whole = float(weights.sum())
    best, most = None, 0.0
    for feature in range(codes.shape[1]):
        is_category = feature in categorical
        values = codes[:, feature]
        edges = _edges(values, is_category=is_category)
        if not len(edges):
            continue
        place = _places(values, edges, is_category=is_category)
        width = len(edges) + 1
        per_edge = partial(_per_edge, is_category=is_category, has_null=bool(np.isnan(edges[-1])))
        rows = per_edge(np.bincount(place, minlength=width).astype(np.float64))
        size = per_edge(np.bincount(place, weights, minlength=width).astype(np.float64))
        if classes:
            cells = np.bincount(place * classes + target.astype(np.int64), weights, minlength=width * classes)
            sums: Floats = cells.reshape(width, classes).astype(np.float64)
        else:
            sums = np.bincount(place, weights * target, minlength=width)[:, None].astype(np.float64)
        total, yes = sums.sum(axis=0), per_edge(sums)
        usable = (rows >= least) & (len(values) - rows >= least)
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = yes / size[:, None] - (total - yes) / (whole - size)[:, None]
            gain = np.where(usable, size * (whole - size) / whole * (distance**2).sum(axis=1), 0.0)
        place_of_best = int(np.argmax(gain))
        if gain[place_of_best] > most * (1 + 1e-12):
            most, best = float(gain[place_of_best]), (feature, float(edges[place_of_best]))
    return best


def _edges(values: Floats, *, is_category: bool) -> Floats:
    """Return the values to compare with: the most frequent categories; or quantiles, and NaN if there are nulls."""
    present = values[~np.isnan(values)]
    if not len(present):
        return np.empty(0)
    if is_category:
        kinds, counts = np.unique(present, return_counts=True)
        return np.asarray(kinds[np.argsort(-counts, kind="stable")][:BINS])
    cuts = np.unique(np.quantile(present, np.linspace(0, 1, BINS + 1)[:-1], method="lower"))
    return np.append(cuts, math.nan) if len(present) < len(values) else cuts


def _places(values: Floats, edges: Floats, *, is_category: bool) -> Ints:
    """Return the place of each row: how many edges are below its value.

    A category is at its edge's position plus one, or at 0 if it has no edge. Nulls are at the last place.
    """
    if is_category:
        order = np.argsort(edges, kind="stable")
        at = order[np.minimum(np.searchsorted(edges[order], values), len(edges) - 1)]
        return np.where(edges[at] == values, at + 1, 0).astype(np.int64)
    place = np.searchsorted(edges[~np.isnan(edges)], values)
    return np.where(np.isnan(values), len(edges), place).astype(np.int64)


def _per_edge(each: Floats, *, is_category: bool, has_null: bool) -> Floats:
    """Return, from a sum for each place, that of the rows which answer the question about each edge with yes."""
    if is_category:
        return each[1:]
    numbers = each[:-1] if has_null else each
    above = np.cumsum(numbers[::-1], axis=0)[::-1][1:]
    return np.concatenate([above, each[-1:]]) if has_null else above


def _side(codes: Floats, feature: int, edge: float, *, is_category: bool) -> npt.NDArray[np.bool_]:
    if feature < 0:
        return np.zeros(len(codes), np.bool_)
    values = codes[:, feature]
    if math.isnan(edge):
        return np.isnan(values)
    return values == edge if is_category else values > edge
