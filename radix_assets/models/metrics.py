"""Metrics of weighted rows, and their intervals by the bootstrap: one draw of weights judges all predictors at once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from radix_assets.common.vocabulary import Problem
from radix_assets.models.schema import Score
from radix_assets.models.split import Floats, Ints

EPSILON = 1e-6
LARGEST = 1e300
"""Stands for an interval without an end: JSON knows no infinity."""
CHUNK = 4_000_000
"""Weights held at once."""
Judge = Callable[[Floats], Floats]
"""Weights, draws x rows, to one value a draw."""


@dataclass(frozen=True)
class Metric:
    """How good predictions are. `of(target, predicted)` prepares what the draws share."""

    name: str
    greater_is_better: bool
    of: Callable[[Ints | Floats, Floats], Judge]

    def value(self, target: Ints | Floats, predicted: Floats) -> float:
        """With all rows counted once."""
        return float(self.of(target, predicted)(np.ones((1, len(target))))[0])

    def loss(self, target: Ints | Floats, predicted: Floats) -> float:
        """Smaller is better, whatever the metric."""
        return -self.value(target, predicted) if self.greater_is_better else self.value(target, predicted)


def metrics_of(problem: Problem) -> list[Metric]:
    """The one that decides first."""
    if problem == "binary":
        return [ROC_AUC, AVERAGE_PRECISION, LOG_LOSS, BRIER, ACCURACY]
    if problem == "multiclass":
        return [LOG_LOSS, MACRO_F1, ACCURACY]
    if problem == "count":
        return [POISSON, RMSE, MAE, R2]
    if problem == "ordinal":
        return [KAPPA, RMSE, MAE, ACCURACY_OF_GRADES]
    return [MAE, RMSE, R2] if problem == "forecasting" else [RMSE, MAE, R2]


def weights(
    rows: int,
    draws: int,
    *,
    seed: int,
    strata: Ints | None = None,
    blocks: Ints | None = None,
) -> list[Floats]:
    """How often each row is drawn, in chunks of draws x rows; rows with replacement within each stratum.

    With `blocks` whole blocks are drawn instead: rows of a group, or neighbours in time, depend on each other, and an
    interval that ignores it is too narrow.
    """
    generator = np.random.default_rng(seed)
    members = [np.arange(rows)]
    if blocks is not None:
        _, blocks = np.unique(blocks, return_inverse=True)
        members = [np.arange(int(blocks.max()) + 1)]
    elif strata is not None:
        members = [np.flatnonzero(strata == value) for value in np.unique(strata)]
    chunks = []
    size = max(1, CHUNK // max(rows, 1))
    for start in range(0, draws, size):
        count = min(size, draws - start)
        drawn = np.zeros((count, sum(len(part) for part in members)))
        for part in members:
            picks = generator.integers(0, len(part), (count, len(part)))
            flat = (picks + np.arange(count)[:, None] * len(part)).ravel()
            drawn[:, part] = np.bincount(flat, minlength=count * len(part)).reshape(count, len(part))
        chunks.append(drawn if blocks is None else drawn[:, blocks])
    return chunks


def draws_for(rows: int) -> int:
    """Fewer draws where there are many rows: the interval is narrow there anyway."""
    return 1000 if rows <= 20_000 else 300  # noqa: PLR2004


def judge(metric: Metric, target: Ints | Floats, predicted: Floats, drawn: list[Floats]) -> tuple[float, Floats]:
    """The value and its bootstrap distribution."""
    prepared = metric.of(target, predicted)
    with np.errstate(divide="ignore", invalid="ignore"):  # a draw of blocks may hold one class only: it gives NaN
        return float(prepared(np.ones((1, len(target))))[0]), np.concatenate([prepared(chunk) for chunk in drawn])


def interval(value: float, distribution: Floats) -> Score:
    """With the 2.5th and 97.5th percentile of what the draws gave; half the draws must give something."""
    usable = distribution[np.isfinite(distribution)]
    if len(usable) < len(distribution) / 2:
        return Score(value=tidy(value), low=-LARGEST, high=LARGEST)
    low, high = np.quantile(usable, [0.025, 0.975])
    return Score(value=tidy(value), low=tidy(float(low)), high=tidy(float(high)))


def tidy(value: float) -> float:
    """Ten significant digits: the rest is noise of the order of summation."""
    return float(f"{value:.10g}")


def _positive(predicted: Floats) -> Floats:
    return predicted[:, 1] if predicted.ndim == 2 else predicted  # noqa: PLR2004


def ties(score: Floats) -> tuple[Ints, Ints]:
    """The order by score, and where each run of equal scores starts in it."""
    order = np.argsort(score, kind="stable")
    ordered = score[order]
    return order, np.concatenate([[0], np.flatnonzero(np.diff(ordered)) + 1])


def _roc_auc(target: Ints | Floats, predicted: Floats) -> Judge:
    order, starts = ties(_positive(predicted))
    positive = (target[order] == 1).astype(np.float64)

    def value(drawn: Floats) -> Floats:
        ordered = drawn[:, order]
        up = np.add.reduceat(ordered * positive, starts, axis=1)
        down = np.add.reduceat(ordered * (1 - positive), starts, axis=1)
        below = np.cumsum(down, axis=1) - 0.5 * down
        return np.asarray((up * below).sum(axis=1) / (up.sum(axis=1) * down.sum(axis=1)))

    return value


def _average_precision(target: Ints | Floats, predicted: Floats) -> Judge:
    order, starts = ties(-_positive(predicted))
    positive = (target[order] == 1).astype(np.float64)

    def value(drawn: Floats) -> Floats:
        ordered = drawn[:, order]
        hits = np.add.reduceat(ordered * positive, starts, axis=1)
        total = np.cumsum(np.add.reduceat(ordered, starts, axis=1), axis=1)
        precision = np.cumsum(hits, axis=1) / np.maximum(total, 1e-12)
        return np.asarray((hits * precision).sum(axis=1) / hits.sum(axis=1))

    return value


def _mean(
    of: Callable[[Ints | Floats, Floats], Floats], *, root: bool = False
) -> Callable[[Ints | Floats, Floats], Judge]:
    """A metric that is the mean of one number a row."""

    def prepare(target: Ints | Floats, predicted: Floats) -> Judge:
        each = of(target, predicted)

        def value(drawn: Floats) -> Floats:
            mean = (drawn @ each) / drawn.sum(axis=1)
            return np.asarray(np.sqrt(mean) if root else mean)

        return value

    return prepare


def _surprise(target: Ints | Floats, predicted: Floats) -> Floats:
    chosen = predicted[np.arange(len(target)), target.astype(np.int64)]
    return np.asarray(-np.log(np.clip(chosen, EPSILON, 1.0)))


def _macro_f1(target: Ints | Floats, predicted: Floats) -> Judge:
    guess = predicted.argmax(axis=1)
    marks = [(target == c, guess == c) for c in range(predicted.shape[1])]
    columns: npt.NDArray[np.float64] = np.array([[a & g, a, g] for a, g in marks], np.float64)

    def value(drawn: Floats) -> Floats:
        hits, actual, guessed = (drawn @ columns[:, i].T for i in range(3))
        return np.asarray((2 * hits / np.maximum(actual + guessed, 1e-12)).mean(axis=1))

    return value


def _r2(target: Ints | Floats, predicted: Floats) -> Judge:
    """NaN where the target is the same in all rows drawn: there is nothing to explain."""
    center = float(np.mean(target))
    centered, error = target - center, (target - predicted) ** 2
    nothing = (1e-14 * float(np.max(np.abs(target), initial=0.0))) ** 2

    def value(drawn: Floats) -> Floats:
        total = drawn.sum(axis=1)
        spread = drawn @ centered**2 - (drawn @ centered) ** 2 / total
        return np.asarray(1 - (drawn @ error) / np.where(spread > nothing * total, spread, np.nan))

    return value


def _poisson(target: Ints | Floats, predicted: Floats) -> Floats:
    """What a prediction of nought or less is judged as: a hundredth of the mean, so that one row does not decide."""
    rate = np.maximum(predicted, max(EPSILON, 0.01 * float(np.mean(target))))
    ratio = np.where(target > 0, target / rate, 1.0)
    return np.asarray(2 * (target * np.log(ratio) - (target - rate)))


def _grades(target: Ints | Floats, predicted: Floats) -> Floats:
    """Predictions as grades: rounded, and no grade beyond those there are."""
    return np.clip(np.rint(predicted), np.min(target), np.max(target))


def _kappa(target: Ints | Floats, predicted: Floats) -> Judge:
    """One less the squared distances, as a share of what they would be if target and prediction were unrelated."""
    center = float(np.mean(target))
    one, two = target - center, _grades(target, predicted) - center
    error = (one - two) ** 2

    def value(drawn: Floats) -> Floats:
        total = drawn.sum(axis=1)
        chance = drawn @ one**2 + drawn @ two**2 - 2 * (drawn @ one) * (drawn @ two) / total
        # Rounded, so that a constant agrees exactly as much as chance.
        return np.asarray(np.round(1 - (drawn @ error) / np.maximum(chance, 1e-300), 12))

    return value


ROC_AUC = Metric("roc_auc", greater_is_better=True, of=_roc_auc)
AVERAGE_PRECISION = Metric("average_precision", greater_is_better=True, of=_average_precision)
LOG_LOSS = Metric("log_loss", greater_is_better=False, of=_mean(_surprise))
BRIER = Metric("brier", greater_is_better=False, of=_mean(lambda y, p: (_positive(p) - y) ** 2))
ACCURACY = Metric("accuracy", greater_is_better=True, of=_mean(lambda y, p: (p.argmax(axis=1) == y).astype(np.float64)))
MACRO_F1 = Metric("macro_f1", greater_is_better=True, of=_macro_f1)
RMSE = Metric("rmse", greater_is_better=False, of=_mean(lambda y, p: (y - p) ** 2, root=True))
MAE = Metric("mae", greater_is_better=False, of=_mean(lambda y, p: np.abs(y - p)))
R2 = Metric("r2", greater_is_better=True, of=_r2)
POISSON = Metric("poisson_deviance", greater_is_better=False, of=_mean(_poisson))
KAPPA = Metric("quadratic_weighted_kappa", greater_is_better=True, of=_kappa)
ACCURACY_OF_GRADES = Metric(
    "accuracy", greater_is_better=True, of=_mean(lambda y, p: (_grades(y, p) == y).astype(np.float64))
)
