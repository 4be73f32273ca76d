"""Leak suspects of questions about the future: columns that hold the present state of an entity, not the past one.

A table of accounts with `churn_flag`, `cancelled_on` or `total_orders` describes today. The question is asked at times
in the past, when this was not yet known, and no column says since when its value holds. What an entity has from the
start (a country, a first channel) is the same at all times, so only columns that look like an outcome are suspected.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from radix_assets.common.spelling import folded
from radix_assets.exploration.name_leaks import MANY, OFTEN
from radix_assets.exploration.name_words import specific_stems, stem, words
from radix_assets.exploration.predictive import MIN_ROWS, SIBLING, STRONG, WEAK
from radix_assets.exploration.sample import SAMPLE, SEED, Answer, Question, positional
from radix_assets.exploration.schema import Severity, Suspect
from radix_assets.exploration.scoring import as_numbers, score, spearman
from radix_assets.relationships.schema import Relationship

EXPECTED = 20.0
"""Outcomes that a value must be expected to have by chance, so that having none is significant."""
PURE = 0.02
"""Share of the expected outcomes up to which a value has practically none."""
AHEAD = 0.01
"""Share of the question times after which a date lies, from which on it was not always known."""
_BORN = frozenset(
    [
        "birth",
        "born",
        "created",
        "first",
        "initial",
        "joined",
        "opened",
        "original",
        "registered",
        "signup",
        "since",
        "start",
        "started",
    ]
)
"""Words of properties that an entity has from the start and keeps."""
_PLANNED = frozenset(
    [
        "agreed",
        "budget",
        "due",
        "expected",
        "expires",
        "expiry",
        "planned",
        "promised",
        "renewal",
        "scheduled",
        "valid",
        "validity",
    ]
)
_OVER = frozenset(
    stem(word)
    for word in [
        "cancelled",
        "cancellation",
        "canceled",
        "churned",
        "closed",
        "deactivated",
        "deceased",
        "died",
        "ended",
        "exit",
        "expired",
        "inactive",
        "outcome",
        "resigned",
        "returned",
        "settled",
        "terminated",
        "termination",
        "unsubscribed",
        "withdrawn",
    ]
)
"""Words for an entity that has ended."""
_NAMES = re.compile(r"[^\W\d]\w*")
_GRAMMAR = frozenset(
    ["count", "sum", "mean", "min", "max", "any", "first", "last", "where", "and", "or", "not", "true", "false"]
)
_WHY = "the table says what is so now, not what was so when the question was asked"


def as_of_now(question: Question, tables: dict[str, Path]) -> list[Suspect]:
    """Return the suspects of the table of entities; none if the target is a column of the data."""
    future = question.tags.target.future
    link = next((item for item in question.tags.relationships if item.child == question.table), None)
    if future is None or link is None or link.parent not in tables:
        return []
    frame, names = _entities(question, link, tables[link.parent])
    tags = question.tags.tables[link.parent]
    left_out = {*tags.with_role("primary_key", "foreign_key", "time_index"), *tags.primary_key, *tags.time_index}
    counts = _counts(question, link, frame, tables)
    target_stems = _stems_in(future.predict) - specific_stems(future.for_each) - _common(names)
    suspects = []
    for position, name in enumerate(names):
        if name in left_out or f"c{position}" not in frame.columns:
            continue
        column = frame[f"c{position}"]
        finding = _by_name(name, target_stems) or _by_date(name, column, frame) or _outcome(column, frame, question)
        finding = finding or _by_count(column, counts)
        if finding:
            severity, value, reason = finding
            text = f"{reason}; {_WHY}"
            suspects.append(
                Suspect(table=link.parent, column=name, code="as_of_now", score=value, severity=severity, reason=text)
            )
    return suspects


OutcomeSignal = tuple[Severity, float, str] | None


def _entities(question: Question, link: Relationship, path: Path) -> tuple[pl.DataFrame, list[str]]:
    """Return a row for each entity in the question, with its columns `c{i}`, keys `k{i}` and outcomes.

    `last` is the newest known label, `ever` whether any was true, `mean` their mean; `from` and `to` are the first and
    the last time of the question.
    """
    labels, label_names = positional(question.path)
    frame, names = positional(path)
    label_kinds, entity_kinds = labels.collect_schema(), frame.collect_schema()
    pairs = [
        (label_names.index(a), names.index(b)) for a, b in zip(link.child_columns, link.parent_columns, strict=True)
    ]
    keys = [f"k{i}" for i in range(len(pairs))]
    equal_types = [label_kinds[f"c{a}"] == entity_kinds[f"c{b}"] for a, b in pairs]

    def as_keys(side: int) -> Iterator[pl.Expr]:
        for key, pair, same in zip(keys, pairs, equal_types, strict=True):
            column = pl.col(f"c{pair[side]}")
            yield (column if same else column.cast(pl.String)).alias(key)

    at = pl.col(f"c{label_names.index(question.table_tags.time_index[0])}")
    label = pl.col(f"c{label_names.index(question.tags.target.column)}")
    truth = label_kinds[f"c{label_names.index(question.tags.target.column)}"] in (pl.Boolean, pl.Int64, pl.Float64)
    number = label.cast(pl.Float64) if truth else pl.lit(None, pl.Float64)
    outcomes = (
        labels.filter(label.is_not_null())
        .group_by(list(as_keys(0)))
        .agg(
            label.sort_by(at).last().alias("last"),
            (number.max() > 0).alias("ever"),
            number.mean().alias("mean"),
            at.min().alias("from"),
            at.max().alias("to"),
        )
        .sort(keys)
        .collect(engine="streaming")
    )
    if len(outcomes) > SAMPLE:
        outcomes = outcomes[np.sort(np.random.default_rng(SEED).choice(len(outcomes), SAMPLE, replace=False))]
    rows = frame.with_columns(as_keys(1)).join(outcomes.lazy(), on=keys, how="inner")
    return rows.unique(keys, keep="first", maintain_order=True).sort(keys).collect(), names


def _stems_in(predict: str) -> set[str]:
    """Return the stems of the names in the expression that is predicted."""
    names = [name for name in _NAMES.findall(predict) if name not in _GRAMMAR]
    return {word for name in names for word in specific_stems(name)}


def _common(names: list[str]) -> set[str]:
    """Return the words in so many of the names that they belong to the table."""
    counts = Counter(word for name in names for word in specific_stems(name))
    return {word for word, count in counts.items() if count > max(MANY, OFTEN * len(names))}


def _by_name(name: str, target_stems: set[str]) -> OutcomeSignal:
    name_words = words(name)
    if not _BORN.isdisjoint(name_words):
        return None
    shared = specific_stems(name) & target_stems
    if shared:
        return "strong", 1.0, "its name is that of what is asked"
    if {stem(word) for word in name_words} & _OVER:
        return ("weak" if not _PLANNED.isdisjoint(name_words) else "strong"), 1.0, "its name tells of an end"
    return None


def _by_date(name: str, column: pl.Series, frame: pl.DataFrame) -> OutcomeSignal:
    """Return a finding if the column is a date after the time of the question."""
    if column.dtype not in (pl.Date, pl.Datetime):
        return None
    known = column.is_not_null()
    if int(known.sum()) < MIN_ROWS // 3:
        return None
    share = float((column.cast(pl.Datetime("us")) > frame["from"].cast(pl.Datetime("us"))).filter(known).mean() or 0.0)  # type: ignore[arg-type]
    if share < AHEAD:
        return None
    severity: Severity = "strong" if _PLANNED.isdisjoint(words(name)) else "weak"
    return (
        severity,
        round(share, 6),
        f"it lies after a moment at which the question was asked in {share:.0%} of the rows",
    )


def _outcome(column: pl.Series, frame: pl.DataFrame, question: Question) -> OutcomeSignal:
    """Return a finding if the column predicts the outcome of each entity."""
    if len(frame) < MIN_ROWS or column.null_count() == len(column):
        return None
    if question.problem in ("binary", "multiclass"):
        if question.problem == "binary":
            pure = _pure(column, frame["ever"])
            if pure is not None:
                return "strong", 1.0, pure
        for outcome, words_ in (("last", "the last answer"), ("ever", "whether the answer was ever true")):
            answer = _answer(frame[outcome])
            value = score(column, answer).score if answer else 0.0
            if value >= WEAK:
                return "strong", round(value, 6), f"it tells {words_} of each row of its table with AUC {value:.3f}"
        return None
    values = frame["mean"].to_numpy()
    value = score(column, Answer(values, None, 0, np.ones(len(values), dtype=np.bool_))).score
    rho = abs(spearman(as_numbers(column), values)) if column.dtype.is_numeric() else 0.0
    if value >= STRONG or rho >= SIBLING:
        return "strong", round(max(value, rho), 6), "it tells the mean of all answers of each row of its table"
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
                return f"{subject} tells who never had the outcome: {hits} of {number:,}, {number * rate:.0f} expected"
            misses = number - hits
            if number * (1 - rate) >= EXPECTED and misses <= PURE * number * (1 - rate):
                return f"{subject} tells who had the outcome: all but {misses} of {number:,}"
    return None


def _answer(labels: pl.Series) -> Answer | None:
    """Return the outcomes as classes; None if all are equal."""
    counts = labels.cast(pl.String).value_counts(sort=True)
    kinds = counts.sort(counts.columns[1], counts.columns[0], descending=[True, False])[counts.columns[0]]
    if len(kinds) < 2:  # noqa: PLR2004
        return None
    codes = labels.cast(pl.String).replace_strict(kinds, np.arange(len(kinds)), return_dtype=pl.Int64).to_numpy()
    return Answer(codes.astype(np.float64), codes, len(kinds), np.ones(len(codes), dtype=np.bool_))


def _counts(
    question: Question, link: Relationship, frame: pl.DataFrame, tables: dict[str, Path]
) -> dict[str, np.ndarray]:
    """Return the number of rows that each entity has today in each table that references it."""
    row_counts = {}
    for relationship in question.tags.relationships:
        if (
            relationship.parent != link.parent
            or relationship.child in (question.table, link.parent)
            or relationship.child not in tables
        ):
            continue
        if relationship.parent_columns != link.parent_columns:
            continue
        rows, names = positional(tables[relationship.child])
        if not set(relationship.child_columns) <= set(names):
            continue
        keys = [f"k{i}" for i in range(len(relationship.child_columns))]
        entities = frame.select(keys)
        own = [
            pl.col(f"c{names.index(c)}").cast(frame.schema[k], strict=False).alias(k)
            for c, k in zip(relationship.child_columns, keys, strict=True)
        ]
        if relationship.folded:
            entities = entities.select(folded(pl.col(k)).alias(k) for k in keys)
            children = zip(relationship.child_columns, keys, strict=True)
            own = [folded(pl.col(f"c{names.index(c)}")).alias(k) for c, k in children]
        counts = rows.group_by(own).agg(pl.len().alias("n")).collect(engine="streaming")
        joined = entities.join(counts, on=keys, how="left", maintain_order="left")
        row_counts[relationship.child] = joined["n"].fill_null(0).cast(pl.Float64).to_numpy()
    return row_counts


def _by_count(column: pl.Series, counts: dict[str, np.ndarray]) -> OutcomeSignal:
    if not column.dtype.is_numeric() or len(column) < MIN_ROWS:
        return None
    values = as_numbers(column)
    for table, number in counts.items():
        rho = spearman(values, number)
        if rho >= SIBLING:
            return (
                "strong",
                round(rho, 6),
                f"it rises with the number of all rows of {table}, rank correlation {rho:.3f}",
            )
    return None
