"""Metrics: how good predictions are, on weighted rows so that the bootstrap can draw (see `bootstrap`).

Add a metric at the end (see docs/extending/in-radix.md).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from radix_assets.common.vocabulary import DECIDING_METRIC, RENAMED_METRICS, Problem
from radix_assets.models.split import Floats, Ints

EPSILON = 1e-6
Judge = Callable[[Floats], Floats]
"""A function from weights, draws x rows, to one value per draw."""


@dataclass(frozen=True)
class Metric:
    """One measure of how good predictions are: its computation, its direction, where it applies, and its words.

    To add a metric, define it at the end of this module and put it into `METRICS`. The card, the leaderboard, the UI,
    the tracking server and the report then show it. `DECIDING_METRIC` of the vocabulary names those that decide.
    """

    name: str
    """As it is written into model cards."""
    greater_is_better: bool
    prepare: Callable[[Ints | Floats, Floats], Judge]
    """Take the target and the predictions (rows x classes, or numbers) and return a function of the weights of rows."""
    problems: frozenset[Problem]
    """The problems for which it is reported."""
    title: str = ""
    """Its name for a business reader."""
    sentence: str = ""
    """The meaning of a score for a business reader, with the fields {value}, {low}, {high} and, times 100, {percent},
    {percent_low}, {percent_high}."""
    ranks: bool = False
    """Whether only the order of the predictions counts, of rows of two classes. Predictions of several models are then
    compared within the rows of each model (see `bootstrap.within`)."""
    too_good: float | None = None
    """The value from which a leak is suspected."""

    @property
    def decides(self) -> frozenset[Problem]:
        """The problems for which the search optimises it and the verdict depends on it."""
        return frozenset(problem for problem, name in DECIDING_METRIC.items() if name == self.name)

    def value(self, target: Ints | Floats, predicted: Floats) -> float:
        """Return the value with each row counted once."""
        return float(self.prepare(target, predicted)(np.ones((1, len(target))))[0])

    def loss(self, target: Ints | Floats, predicted: Floats) -> float:
        """Return a value that is smaller for better predictions, whatever the direction of the metric."""
        return -self.value(target, predicted) if self.greater_is_better else self.value(target, predicted)


def metrics_of(problem: Problem) -> list[Metric]:
    """Return the metrics of a problem, the deciding one first."""
    metrics = [metric for metric in METRICS if problem in metric.problems]
    return sorted(metrics, key=lambda metric: problem not in metric.decides)


def metric_named(name: str) -> Metric | None:
    """Return a metric by the name in a model card; None for one that this version does not have."""
    name = RENAMED_METRICS.get(name, name)
    return next((metric for metric in METRICS if metric.name == name), None)


def robust_metric(problem: Problem) -> Metric | None:
    """Return the metric that decides where squared error hangs on a few rows; None for classes."""
    return MAE if MAE.name != DECIDING_METRIC[problem] and problem in MAE.problems else None


def _positive(predicted: Floats) -> Floats:
    return predicted[:, 1] if predicted.ndim == 2 else predicted  # noqa: PLR2004


def ties(score: Floats) -> tuple[Ints, Ints]:
    """Return the order by score, and where each run of equal scores starts in it."""
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
    """Return the computation of a metric that is a mean of one number per row."""

    def prepare(target: Ints | Floats, predicted: Floats) -> Judge:
        each = of(target, predicted)

        def value(drawn: Floats) -> Floats:
            mean = (drawn @ each) / drawn.sum(axis=1)
            return np.asarray(np.sqrt(mean) if root else mean)

        return value

    return prepare


def _log_losses(target: Ints | Floats, predicted: Floats) -> Floats:
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
    """Return NaN for a draw in which the target is constant: there is nothing to explain."""
    center = float(np.mean(target))
    centered, error = target - center, (target - predicted) ** 2
    nothing = (1e-14 * float(np.max(np.abs(target), initial=0.0))) ** 2

    def value(drawn: Floats) -> Floats:
        total = drawn.sum(axis=1)
        spread = drawn @ centered**2 - (drawn @ centered) ** 2 / total
        return np.asarray(1 - (drawn @ error) / np.where(spread > nothing * total, spread, np.nan))

    return value


def _poisson(target: Ints | Floats, predicted: Floats) -> Floats:
    """Judge a prediction of zero or less as a hundredth of the mean, so that one row does not decide."""
    rate = np.maximum(predicted, max(EPSILON, 0.01 * float(np.mean(target))))
    ratio = np.where(target > 0, target / rate, 1.0)
    return np.asarray(2 * (target * np.log(ratio) - (target - rate)))


def _rounded_grades(target: Ints | Floats, predicted: Floats) -> Floats:
    """Round predictions to grades, within the grades of the target."""
    return np.clip(np.rint(predicted), np.min(target), np.max(target))


def _kappa(target: Ints | Floats, predicted: Floats) -> Judge:
    """Subtract from one the squared distances, as a share of those of an unrelated target and prediction."""
    center = float(np.mean(target))
    actual, guess = target - center, _rounded_grades(target, predicted) - center
    error = (actual - guess) ** 2

    def value(drawn: Floats) -> Floats:
        total = drawn.sum(axis=1)
        chance = drawn @ actual**2 + drawn @ guess**2 - 2 * (drawn @ actual) * (drawn @ guess) / total
        # Rounded, so that a constant agrees exactly as much as chance.
        return np.asarray(np.round(1 - (drawn @ error) / np.maximum(chance, 1e-300), 12))

    return value


BINARY: frozenset[Problem] = frozenset({"binary"})
CLASSES: frozenset[Problem] = frozenset({"binary", "multiclass"})
ORDINAL: frozenset[Problem] = frozenset({"ordinal"})
COUNT: frozenset[Problem] = frozenset({"count"})
AMOUNT: frozenset[Problem] = frozenset({"regression", "count", "forecasting"})

ROC_AUC = Metric(
    "roc_auc",
    greater_is_better=True,
    prepare=_roc_auc,
    ranks=True,
    problems=BINARY,
    title="Ranking (AUC)",
    sentence="Given one row of each outcome, the model ranks the right one first {percent} times in 100 "
    "({percent_low} to {percent_high} with 95 % confidence). Guessing would give 50.",
    too_good=0.995,
)
AVERAGE_PRECISION = Metric(
    "average_precision",
    greater_is_better=True,
    prepare=_average_precision,
    ranks=True,
    problems=BINARY,
    title="Average precision",
)
LOG_LOSS = Metric(
    "log_loss",
    greater_is_better=False,
    prepare=_mean(_log_losses),
    problems=CLASSES,
    title="Log loss",
    sentence="Its probabilities have a log loss of {value} ({low} to {high} with 95 % confidence). Lower is better; "
    "0 would mean that it is always certain and right.",
)
BRIER = Metric(
    "brier",
    greater_is_better=False,
    prepare=_mean(lambda y, p: (_positive(p) - y) ** 2),
    problems=BINARY,
    title="Brier score",
)
MACRO_F1 = Metric(
    "macro_f1", greater_is_better=True, prepare=_macro_f1, problems=frozenset({"multiclass"}), title="Macro F1"
)
ACCURACY = Metric(
    "accuracy",
    greater_is_better=True,
    prepare=_mean(lambda y, p: (p.argmax(axis=1) == y).astype(np.float64)),
    problems=CLASSES,
    title="Accuracy",
    sentence="It is right for {percent} of 100 rows ({percent_low} to {percent_high} with 95 % confidence).",
)
POISSON = Metric(
    "poisson_deviance",
    greater_is_better=False,
    prepare=_mean(_poisson),
    problems=COUNT,
    title="Poisson deviance",
)
KAPPA = Metric(
    "quadratic_weighted_kappa",
    greater_is_better=True,
    prepare=_kappa,
    problems=ORDINAL,
    title="Agreement of the grades (weighted kappa)",
)
RMSE = Metric(
    "rmse",
    greater_is_better=False,
    prepare=_mean(lambda y, p: (y - p) ** 2, root=True),
    problems=AMOUNT | ORDINAL,
    title="Typical error (RMSE)",
    sentence="Its predictions are typically off by {value} ({low} to {high} with 95 % confidence), in the unit of the "
    "target.",
)
MAE = Metric(
    "mae",
    greater_is_better=False,
    prepare=_mean(lambda y, p: np.abs(y - p)),
    problems=AMOUNT | ORDINAL,
    title="Mean absolute error",
    sentence="Its predictions are off by {value} on average ({low} to {high} with 95 % confidence), in the unit of the "
    "target.",
)
R2 = Metric(
    "r2",
    greater_is_better=True,
    prepare=_r2,
    problems=AMOUNT,
    title="Explained variation (R²)",
    sentence="It explains {percent} % of the target's variation ({percent_low} to {percent_high} % with 95 % "
    "confidence).",
    too_good=0.995,
)
ACCURACY_OF_GRADES = Metric(
    "accuracy",
    greater_is_better=True,
    prepare=_mean(lambda y, p: (_rounded_grades(y, p) == y).astype(np.float64)),
    problems=ORDINAL,
    title="Accuracy",
    sentence="It is right for {percent} of 100 rows ({percent_low} to {percent_high} with 95 % confidence).",
)
METRICS = (
    *(ROC_AUC, AVERAGE_PRECISION, LOG_LOSS, BRIER, MACRO_F1, ACCURACY),
    *(POISSON, KAPPA, RMSE, MAE, R2, ACCURACY_OF_GRADES),
)
"""All metrics. A problem reports its own in this order, after the one that decides."""
