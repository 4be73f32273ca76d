"""Bind the names of an expression to the data and check the types of its parts."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from radix_assets.asof.plan import Link
from radix_assets.question.parse import parse, wrong
from radix_assets.question.syntax import (
    COMPARISONS,
    LOGIC,
    Aggregate,
    Column,
    Expression,
    Negation,
    Number,
    Operation,
    Span,
    Text,
    Truth,
    aggregates,
)
from radix_assets.question.target import nearest
from radix_assets.relationships.schema import Relationship

Kind = Literal["number", "text", "truth", "date"]
_CODE = "RDX-TGT-302"


@dataclass(frozen=True)
class Scope:
    """The tables and relationships that a question may use."""

    entity: str
    """The table for each of whose rows the question is asked."""
    schemas: Mapping[str, pl.Schema]
    relationships: Sequence[Relationship]
    timed: Callable[[str], bool]
    """Whether the rows of a table have a time: their own, or that of a row they point to."""


@dataclass(frozen=True)
class BoundExpression:
    """An expression whose names are resolved to columns of the data."""

    text: str
    tree: Expression
    kind: Kind
    paths: Mapping[Aggregate, tuple[Link, ...]]
    """The path from each aggregate's table up to the entity."""


def bind_expression(text: str, scope: Scope, *, ahead: bool) -> BoundExpression:
    """Bind an expression to the data.

    `ahead` is True for what is predicted, False for a condition on what was known before. Raise TargetError
    RDX-TGT-301 if it cannot be parsed, and RDX-TGT-302 if a name is not in the data or types do not match; both point
    at the place.
    """
    binder = _Binder(text, scope)
    tree = binder.names(parse(text), inside=None)
    kind = binder.kind(tree)
    used = aggregates(tree)
    if ahead and not used:
        raise wrong(
            text,
            tree.place,
            "nothing in this expression happens in the future",
            expected="a function, such as count(orders) == 0",
            code=_CODE,
        )
    return BoundExpression(text, tree, kind, {aggregate: binder.path(aggregate) for aggregate in used})


def kind_of(dtype: pl.DataType) -> Kind | None:
    """Return the type of a column's values in an expression; None if they cannot be compared."""
    if dtype == pl.Boolean:
        return "truth"
    if dtype.is_numeric():
        return "number"
    if dtype in (pl.Date, pl.Datetime):
        return "date"
    return "text" if dtype == pl.String else None


class _Binder:
    def __init__(self, text: str, scope: Scope) -> None:
        self._text = text
        self._scope = scope

    def names(self, tree: Expression, inside: str | None) -> Expression:
        """Return the tree with its names as in the data. `inside` is the table that is aggregated."""
        if isinstance(tree, Column):
            table = self._table(tree.table, tree.place)
            if table != (inside or self._scope.entity):
                raise self._wrong(
                    tree.place,
                    f"{table}.{tree.name} is used outside of a function",
                    f"a column of {inside or self._scope.entity}, or a function such as last({table}.{tree.name})",
                )
            return Column(table, self._column(table, tree.name, tree.place), tree.place)
        if isinstance(tree, Negation):
            return replace(tree, of=self.names(tree.of, inside))
        if isinstance(tree, Operation):
            return replace(tree, left=self.names(tree.left, inside), right=self.names(tree.right, inside))
        if isinstance(tree, Aggregate):
            if inside:
                raise self._wrong(tree.place, "a function inside a function", "columns and operators only")
            table = self._table(tree.table, tree.place)
            return replace(
                tree,
                table=table,
                of=self.names(tree.of, table) if tree.of else None,
                where=self.names(tree.where, table) if tree.where else None,
                via=self._column(table, tree.via, tree.place) if tree.via else None,
            )
        return tree

    def path(self, aggregate: Aggregate) -> tuple[Link, ...]:
        """Return the shortest path up to the entity; `via` names its first step if there are several."""
        scope = self._scope
        if not scope.timed(aggregate.table):
            raise self._wrong(
                aggregate.place,
                f"the rows of {aggregate.table} have no time",
                "a table with a time index, or one whose rows point to such a table",
                f"set it in tags.yaml: tables: {aggregate.table}: time_index",
            )
        paths: list[tuple[Relationship, ...]] = [()]
        for _ in scope.schemas:
            paths = [
                (*path, link)
                for path in paths
                for link in scope.relationships
                if link.child == (path[-1].parent if path else aggregate.table)
                and link.child != link.parent
                and (path or aggregate.via is None or aggregate.via in link.child_columns)
            ]
            complete = [path for path in paths if path[-1].parent == scope.entity]
            if len(complete) > 1:
                names = ", ".join(f"via {path[0].child_columns[0]}" for path in complete)
                raise self._wrong(
                    aggregate.place,
                    f"there are {len(complete)} paths from {aggregate.table} to {scope.entity}",
                    f"one of: {names}",
                )
            if complete:
                return tuple(_link(step) for step in complete[0])
        raise self._wrong(
            aggregate.place,
            f"there is no path from {aggregate.table} to {scope.entity}"
            + (f" via {aggregate.via}" if aggregate.via else ""),
            f"a table that references {scope.entity}, directly or through others",
            f"add the relationship to tags.yaml: {aggregate.table}.column -> {scope.entity}.key",
        )

    def kind(self, tree: Expression) -> Kind:  # noqa: PLR0911 one for each kind of part
        """Return the type of an expression."""
        match tree:
            case Number():
                return "number"
            case Text():
                return "text"
            case Truth():
                return "truth"
            case Column():
                kind = kind_of(self._scope.schemas[tree.table][tree.name])
                if kind is None:
                    raise self._wrong(
                        tree.place, "columns of this type cannot be compared", "number, text, date or truth value"
                    )
                return kind
            case Negation():
                self._require(tree.of, "truth" if tree.operator == "not" else "number")
                return "truth" if tree.operator == "not" else "number"
            case Operation():
                return self._operation(tree)
            case Aggregate():
                return self._aggregate(tree)

    def _operation(self, tree: Operation) -> Kind:
        if tree.operator in LOGIC:
            self._require(tree.left, "truth")
            self._require(tree.right, "truth")
            return "truth"
        if tree.operator not in COMPARISONS:
            self._require(tree.left, "number")
            self._require(tree.right, "number")
            return "number"
        left, right = self.kind(tree.left), self.kind(tree.right)
        fit = left == right or {left, right} <= {"number", "truth"}
        if {left, right} == {"date", "text"}:
            texts = [side for side in (tree.left, tree.right) if isinstance(side, Text)]
            fit = bool(texts) and is_date(texts[0].value)
        if not fit:
            raise self._wrong(
                tree.place,
                f"comparison of a {left} with a {right}",
                'values of one type; text in quotes, dates as "2020-01-31"',
            )
        return "truth"

    def _aggregate(self, tree: Aggregate) -> Kind:
        if tree.where:
            self._require(tree.where, "truth")
        if tree.of is None or tree.function == "count":
            if tree.of is not None:
                self.kind(tree.of)
            return "number"
        kind = self.kind(tree.of)
        if tree.function == "any":
            if kind not in {"truth", "number"}:
                raise self._wrong(tree.of.place, f"any of a {kind}", "a condition, such as any(orders.amount > 100)")
            return "truth"
        if tree.function in {"sum", "mean"}:
            if kind not in {"truth", "number"}:
                raise self._wrong(tree.of.place, f"the {tree.function} of a {kind}", "numbers")
            return "number"
        return kind

    def _require(self, tree: Expression, required: Kind) -> None:
        kind = self.kind(tree)
        # a column of 0 and 1 may serve as false and true
        if kind != required and not (required == "truth" and kind == "number" and isinstance(tree, Column)):
            expected = "a condition, such as orders.amount > 100" if required == "truth" else "numbers"
            raise self._wrong(tree.place, f"this is a {kind}", expected)

    def _table(self, name: str, place: Span) -> str:
        return self._resolve(name, list(self._scope.schemas), place, "table", "")

    def _column(self, table: str, name: str, place: Span) -> str:
        return self._resolve(name, list(self._scope.schemas[table]), place, "column", f" in {table}")

    def _resolve(self, name: str, valid: list[str], place: Span, kind: str, where: str) -> str:
        if name in valid:
            return name
        matches = [candidate for candidate in valid if candidate.casefold() == name.casefold()]
        if len(matches) == 1:
            return matches[0]
        near = nearest(name, valid)
        raise self._wrong(
            place,
            f"there is no {kind} {name!r}{where}",
            f"one of {', '.join(valid[:12])}{' …' if len(valid) > 12 else ''}",  # noqa: PLR2004 a line's worth
            f"did you mean {' or '.join(near)}?" if near else "",
        )

    def _wrong(self, place: Span, found: str, expected: str, hint: str = "") -> Exception:
        return wrong(self._text, place, found, expected=expected, hint=hint, code=_CODE)


def is_date(text: str) -> bool:
    """Return whether a text is a date, or a date with time, in ISO 8601."""
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _link(step: Relationship) -> Link:
    return Link(
        child=step.child,
        child_columns=tuple(step.child_columns),
        parent=step.parent,
        parent_columns=tuple(step.parent_columns),
    )
