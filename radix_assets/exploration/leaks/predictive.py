"""Leak suspects by prediction: columns of the target's row that predict it nearly perfectly by themselves."""

import numpy as np
import polars as pl

from radix_assets.common.vocabulary import Role
from radix_assets.exploration.leaks.base import Findings, Signal
from radix_assets.exploration.leaks.name_words import known_before
from radix_assets.exploration.sample import Answer, Question, ranks
from radix_assets.exploration.schema import Association, Severity, Suspect
from radix_assets.exploration.scoring import Result, as_numbers, bins_of, score, spearman

STRONG = 0.95
WEAK = 0.85
REMARKABLE = 0.93
"""Score from which a column that may well be an honest feature is shown to a person: below, too many are."""
RECODE = 0.90
"""AUC from which a column with as many values as there are classes is a recode with some noise."""
DETERMINED = 0.99
"""AUC from which a column with more values than classes is strong: below, it may be a legitimate, excellent feature."""
SKILL = 0.6
"""Share of the variance of the classes that a strong suspect explains: a high AUC is easy if a class is rare."""
SIBLING = 0.98
AGREES = 0.85
"""Agreement from which two columns are recodes of each other."""
REPEATED = 0.1
"""Minimum share of rows with repeated values for the agreement to be meaningful."""
MIN_VALUES = 3
FOLLOWS = 0.90
"""Share of rows that a near copy follows."""
MIN_ROWS = 30
SEEN = 10
"""Median rows per value from which a column may name recurring entities."""
MIN_ENTITIES = 5
OVERLAP = 0.5
"""Share of neighbours, ordered by target, whose targets overlap: bands of the target do not overlap."""


def predictive(question: Question) -> Findings:
    """Return the suspects and associations of all columns of the target's table, whatever their tag."""
    associations: list[Association] = []
    suspects: list[Suspect] = []
    for position in question.others:
        column = question.series(position)
        name = question.names[position]
        result = score(column, question.answer)
        associations.append(associate(question.table, name, result, len(column)))
        suspects += judge(question.table, name, column, question.answer, result, role=question.role(name))
    return Findings(suspects, associations)


def associate(table: str, column: str, result: Result, rows: int) -> Association:
    """Return a score as an association."""
    return Association(
        table=table,
        column=column,
        measure=result.measure,
        score=round(result.score, 6),
        strength=round(result.strength, 6),
        rows=rows,
    )


def judge(table: str, name: str, column: pl.Series, answer: Answer, result: Result, *, role: Role) -> list[Suspect]:
    """Return the suspicions about one column. A change over time is not a leak, so a time index is never suspected."""
    if len(column) < MIN_ROWS or column.null_count() == len(column) or role == "time_index":
        return []
    finding = _classes(column, answer, result) if answer.codes is not None else _numbers(column, answer, result)
    if finding is None:
        return []
    code, severity, value, reason = finding
    if severity == "strong" and role == "foreign_key":
        severity, reason = "weak", reason + "; it points to rows that existed before, so it may be an honest feature"
    elif severity == "strong" and known_before(name) and code != "recode":
        severity, reason = "weak", reason + "; its name says that it was known before"
    return [Suspect(table=table, column=name, code=code, score=round(value, 6), severity=severity, reason=reason)]


PredictiveSignal = tuple[str, Severity, float, str] | None


def _classes(column: pl.Series, answer: Answer, result: Result) -> PredictiveSignal:
    levels = column.drop_nulls().n_unique() + int(column.null_count() > 0)
    classes = answer.classes
    value = result.score
    if value >= RECODE and levels == classes and one_to_one(column, answer):
        exactly = "always" if value > 0.9999 else "nearly always"  # noqa: PLR2004
        return "recode", "strong", value, f"its {levels} values {exactly} stand for the {classes} classes, one for one"
    words = f"by itself it separates the classes with AUC {value:.3f}"
    if value >= STRONG:
        few = levels <= max(50, 2 * classes) and levels > classes
        if (few and value < DETERMINED) or result.skill < SKILL:
            return "predictive", "weak", value, words + "; it may be an honest, excellent feature"
        return "predictive", "strong", value, words
    return ("predictive", "weak", value, words) if value >= REMARKABLE else None


def _numbers(column: pl.Series, answer: Answer, result: Result) -> PredictiveSignal:
    value = result.score
    values = as_numbers(column)
    if column.dtype != pl.Boolean and not np.isnan(values).all():
        follows = followed(values, answer.ranks)
        rho = spearman(values, answer.values)
        if abs(rho) >= SIBLING and value >= WEAK:
            return "sibling", "strong", abs(rho), f"it rises and falls with the target, rank correlation {rho:.3f}"
        if follows >= FOLLOWS:
            return "near_copy", "strong", follows, f"it follows the target exactly in {follows:.0%} of the rows"
    alike = agreement(column.filter(pl.Series(answer.first)), answer.values[answer.first])
    if alike >= AGREES:
        return "recode", "strong", alike, f"its values and the target's stand for each other, agreement {alike:.2f}"
    words = f"by itself it explains {value:.1%} of the target's variation"
    if value >= STRONG:
        if entities(column, answer):
            return "predictive", "weak", value, words + "; its values seem to name things that differ, seen often"
        return "predictive", "strong", value, words
    return ("predictive", "weak", value, words) if value >= REMARKABLE else None


def one_to_one(column: pl.Series, answer: Answer) -> bool:
    """Return whether the most frequent values of the classes are all different."""
    if answer.codes is None:
        return False
    bins = bins_of(column)
    table = np.zeros((int(bins.max()) + 1, answer.classes), dtype=np.int64)
    np.add.at(table, (bins, answer.codes), 1)
    return len(set(table.argmax(axis=0).tolist())) == answer.classes


def agreement(column: pl.Series, target: np.ndarray) -> float:
    """Return how well column and target predict each other, beyond their most frequent values, from 0 to 1.

    This is Goodman and Kruskal's lambda, the smaller of both directions, over the values that occur more than once: a
    value that occurs once predicts itself.
    """
    data = pl.DataFrame({"x": bins_of(column) if column.dtype == pl.String else as_numbers(column), "y": target})
    data = data.filter(pl.col("x").is_not_nan()) if data.schema["x"] == pl.Float64 else data
    sides = []
    for here, there in (("x", "y"), ("y", "x")):
        repeated = data.filter(pl.len().over(here) > 1)
        if repeated.height < max(MIN_ROWS, REPEATED * data.height) or repeated[here].n_unique() < MIN_VALUES:
            return 0.0
        right = int(repeated.group_by(here, there).len().group_by(here).agg(pl.col("len").max())["len"].sum())
        usual = int(repeated.group_by(there).len()["len"].to_numpy().max())
        rows = repeated.height
        sides.append((right - usual) / (rows - usual) if rows > usual else 0.0)
    return max(0.0, min(sides))


def entities(column: pl.Series, answer: Answer) -> bool:
    """Return whether the values look like names of shops or sensors: each occurs often, with overlapping targets.

    The identity of an entity explains much of its behaviour and is known in advance. A band of the target, or the
    rounded target, explains as much, but its values share no targets.
    """
    each = (
        pl.DataFrame({"value": column.cast(pl.String, strict=False), "target": answer.values})
        .drop_nulls()
        .group_by("value")
        .agg(
            pl.len().alias("rows"),
            pl.col("target").median().alias("middle"),
            pl.col("target").quantile(0.1).alias("low"),
            pl.col("target").quantile(0.9).alias("high"),
        )
        .sort("middle", "value")
    )
    if each.height < MIN_ENTITIES or float(np.median(each["rows"].to_numpy())) < SEEN:
        return False
    return bool((each["high"].to_numpy()[:-1] > each["low"].to_numpy()[1:]).mean() >= OVERLAP)


def followed(values: np.ndarray, target: np.ndarray) -> float:
    """Return the share of rows whose target has nearly the usual rank for the column's value.

    One outlier in twenty rows lowers a correlation from 1 to 0.95, where legitimate features are; it lowers this share
    to 0.95 too, but legitimate features stay below 0.5.
    """
    filled = ~np.isnan(values)
    count = int(filled.sum())
    if count < 200 or len(np.unique(values[filled])) < 20:  # noqa: PLR2004 too coarse to tell following from chance
        return 0.0
    order = np.argsort(values[filled], kind="stable")
    local = ranks(target[filled])[order]
    width = max(10, min(count // 50, 200))
    pieces = np.array_split(local, max(count // width, 1))
    near = [int((np.abs(piece - np.median(piece)) <= 1.5 / len(pieces)).sum()) for piece in pieces]
    share = sum(near) / count
    # Any column follows a target with one dominant value.
    ties = float(np.max(np.unique(target[filled], return_counts=True)[1])) / count
    return max(0.0, (share - ties) / (1 - ties)) if ties < 0.5 else 0.0  # noqa: PLR2004


CODES = {
    "predictive": "the column alone predicts the target nearly perfectly",
    "recode": "the column and the target determine each other",
    "near_copy": "the column follows the target in nearly all rows",
    "sibling": "the same measurement under another name",
}
"""The codes of `judge`."""

PREDICTIVE = Signal("predictive", CODES, lambda data: predictive(data.question))
