"""How far a column has moved between two sets of rows, and from where on that is more than chance.

A column has drifted if the distance is large enough to matter and larger than chance makes it. Chance is what random
divisions of the same rows show; if the rows are in time, widened by as much as neighbours resemble each other, since
a hundred rows of one week say less than a hundred rows of a year. The share of missing cells is judged likewise.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from radix_assets.monitoring.schema import ColumnDrift

Floats = npt.NDArray[np.float64]

MATTERS = 0.1
"""The least distance that is drift: of ranks, in standard deviations; of shares, Jensen and Shannon's."""
MATTERS_MISSING = 0.05
"""The least difference between two shares of missing cells that is drift."""
DEVIATIONS = 3.5
"""Standard deviations of chance above its mean from which a distance is more than chance."""
DIVISIONS = 200
"""Random divisions of the rows."""
MOST = 2000
"""Rows per side that take part in the divisions; chance for more rows follows from that for these."""
BLOCKS = (8, 20)
"""Numbers of blocks of consecutive rows whose means tell how much neighbours resemble each other."""
SEED = 20_240_301
WORST = 1000.0
RANKS, SHARES, MISSING = "distance of ranks", "Jensen-Shannon distance", "share of missing cells"


@dataclass(frozen=True)
class Spacing:
    """How the compared rows were taken."""

    in_time: bool
    """Whether rows are in the order of time."""
    thinned: float = 1.0
    """Rows for each compared one of the reference, divided by the same of the current rows."""


def column_drift(name: str, before: pl.Series, after: pl.Series, spacing: Spacing, *, least: int) -> ColumnDrift | None:
    """Return the drift of a column, of its values or of its missing cells, whichever is further above its threshold.

    Numbers are compared by rank, so that no unit and no single value decides; everything else as categories. Fewer than
    `least` values on a side are not compared; None if there are also fewer rows.
    """
    if min(len(before), len(after)) < least:
        return None
    judged = [_missing(before, after, spacing)]
    if min(len(side) - side.null_count() for side in (before, after)) >= least:
        judged.append(_values(before, after, spacing))
    score, threshold, method = max(judged, key=lambda each: each[0] / each[1])
    return ColumnDrift(
        column=name,
        method=method,
        score=round(score, 6),
        threshold=round(threshold, 6),
        drifted=score >= threshold,
        times=round(min(score / threshold, WORST), 4),
    )


def _missing(before: pl.Series, after: pl.Series, spacing: Spacing) -> tuple[float, float, str]:
    empty = before.is_null().to_numpy().astype(np.float64), after.is_null().to_numpy().astype(np.float64)
    share = float(np.concatenate(empty).mean())
    chance = DEVIATIONS * float(np.sqrt(share * (1 - share) * _variance(*_resemblance(empty[0], spacing), *empty)))
    return abs(float(empty[0].mean() - empty[1].mean())), max(MATTERS_MISSING, chance), MISSING


def _values(before: pl.Series, after: pl.Series, spacing: Spacing) -> tuple[float, float, str]:
    first, second = before.drop_nulls(), after.drop_nulls()
    numeric = first.dtype.is_numeric()
    pooled = pl.concat([first, second])
    codes = pooled.rank("average" if numeric else "dense").to_numpy().astype(np.float64)
    sides = codes[: len(first)], codes[len(first) :]
    distance = _rank_distance if numeric else _share_distance
    marks = np.zeros((1, len(codes)), dtype=bool)
    marks[0, : len(first)] = True
    score = float(distance(codes, marks)[0])
    rng = np.random.default_rng(SEED)
    parts = [side if len(side) <= MOST else rng.choice(side, MOST, replace=False) for side in sides]
    some = np.concatenate(parts)
    drawn = rng.random((DIVISIONS, len(some))).argsort(axis=1) < len(parts[0])
    by_chance = distance(some, drawn)
    resembles = _resemblance(sides[0], spacing) if numeric else _resemblance_of_categories(sides[0], spacing)
    wider = np.sqrt(_variance(*resembles, *sides) / _variance(1.0, 1.0, *parts))
    threshold = float(by_chance.mean() + DEVIATIONS * by_chance.std()) * float(wider)
    return score, max(MATTERS, threshold), RANKS if numeric else SHARES


def _variance(first: float, second: float, before: Floats, after: Floats) -> float:
    """Return the variance of a difference of means, in units of that of one row, given how much rows resemble."""
    return first / len(before) + second / len(after)


def _rank_distance(codes: Floats, marks: npt.NDArray[np.bool_]) -> Floats:
    """Return the area between two distributions of ranks, in standard deviations of a rank, for each row of `marks`."""
    order = np.argsort(codes, kind="stable")
    ranks = codes[order]
    first = marks[:, order]
    size = first.sum(axis=1, keepdims=True)
    gap = np.cumsum(first, axis=1) / size - np.cumsum(~first, axis=1) / (len(codes) - size)
    steps = np.diff(ranks)  # 0 within equal values, so that only the last of them counts
    return np.asarray(np.sqrt(12) * (np.abs(gap[:, :-1]) * steps).sum(axis=1) / len(codes))


def _share_distance(codes: Floats, marks: npt.NDArray[np.bool_]) -> Floats:
    """Return Jensen and Shannon's distance between two distributions of categories, for each row of `marks`."""
    kinds = codes.astype(np.int64) - 1
    width = int(kinds.max()) + 1
    shares = []
    for side in (marks, ~marks):
        counts = np.stack([np.bincount(kinds[row], minlength=width) for row in side]).astype(np.float64)
        shares.append(counts / counts.sum(axis=1, keepdims=True))
    middle = (shares[0] + shares[1]) / 2
    divergence = np.zeros(len(marks))
    for share in shares:
        with np.errstate(divide="ignore", invalid="ignore"):
            divergence += np.nansum(np.where(share > 0, share * np.log(share / middle), 0.0), axis=1) / 2
    return np.asarray(np.sqrt(np.maximum(divergence, 0.0)))


def _resemblance(values: Floats, spacing: Spacing) -> tuple[float, float]:
    """Return by how much the variance of a mean exceeds that of independent rows, on the reference and current side.

    From the means of blocks of consecutive rows, without a steady trend, which is drift.
    """
    spread = float(values.var())
    if not spacing.in_time or spread == 0 or len(values) < 2 * max(BLOCKS):
        return 1.0, 1.0
    factor = max(_excess(values, blocks) / spread for blocks in BLOCKS)
    factor = max(1.0, factor)
    return factor, 1 + (factor - 1) * spacing.thinned


def _resemblance_of_categories(codes: Floats, spacing: Spacing) -> tuple[float, float]:
    """Return the same for categories: of their shares together."""
    kinds, counts = np.unique(codes, return_counts=True)
    frequent = kinds[np.argsort(-counts)][:10]
    marks = [(codes == kind).astype(np.float64) for kind in frequent]
    spread = sum(float(mark.var()) for mark in marks)
    if not spacing.in_time or spread == 0 or len(codes) < 2 * max(BLOCKS):
        return 1.0, 1.0
    factor = max(1.0, *(sum(_excess(mark, blocks) for mark in marks) / spread for blocks in BLOCKS))
    return factor, 1 + (factor - 1) * spacing.thinned


def _excess(values: Floats, blocks: int) -> float:
    """Return the variance of the means of blocks about a straight line, times the rows of a block."""
    size = len(values) // blocks
    means = values[len(values) - size * blocks :].reshape(blocks, size).mean(axis=1)
    place = np.arange(blocks) - (blocks - 1) / 2
    slope = float(place @ means) / float(place @ place)
    rest = means - means.mean() - slope * place
    return float(rest @ rest) / (blocks - 2) * size
