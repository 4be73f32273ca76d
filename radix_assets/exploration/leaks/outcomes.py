"""Columns of an entity that predict its outcome, at any of the times of a question about the future."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from radix_assets.exploration.leaks.name_words import words
from radix_assets.exploration.leaks.predictive import MIN_ROWS, SIBLING, STRONG, WEAK
from radix_assets.exploration.leaks.state_words import PLANNED, OutcomeSignal
from radix_assets.exploration.sample import Answer, Question
from radix_assets.exploration.scoring import as_numbers, score, spearman

if TYPE_CHECKING:
    from radix_assets.exploration.schema import Severity

EXPECTED = 20.0
"""Outcomes that a value must be expected to have by chance, so that having none is significant."""
PURE = 0.02
"""Share of the expected outcomes up to which a value has practically none."""
AHEAD = 0.01
"""Share of the question times after which a date lies, from which on it was not always known."""


def by_date(name: str, column: pl.Series, frame: pl.DataFrame) -> OutcomeSignal:
    """Return a finding if the column is a date after the time of the question."""
    if column.dtype not in (pl.Date, pl.Datetime):
        return None
    known = column.is_not_null()
    if int(known.sum()) < MIN_ROWS // 3:
        return None
    share = float((column.cast(pl.Datetime("us")) > frame["from"].cast(pl.Datetime("us"))).filter(known).mean() or 0.0)  # type: ignore[arg-type]
    if share < AHEAD:
        return None
    severity: Severity = "strong" if PLANNED.isdisjoint(words(name)) else "weak"
    return (
        severity,
        round(share, 6),
        f"it lies after a moment at which the question was asked in {share:.0%} of the rows",
    )


def by_outcome(column: pl.Series, frame: pl.DataFrame, question: Question) -> OutcomeSignal:
    """Return a finding if the column predicts the outcome of each entity."""
    if len(frame) < MIN_ROWS or column.null_count() == len(column):
        return None
    if question.problem in ("binary", "multiclass"):
        if question.problem == "binary":
            pure = _pure(column, frame["ever"])
            if pure is not None:
                return "strong", 1.0, pure
        for outcome, answer_words in (("last", "the last answer"), ("ever", "whether the answer was ever true")):
            answer = _answer(frame[outcome])
            value = score(column, answer).score if answer else 0.0
            if value >= WEAK:
                return (
                    "strong",
                    round(value, 6),
                    f"it predicts {answer_words} of each row of its table with AUC {value:.3f}",
                )
        return None
    values = frame["mean"].to_numpy()
    value = score(column, Answer(values, None, 0, np.ones(len(values), dtype=np.bool_))).score
    rho = abs(spearman(as_numbers(column), values)) if column.dtype.is_numeric() else 0.0
    if value >= STRONG or rho >= SIBLING:
        return "strong", round(max(value, rho), 6), "it predicts the mean of all answers of each row of its table"
    return None


def _pure(column: pl.Series, ever: pl.Series) -> str | None:
    """Return the reason if one of two values (or null, or not null) has practically none or all of the outcomes."""
    kinds = {"whether it is empty": column.is_null()}
    if column.n_unique() == 2:  # noqa: PLR2004
        kinds["its value"] = (column == column.drop_nulls()[0]).fill_null(value=False)
    rate = float(ever.mean() or 0.0)  # type: ignore[arg-type]
    for subject, side in kinds.items():
        for part in (side, ~side):
            hits, number = int((ever & part).sum()), int(part.sum())
            if number * rate >= EXPECTED and hits <= PURE * number * rate:
                expected = f"{number * rate:.0f} expected"
                return f"{subject} identifies who never had the outcome: {hits} of {number:,}, {expected}"
            misses = number - hits
            if number * (1 - rate) >= EXPECTED and misses <= PURE * number * (1 - rate):
                return f"{subject} identifies who had the outcome: all but {misses} of {number:,}"
    return None


def _answer(labels: pl.Series) -> Answer | None:
    """Return the outcomes as classes; None if all are equal."""
    counts = labels.cast(pl.String).value_counts(sort=True)
    kinds = counts.sort(counts.columns[1], counts.columns[0], descending=[True, False])[counts.columns[0]]
    if len(kinds) < 2:  # noqa: PLR2004
        return None
    codes = labels.cast(pl.String).replace_strict(kinds, np.arange(len(kinds)), return_dtype=pl.Int64).to_numpy()
    return Answer(codes.astype(np.float64), codes, len(kinds), np.ones(len(codes), dtype=np.bool_))
