"""Bind a question about the future to tables, links and times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from radix_assets.asof.plan import Link
from radix_assets.common.vocabulary import Problem
from radix_assets.question.horizon import Future
from radix_assets.relationships.schema import Relationship
from radix_assets.sources.rows import scan_values
from radix_assets.tags.bind_expression import BoundExpression, Scope, bind_expression
from radix_assets.tags.schema import TableTags
from radix_resources.errors import TargetError

LABEL_TABLE, LABEL = "labels", "label"
"""Names of the label table and of its label column."""


@dataclass
class BoundQuestion:
    """A question about the future, bound to the data."""

    future: Future
    predict: BoundExpression
    where: BoundExpression | None
    tables: Mapping[str, Path]
    """Raw snapshot directories by table name."""
    times: Mapping[str, tuple[str, ...]]
    """The time index of the tables that have one."""
    links: Sequence[Link]
    """All relationships; rows without a time index have the time of the rows they point to."""


def bind_question(
    future: Future, tags: Mapping[str, TableTags], relationships: Sequence[Relationship], tables: Mapping[str, Path]
) -> BoundQuestion:
    """Bind a question to tables, given as raw snapshot directories.

    Raise TargetError RDX-TGT-301 and RDX-TGT-302, which point at the place in the expression, and RDX-TGT-303 if
    `for_each` is not a table with a primary key.
    """
    schemas = {table: scan_values(path / "data.parquet").collect_schema() for table, path in tables.items()}
    if future.for_each not in schemas:
        raise TargetError(
            "RDX-TGT-303",
            f"the question is asked for each of {future.for_each!r}, which is not a table",
            expected=f"one of {', '.join(schemas)}",
            hint="fix for_each in the target",
        )
    if not tags[future.for_each].primary_key:
        raise TargetError(
            "RDX-TGT-303",
            f"the table {future.for_each} has no primary key",
            expected="a table with a primary key",
            hint=f"set it in tags.yaml: tables: {future.for_each}: primary_key",
            table=future.for_each,
        )
    times = {table: tuple(block.time_index) for table, block in tags.items() if block.time_index and table in tables}
    links = _links(relationships, tables)
    scope = Scope(future.for_each, schemas, relationships, lambda table: _timed(table, times, links))
    predict = bind_expression(future.predict, scope, ahead=True)
    where = bind_expression(future.where, scope, ahead=False) if future.where else None
    return BoundQuestion(future, predict, where, tables, times, links)


def _links(relationships: Sequence[Relationship], tables: Mapping[str, Path]) -> list[Link]:
    return [
        Link(
            child=relationship.child,
            child_columns=tuple(relationship.child_columns),
            parent=relationship.parent,
            parent_columns=tuple(relationship.parent_columns),
            folded=relationship.folded,
        )
        for relationship in relationships
        if relationship.child in tables and relationship.parent in tables and relationship.child != relationship.parent
    ]


def _timed(table: str, times: Mapping[str, tuple[str, ...]], links: Sequence[Link]) -> bool:
    """Return whether the table, or one that its rows point to, has a time index."""
    seen, queue = {table}, [table]
    for name in queue:
        if name in times:
            return True
        queue += [link.parent for link in links if link.child == name and link.parent not in seen]
        seen.update(queue)
    return False


def problem_of(predict: BoundExpression) -> Problem:
    """Return the problem type of what is predicted. Raise TargetError RDX-TGT-302 if it is a date."""
    if predict.kind == "date":
        raise TargetError(
            "RDX-TGT-302",
            f"the prediction is a date: {predict.text}",
            expected="a number, text or a comparison",
            hint=f"compare it: {predict.text} > 2020-01-31, in quotes",
        )
    return {"truth": "binary", "number": "regression", "text": "multiclass"}[predict.kind]  # type: ignore[return-value]
