"""Bootstrap intervals of metrics: one draw of weights judges all predictors at once."""

import numpy as np

from radix_assets.models.metrics import Judge, Metric
from radix_assets.models.schema import Score
from radix_assets.models.split import Floats, Ints

LARGEST = 1e300
"""In place of infinity as the end of an interval, since JSON has no infinity."""
CHUNK = 4_000_000
"""Weights in memory at once."""


def within(metric: Metric, target: Ints | Floats, predicted: Floats, parts: Ints | None) -> Judge:
    """Return the computation of a metric; one that ranks is the mean over the parts, weighted by their pairs of rows.

    `parts` has a number for each row, equal for rows that one model predicted; None if there was one model. Models that
    were fitted on different rows, such as those before each of several windows in time, differ in the level of their
    predictions. Pooled, the rows would be ranked by that level too, which says nothing of any of the models.
    """
    if parts is None or not metric.ranks:
        return metric.prepare(target, predicted)
    positive = target == 1
    members = [np.flatnonzero(parts == part) for part in np.unique(parts)]
    members = [rows for rows in members if 0 < positive[rows].sum() < len(rows)]
    if not members:
        return metric.prepare(target, predicted)
    judges = [metric.prepare(target[rows], predicted[rows]) for rows in members]

    def value(drawn: Floats) -> Floats:
        total, weight = np.zeros(len(drawn)), np.zeros(len(drawn))
        for rows, judge in zip(members, judges, strict=True):
            own = drawn[:, rows]
            pairs = own[:, positive[rows]].sum(axis=1) * own[:, ~positive[rows]].sum(axis=1)
            total += np.where(pairs > 0, pairs * np.nan_to_num(judge(own)), 0.0)
            weight += pairs
        return np.asarray(total / weight)

    return value


def weights(
    rows: int,
    draws: int,
    *,
    seed: int,
    strata: Ints | None = None,
    blocks: Ints | None = None,
) -> list[Floats]:
    """Return how often each row is drawn, in chunks of draws x rows. Rows are drawn with replacement in each stratum.

    With `blocks`, whole blocks are drawn instead: rows of a group, or neighbours in time, depend on each other, and an
    interval that ignores this is too narrow.
    """
    generator = np.random.default_rng(seed)
    strata_rows = [np.arange(rows)]
    if blocks is not None:
        _, blocks = np.unique(blocks, return_inverse=True)
        strata_rows = [np.arange(int(blocks.max()) + 1)]
    elif strata is not None:
        strata_rows = [np.flatnonzero(strata == value) for value in np.unique(strata)]
    chunks = []
    size = max(1, CHUNK // max(rows, 1))
    for start in range(0, draws, size):
        count = min(size, draws - start)
        drawn = np.zeros((count, sum(len(part) for part in strata_rows)))
        for part in strata_rows:
            picks = generator.integers(0, len(part), (count, len(part)))
            flat = (picks + np.arange(count)[:, None] * len(part)).ravel()
            drawn[:, part] = np.bincount(flat, minlength=count * len(part)).reshape(count, len(part))
        chunks.append(drawn if blocks is None else drawn[:, blocks])
    return chunks


def draws_for(rows: int) -> int:
    """Return the number of draws: fewer for many rows, whose interval is narrow anyway."""
    return 1000 if rows <= 20_000 else 300  # noqa: PLR2004


def judge(
    metric: Metric, target: Ints | Floats, predicted: Floats, drawn: list[Floats], parts: Ints | None = None
) -> tuple[float, Floats]:
    """Return the value and its bootstrap distribution. `parts` numbers the models, if there are several (`within`)."""
    prepared = within(metric, target, predicted, parts)
    with np.errstate(divide="ignore", invalid="ignore"):  # a draw of blocks may hold one class only and give NaN
        spread = np.concatenate([np.empty(0), *(prepared(chunk) for chunk in drawn)])
        return float(prepared(np.ones((1, len(target))))[0]), spread


def interval(value: float, distribution: Floats) -> Score:
    """Return the value with the 2.5th and 97.5th percentile of the draws; no limits if half of them are undefined."""
    usable = distribution[np.isfinite(distribution)]
    if len(usable) < len(distribution) / 2:
        return Score(value=tidy(value), low=-LARGEST, high=LARGEST)
    low, high = np.quantile(usable, [0.025, 0.975])
    return Score(value=tidy(value), low=tidy(float(low)), high=tidy(float(high)))


def tidy(value: float) -> float:
    """Round to ten significant digits: the others depend on the order of summation."""
    return float(f"{value:.10g}")
