"""Leak suspects by missing values that reveal the outcome."""

import numpy as np
from numpy.typing import NDArray

from radix_assets.exploration.leaks.base import Findings, Signal
from radix_assets.exploration.sample import Question
from radix_assets.exploration.schema import Missingness, Suspect
from radix_assets.exploration.scoring import auc

TOGETHER = 0.8
"""Jaccard index of the rows where the column is null and those where the target is."""
MIN_EMPTY = 20
MIN_EMPTY_SHARE = 0.001
SUSPICIOUS = 0.90
SUSPICIOUS_ONE_OF_MANY = 0.95
SUSPICIOUS_NUMBER = 0.98
MIN_CLASS = 30


def missing_with_target(question: Question) -> list[Suspect]:
    """Return the columns that are null in the same rows as the target: they are recorded only when the outcome is."""
    unknown = ~question.known
    if int(unknown.sum()) < max(MIN_EMPTY, MIN_EMPTY_SHARE * len(unknown)):
        return []
    suspects = []
    for position in question.others:
        empty = question.frame[f"c{position}"].is_null().to_numpy()
        if empty.all():
            continue
        overlap = float((empty & unknown).sum() / (empty | unknown).sum())
        if overlap >= TOGETHER:
            suspects.append(
                Suspect(
                    table=question.table,
                    column=question.names[position],
                    code="missing_with_target",
                    score=round(overlap, 6),
                    severity="strong",
                    reason=f"it is empty where the target is ({overlap:.0%} of the rows in which either is): "
                    "it is recorded only when the outcome is",
                )
            )
    return suspects


def missingness(question: Question) -> Findings:
    """Return how well being null predicts the target, for every column with nulls, and the suspects among them."""
    results: list[Missingness] = []
    suspects: list[Suspect] = []
    for position in question.others:
        name = question.names[position]
        nulls = question.frame[f"c{position}"].is_null()
        if not nulls.any():
            continue
        column = question.series(position)
        empty = column.is_null().to_numpy()
        value, threshold, finding = _auc_of_nulls(question, empty)
        share = round(float(nulls.mean() or 0), 6)  # type: ignore[arg-type]
        results.append(Missingness(column=name, share=share, auc=value and round(value, 6)))
        if value is not None and value >= threshold:
            suspects.append(
                Suspect(
                    table=question.table,
                    column=name,
                    code="missingness",
                    score=round(value, 6),
                    severity="strong",
                    reason=f"whether it is filled {finding} with AUC {value:.3f}",
                )
            )
    return Findings(suspects, missingness=sorted(results, key=lambda each: (-each.share, each.column)))


def _auc_of_nulls(question: Question, empty: NDArray[np.bool_]) -> tuple[float | None, float, str]:
    """Return the AUC, the AUC from which it is suspicious, and what it predicts."""
    smaller_side = min(int(empty.sum()), int((~empty).sum()))
    if smaller_side < MIN_EMPTY:
        return None, 1.0, ""
    codes = question.answer.codes
    if codes is None:
        value = auc(question.answer.values, empty)
        return max(value, 1 - value), SUSPICIOUS_NUMBER, "separates high targets from low ones"
    counts = np.bincount(codes, minlength=question.answer.classes)
    values = [auc(empty.astype(np.float64), codes == c) for c in np.flatnonzero(counts >= MIN_CLASS)[:20]]
    if not values or question.answer.classes < 2:  # noqa: PLR2004
        return None, 1.0, ""
    value = max(max(each, 1 - each) for each in values)
    two = question.answer.classes == 2  # noqa: PLR2004
    return (
        value,
        SUSPICIOUS if two else SUSPICIOUS_ONE_OF_MANY,
        "predicts the class" if two else "separates one class from the others",
    )


MISSINGNESS = Signal(
    "missingness",
    {"missingness": "filled, or null, in one class only"},
    lambda data: missingness(data.question),
)
MISSING_WITH_TARGET = Signal(
    "missing_with_target",
    {"missing_with_target": "null where the target is null: recorded when the outcome is"},
    lambda data: Findings(missing_with_target(data.question)),
)
