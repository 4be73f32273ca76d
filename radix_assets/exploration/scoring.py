"""Score one column as a predictor of the target, out of fold.

A column is cut into bins (numbers by quantiles, text by its values, nulls as a bin of their own); the target's mean per
bin, learned on four fifths of the rows, predicts the remaining fifth. This is a tree of one column: fast, independent
of scale, and unable to profit from values that occur once.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from radix_assets.exploration.sample import SEED, Answer, Codes, Vector, number, ranks
from radix_assets.exploration.schema import Measure

FOLDS = 5
BINS = 64
MIN_PER_BIN = 10
PRIOR = 1.0
"""Weight of the overall mean in every bin, in rows."""
MIN_CLASS = 10
"""Rows of a class below which its AUC is meaningless."""
MAX_CLASSES = 20


@dataclass(frozen=True)
class Result:
    """A score and its strength from 0 to 1."""

    measure: Measure
    score: float
    skill: float
    """Share of the target's variance explained out of fold; for classes, the mean over the classes."""

    @property
    def strength(self) -> float:
        """From 0 (none) to 1 (perfect)."""
        return max(0.0, 2 * self.score - 1 if self.measure == "auc" else self.score)


def bins_of(column: pl.Series) -> Codes:
    """Return the bin of every row; 0 is for nulls."""
    if column.dtype in (pl.String, pl.Boolean, pl.Categorical) or column.dtype.is_nested():
        text = column.cast(pl.String) if not column.dtype.is_nested() else column.hash().cast(pl.String)
        dense = text.rank("dense").fill_null(0)
        return dense.to_numpy().astype(np.int64)
    return _quantile_bins(as_numbers(column))


def as_numbers(column: pl.Series) -> Vector:
    """Return a column as Float64, with NaN for nulls, non-numbers and infinities."""
    values = column.to_frame("c").select(number(pl.col("c"), column.dtype)).to_series()
    result = np.array(values.fill_null(float("nan")).to_numpy(), dtype=np.float64)
    result[~np.isfinite(result)] = np.nan
    return result


def _quantile_bins(values: Vector) -> Codes:
    result = np.zeros(len(values), dtype=np.int64)
    filled = ~np.isnan(values)
    present = values[filled]
    if not len(present):
        return result
    distinct = np.unique(present)
    count = int(np.clip(len(present) // MIN_PER_BIN, 2, BINS))
    if len(distinct) > count:
        # Edges are values that occur, so a very frequent value has a bin of its own.
        edges = np.unique(np.quantile(present, np.linspace(0, 1, count + 1)[1:-1], method="inverted_cdf"))
        result[filled] = np.searchsorted(edges, present, side="left") + 1
    else:
        result[filled] = np.searchsorted(distinct, present) + 1
    return result


def score(column: pl.Series, answer: Answer) -> Result:
    """Return the score of one column; text that holds numbers is also tried as numbers, and the better score wins."""
    best = score_bins(bins_of(column), answer)
    if column.dtype == pl.String and _numeric_text(column):
        best = max(best, score_bins(_quantile_bins(as_numbers(column)), answer), key=lambda each: each.score)
    return best


def _numeric_text(column: pl.Series) -> bool:
    filled = column.drop_nulls()
    return len(filled) > 0 and filled.n_unique() > MAX_CLASSES and bool(filled.str.contains(r"\d").all())


def score_bins(bins: Codes, answer: Answer) -> Result:
    """Return the score of a column given as bins."""
    if answer.codes is None:
        predicted = _out_of_fold(bins, answer.ranks[:, None])[:, 0]
        spread = float(np.var(answer.ranks))
        error = float(np.mean((answer.ranks - predicted) ** 2))
        r2 = max(0.0, 1 - error / spread) if spread > 0 else 0.0
        return Result("r2", r2, r2)
    return Result("auc", *_macro_auc(bins, answer.codes, answer.classes))


def _macro_auc(bins: Codes, codes: Codes, classes: int) -> tuple[float, float]:
    counts = np.bincount(codes, minlength=classes)
    used = [c for c in np.argsort(-counts, kind="stable")[:MAX_CLASSES] if MIN_CLASS <= counts[c] < len(codes)]
    if not used:
        return 0.5, 0.0
    if classes == 2:  # noqa: PLR2004 the other class's AUC is the same
        used = used[-1:]
    hits = np.stack([codes == c for c in used], axis=1).astype(np.float64)
    predicted = _out_of_fold(bins, hits)
    areas = [auc(predicted[:, i], hits[:, i] > 0) for i in range(len(used))]
    skills = 1 - ((hits - predicted) ** 2).mean(axis=0) / hits.var(axis=0)
    return max(0.5, float(np.mean(areas))), max(0.0, float(skills.mean()))


def _out_of_fold(bins: Codes, values: Vector) -> Vector:
    """Return the mean of each row's bin over the folds that the row is not in."""
    rows, width = values.shape
    folds = np.random.default_rng(SEED).permutation(rows) % FOLDS
    size = int(bins.max()) + 1 if rows else 1
    # One pass: totals per bin and fold; the row's own fold is subtracted.
    cell = bins * FOLDS + folds
    counts = np.bincount(cell, minlength=size * FOLDS).reshape(size, FOLDS).astype(np.float64)
    others = counts.sum(axis=1, keepdims=True) - counts
    result = np.empty_like(values)
    for i in range(width):
        sums = np.bincount(cell, weights=values[:, i], minlength=size * FOLDS).reshape(size, FOLDS)
        outside = sums.sum(axis=1, keepdims=True) - sums
        prior = outside.sum(axis=0) / np.maximum(others.sum(axis=0), 1)
        means = (outside + PRIOR * prior) / (others + PRIOR)
        result[:, i] = means[bins, folds]
    return result


def auc(scores: Vector, hits: NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve, ties counted half; 0.5 if hits or misses are absent."""
    positive = int(hits.sum())
    negative = len(hits) - positive
    if not positive or not negative:
        return 0.5
    above = float(ranks(scores)[hits].sum()) * len(hits) - positive * positive / 2
    return above / (positive * negative)


def spearman(a: Vector, b: Vector) -> float:
    """Return the rank correlation over the rows where both are filled; 0 with fewer than 20 such rows."""
    both = ~(np.isnan(a) | np.isnan(b))
    if int(both.sum()) < 20:  # noqa: PLR2004
        return 0.0
    x, y = ranks(a[both]), ranks(b[both])
    if not np.ptp(x) or not np.ptp(y):
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])
