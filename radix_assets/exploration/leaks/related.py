"""Leak suspects in related tables: columns of parents, and children whose rows or values determine the target."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from radix_assets.common.spelling import folded
from radix_assets.common.vocabulary import NUMERIC
from radix_assets.exploration.leaks.base import Findings, Signal
from radix_assets.exploration.leaks.predictive import CODES, MIN_ROWS, STRONG, associate, judge
from radix_assets.exploration.row_time import row_time
from radix_assets.exploration.sample import Answer, Question, positional
from radix_assets.exploration.schema import Association, Suspect
from radix_assets.exploration.scoring import score
from radix_assets.relationships.schema import Relationship

if TYPE_CHECKING:
    from radix_assets.common.vocabulary import Role

NUMBERS = 6
"""Numeric columns of a child whose products are tried."""
COLUMNS = 60
"""Columns of a child that are inspected."""


def parents(question: Question, tables: dict[str, Path]) -> Findings:
    """Return suspects and associations of the tables that the target's rows reference; the best relationship counts."""
    associations: dict[tuple[str, str], Association] = {}
    suspects: dict[tuple[str, str, str], Suspect] = {}
    for relation in question.tags.relationships:
        if relation.child != question.table or relation.parent == question.table or relation.parent not in tables:
            continue
        for name, column in _parent_columns(question, relation, tables[relation.parent]):
            result = score(column, question.answer)
            association = associate(relation.parent, name, result, len(column))
            key = (relation.parent, name)
            if key not in associations or associations[key].strength < association.strength:
                associations[key] = association
            # Many rows share a parent that existed before them, so only a full copy is a leak there.
            role: Role = "feature" if relation.cardinality == "one_to_one" else "foreign_key"
            for suspect in judge(relation.parent, name, column, question.answer, result, role=role):
                suspects.setdefault((*key, suspect.code), suspect)
    return Findings(list(suspects.values()), list(associations.values()))


def children(question: Question, tables: dict[str, Path]) -> list[Suspect]:
    """Return suspects in tables that reference the target's rows: their existence or values determine the target.

    If both tables have a time, features see only a child's earlier rows. What only later rows reveal is then a weak
    suspect.
    """
    suspects: list[Suspect] = []
    for relation in question.tags.relationships:
        if relation.parent != question.table or relation.child == question.table or relation.child not in tables:
            continue
        if relation.child not in question.tags.tables:
            continue
        child_suspects = _judge_child(question, relation, tables[relation.child], earlier=False)
        if any(suspect.severity == "strong" for suspect in child_suspects) and _both_dated(question, relation):
            earlier_suspects = {
                each.name for each in _judge_child(question, relation, tables[relation.child], earlier=True)
            }
            child_suspects = [
                suspect
                if suspect.name in earlier_suspects
                else suspect.model_copy(
                    update={"severity": "weak", "reason": suspect.reason + "; its earlier rows do not show it"}
                )
                for suspect in child_suspects
            ]
        suspects += child_suspects
    return suspects


def _both_dated(question: Question, relation: Relationship) -> bool:
    return bool(question.table_tags.time_index and question.tags.tables[relation.child].time_index)


def _parent_columns(question: Question, relation: Relationship, path: Path) -> Iterator[tuple[str, pl.Series]]:
    frame, names = positional(path)
    if any(key not in names for key in relation.parent_columns) or any(
        key not in question.names for key in relation.child_columns
    ):
        return
    keys = [f"c{names.index(key)}" for key in relation.parent_columns]
    left, right = _comparable(_keys(question, relation.child_columns), frame, keys, folded_key=relation.folded)
    on = left.columns
    right = right.join(left.lazy().select(on).unique(), on=on, how="semi").unique(on, keep="any", maintain_order=False)
    joined = left.join(right.collect(engine="streaming"), on=on, how="left", maintain_order="left")
    for i, name in enumerate(names):
        if name not in relation.parent_columns:
            yield name, joined[f"c{i}"]


def _keys(question: Question, columns: list[str]) -> pl.DataFrame:
    """Return the key columns `k{i}` of the rows whose target is known."""
    return pl.DataFrame([question.series(question.names.index(key)).alias(f"k{i}") for i, key in enumerate(columns)])


def _comparable(
    left: pl.DataFrame, frame: pl.LazyFrame, keys: list[str], *, folded_key: bool
) -> tuple[pl.DataFrame, pl.LazyFrame]:
    """Return both sides of a relationship with key columns `k{i}` of types that can be compared.

    `left` has the columns `k{i}`, `keys` are the columns of `frame` that correspond to them.
    """
    kinds, pairs = frame.collect_schema(), list(zip(keys, left.columns, strict=True))
    right = frame.with_columns(
        _key(kinds[key], left.schema[name], key, folded_key=folded_key).alias(name) for key, name in pairs
    )
    left = left.with_columns(_key(left.schema[name], kinds[key], name, folded_key=folded_key) for key, name in pairs)
    return left, right


def _key(own: pl.DataType, other: pl.DataType, name: str, *, folded_key: bool) -> pl.Expr:
    """Return a key column in a type that can be compared with the other side."""
    if folded_key:
        return folded(pl.col(name), decimal=own.is_float() or own.is_decimal()).alias(name)
    return pl.col(name) if own == other else pl.col(name).cast(pl.String)


def _judge_child(question: Question, relation: Relationship, path: Path, *, earlier: bool) -> list[Suspect]:
    frame, names = positional(path)
    if not (set(relation.child_columns) <= set(names) and set(relation.parent_columns) <= set(question.names)):
        return []
    sums = _summaries(question, relation, frame, names, earlier=earlier)
    if sums is None:
        return []
    return [*_judge_rows(question, relation, sums), *_judge_values(question, relation, names, sums)]


def _judge_rows(question: Question, relation: Relationship, sums: pl.DataFrame) -> list[Suspect]:
    """Return a suspect if the existence or the number of rows determines the target."""
    count = sums["rows"].fill_null(0)
    for column, what in ((count > 0, "whether it has rows"), (count, "how many rows it has")):
        value = score(column, question.answer).score
        if value >= STRONG:
            reason = f"{what} for a row of {relation.parent} determines the target"
            return [_suspect(relation.child, "*", "child_rows", value, reason)]
    return []


def _judge_values(question: Question, relation: Relationship, names: list[str], sums: pl.DataFrame) -> list[Suspect]:
    """Return the columns whose summaries determine the target, among rows that have children."""
    present = sums["rows"].fill_null(0) > 0
    part = _part(question.answer, present.to_numpy())
    if part is None:
        return []
    best: dict[str, tuple[float, str]] = {}
    for summary in sums.columns:
        kind, _, which = summary.partition(" ")
        value = score(sums[summary].filter(present), part).score if which else 0.0
        if value < STRONG:
            continue
        for position in which.split(" "):
            name = names[int(position)]
            if value > best.get(name, (0.0, ""))[0]:
                best[name] = (value, f"its {kind} over the rows of one row of {relation.parent} determines the target")
    return [_suspect(relation.child, name, "child_values", value, reason) for name, (value, reason) in best.items()]


def _suspect(table: str, column: str, code: str, value: float, reason: str) -> Suspect:
    return Suspect.model_validate(
        {
            "table": table,
            "column": column,
            "code": code,
            "score": round(value, 6),
            "severity": "strong",
            "reason": reason,
        }
    )


def _part(answer: Answer, rows: np.ndarray) -> Answer | None:
    """Return the answers of some rows; None if they are too few or all equal."""
    if int(rows.sum()) < MIN_ROWS or np.ptp(answer.values[rows]) == 0:
        return None
    codes = None if answer.codes is None else answer.codes[rows]
    return Answer(answer.values[rows], codes, answer.classes, answer.first[rows])


def _summaries(
    question: Question, relation: Relationship, frame: pl.LazyFrame, names: list[str], *, earlier: bool
) -> pl.DataFrame | None:
    """Return, per row of the target's table, `rows` and summaries such as `mean 3`, named by column position."""
    kinds = frame.collect_schema()
    keys = [f"c{names.index(key)}" for key in relation.child_columns]
    left, rows = _comparable(_keys(question, relation.parent_columns), frame, keys, folded_key=relation.folded)
    on = left.columns
    needed_keys = left.unique().lazy()
    rows = rows.join(needed_keys, on=on, how="semi")
    if earlier:
        filtered = _earlier(question, relation, rows, names, left)
        if filtered is None:
            return None
        rows = filtered
    tags = question.tags.tables[relation.child]
    keys_of_child = {*relation.child_columns, *tags.with_role("primary_key", "foreign_key"), *tags.primary_key}
    positions = [i for i, name in enumerate(names) if name not in keys_of_child][:COLUMNS]
    summaries = rows.group_by(on).agg(pl.len().alias("rows"), *_expressions(kinds, positions, question))
    return left.join(summaries.collect(engine="streaming"), on=on, how="left", maintain_order="left")


def _earlier(
    question: Question, relation: Relationship, rows: pl.LazyFrame, names: list[str], left: pl.DataFrame
) -> pl.LazyFrame | None:
    """Return the child's rows created before the row they belong to; None if either has no time."""
    target_time = row_time(question.names, question.table_tags, question.frame)
    data = rows.collect(engine="streaming")
    child_time = row_time(names, question.tags.tables[relation.child], data)
    if target_time is None or child_time is None:
        return None
    target_times = left.with_columns(target_time.filter(pl.Series(question.known)).alias("own")).unique(
        left.columns, keep="first"
    )
    dated = data.with_columns(child_time.alias("theirs")).join(target_times, on=left.columns, how="left")
    return dated.filter(pl.col("theirs") < pl.col("own")).lazy()


def _expressions(kinds: pl.Schema, used: list[int], question: Question) -> Iterator[pl.Expr]:
    numbers = [i for i in used if kinds[f"c{i}"].is_numeric()]
    for i in used:
        column, kind = pl.col(f"c{i}"), kinds[f"c{i}"]
        yield column.count().alias(f"count {i}")
        if kind.is_numeric() or kind == pl.Boolean:
            value = column.cast(pl.Float64)
            yield value.mean().alias(f"mean {i}")
            yield value.sum().alias(f"sum {i}")
            yield value.max().alias(f"maximum {i}")
            yield value.min().alias(f"minimum {i}")
        elif kind == pl.String:
            yield column.min().alias(f"first {i}")
            yield column.max().alias(f"last {i}")
    if question.problem not in NUMERIC:
        return
    for i, j in combinations(numbers[:NUMBERS], 2):
        a, b = pl.col(f"c{i}").cast(pl.Float64), pl.col(f"c{j}").cast(pl.Float64)
        yield (a * b).sum().alias(f"sum-of-products {i} {j}")
        for k in numbers[:NUMBERS]:
            if k not in (i, j):
                yield (a * b * (1 - pl.col(f"c{k}"))).sum().alias(f"sum-of-discounted-products {i} {j} {k}")


PARENTS = Signal("parents", CODES, lambda data: parents(data.question, data.tables))
CHILDREN = Signal(
    "children",
    {
        "child_rows": "rows of a related table exist for one outcome only",
        "child_values": "values of a related table determine the target",
    },
    lambda data: Findings(children(data.question, data.tables)),
)
