"""Compare predictions of the same rows, so that no verdict hangs on a few of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from radix_assets.models.bootstrap import interval, judge
from radix_assets.models.metrics import Metric
from radix_assets.models.schema import Score
from radix_assets.models.split import Floats, Ints

FEW, FEW_SHARE = 3, 200
"""How many rows are few: three, or one in 200."""
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True)
class Rows:
    """The rows that predictions are judged on."""

    target: Ints | Floats
    drawn: list[Floats]
    """Bootstrap weights (see `bootstrap.weights`)."""
    parts: Ints | None = None
    """The number of the model that predicted each row; None if there was one model."""

    def without(self, rows: Ints) -> tuple["Rows", Ints]:
        """Return the other rows, and their positions."""
        left = np.setdiff1d(np.arange(len(self.target)), rows)
        parts = None if self.parts is None else self.parts[left]
        return Rows(self.target[left], [chunk[:, left] for chunk in self.drawn], parts), left


@dataclass(frozen=True)
class Lead:
    """How much better predictions are than the best of others, and by which metric."""

    metric: Metric
    value: float
    """The metric of the predictions."""
    other: str
    """The name of the best of the others."""
    other_value: float
    gain: Score
    """Positive if the predictions are better than it."""
    error: float
    """Standard error of the gain; infinite if it is not defined."""
    decisive: Ints
    """Few rows without which the verdict by the first metric would be another, so that the robust one decides instead;
    empty if there are none."""

    @property
    def within_chance(self) -> bool:
        """Return whether the others are as good: not shown to be worse, and at most one standard error behind.

        The second is the rule of Breiman et al. 1984, "Classification and regression trees", 3.4.3: with few rows the
        interval alone would accept much worse predictions.
        """
        return self.gain.low <= 0 and self.gain.value <= self.error


def lead(
    rows: Rows, metric: Metric, predicted: Floats, others: Mapping[str, Floats], robust: Metric | None = None
) -> Lead:
    """Compare predictions with the best of others on the same draws.

    If squared error decides the verdict by a few rows, it is decided by the metric `robust` instead: a lead that
    vanishes without them, or one that is hidden by them, says something of these rows only.
    """
    first = _lead(rows, metric, predicted, others)
    if robust is None:
        return first
    decisive = _decisive(rows, metric, predicted, others[first.other], first.gain)
    if not len(decisive):
        return first
    if first.gain.low > 0:  # the robust metric may hang on the same rows
        left, index = rows.without(decisive)
        second = _lead(left, robust, predicted[index], {name: other[index] for name, other in others.items()})
    else:
        second = _lead(rows, robust, predicted, others)
    return replace(second, decisive=np.sort(decisive))


def influential(target: Ints | Floats, predicted: Floats) -> Ints:
    """Return the few rows that make up more than half of the squared error; none if it is spread over many."""
    errors = (target - predicted) ** 2
    order = np.argsort(-errors, kind="stable")[: _few(len(errors))]
    most = np.cumsum(errors[order]) > errors.sum() / 2
    return np.sort(order[: int(np.argmax(most)) + 1]) if most.any() and len(errors) > 2 * len(order) else _NONE


def _few(rows: int) -> int:
    return max(FEW, rows // FEW_SHARE)


def _lead(rows: Rows, metric: Metric, predicted: Floats, others: Mapping[str, Floats]) -> Lead:
    value, spread = judge(metric, rows.target, predicted, rows.drawn, rows.parts)
    judged = {name: judge(metric, rows.target, other, rows.drawn, rows.parts) for name, other in others.items()}
    sign = 1.0 if metric.greater_is_better else -1.0
    best = max(judged, key=lambda name: sign * judged[name][0])
    differences = sign * (spread - judged[best][1])
    usable = differences[np.isfinite(differences)]
    return Lead(
        metric,
        value,
        best,
        judged[best][0],
        interval(sign * (value - judged[best][0]), differences),
        float(usable.std()) if len(usable) > 1 else float("inf"),
        _NONE,
    )


def _decisive(rows: Rows, metric: Metric, predicted: Floats, other: Floats, gain: Score) -> Ints:
    """Return the few rows without which there would be no lead, or would be one; none if the verdict holds."""
    target = rows.target
    each = (target - other) ** 2 - (target - predicted) ** 2
    few = _few(len(each))
    if gain.low > 0:
        order = np.argsort(-each, kind="stable")
        left = each.sum() - np.cumsum(each[order[:few]])
        return order[: int(np.argmax(left <= 0)) + 1] if (left <= 0).any() else _NONE
    order = np.argsort(-np.abs(each), kind="stable")
    for count in sorted({1, 2, FEW, few}):
        others, index = rows.without(order[:count])
        if len(index) > 2 * few and _lead(others, metric, predicted[index], {"other": other[index]}).gain.low > 0:
            return order[:count]
    return _NONE
