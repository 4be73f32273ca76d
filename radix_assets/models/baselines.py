"""Trivial baselines. A model that does not beat the best of them is refused."""

import math

import numpy as np
import numpy.typing as npt

from radix_assets.models.split import Floats, Ints

SHARES = "class shares"
"""The baseline that predicts how frequent each class is in the learning rows."""
STUMP_ROWS = 20_000
BINS = 32


def baselines(
    codes: Floats,
    categorical: list[int],
    target: Ints | Floats,
    train: Ints,
    test: Ints,
    *,
    classes: int,
    moments: Ints | None,
) -> dict[str, Floats]:
    """Return the predictions of each baseline for the rows `test`, by name, fitted on the rows `train` only."""
    answer, count = target[train], len(test)
    result: dict[str, Floats] = {}
    if classes:
        shares = np.bincount(answer.astype(np.int64), minlength=classes) / len(answer)
        result[SHARES] = np.tile(shares, (count, 1))
    else:
        result["mean"] = np.full(count, float(answer.mean()))
        result["median"] = np.full(count, float(np.median(answer)))
        if moments is not None:
            latest = train[moments[train] == moments[train].max()]
            result["last value"] = np.full(count, float(target[latest].mean()))
    rule = one_rule(codes, categorical, target, train, classes=classes)
    if rule:
        feature, edge, means = rule
        predicted = means[_side(codes[test, feature], edge, is_category=feature in categorical).astype(np.int64)]
        result["one rule"] = predicted if classes else predicted[:, 0]
    return result


def one_rule(
    codes: Floats, categorical: list[int], target: Ints | Floats, train: Ints, *, classes: int
) -> tuple[int, float, Floats] | None:
    """Return the yes-or-no rule on one feature that explains most of the target's variance; None if none does.

    The result is the feature's position, the value to compare with (NaN: test for null), and the predictions for no
    and for yes.
    """
    rows = train[:: max(1, len(train) // STUMP_ROWS)]
    marks = np.eye(classes)[target[rows].astype(np.int64)] if classes else target[rows, None].astype(np.float64)
    best: tuple[int, float, Floats] | None = None
    most = 0.0
    for feature in range(codes.shape[1]):
        is_category = feature in categorical
        values = codes[rows, feature]
        for edge in _edges(values, is_category=is_category):
            side = _side(values, edge, is_category=is_category)
            size = int(side.sum())
            if not 0 < size < len(rows):
                continue
            yes, no = marks[side].mean(axis=0), marks[~side].mean(axis=0)
            gain = size * (len(rows) - size) / len(rows) * float(((yes - no) ** 2).sum())
            if gain > most * (1 + 1e-12):
                most, best = gain, (feature, edge, np.stack([no, yes]))
    return best


def _edges(values: Floats, *, is_category: bool) -> list[float]:
    """Return the values to compare with: the most frequent categories, or quantiles."""
    present = values[~np.isnan(values)]
    if not len(present):
        return []
    if is_category:
        kinds, counts = np.unique(present, return_counts=True)
        return [float(kind) for kind in kinds[np.argsort(-counts, kind="stable")][:BINS]]
    cuts = np.unique(np.quantile(present, np.linspace(0, 1, BINS + 1)[:-1], method="lower"))
    return [*map(float, cuts), *([math.nan] if len(present) < len(values) else [])]


def _side(values: Floats, edge: float, *, is_category: bool) -> npt.NDArray[np.bool_]:
    if math.isnan(edge):
        return np.isnan(values)
    return values == edge if is_category else values > edge
