"""What the names of an expression stand for in the data, and whether its parts fit together."""

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
    Place,
    Text,
    Truth,
    aggregates,
)
from radix_assets.question.target import nearest
from radix_assets.relationships.schema import Relationship

Kind = Literal["number", "text", "truth", "date"]
_CODE = "RDX-TGT-302"


@dataclass(frozen=True)
class World:
    """What may be asked about."""

    entity: str
    """The table whose rows the question is asked of."""
    schemas: Mapping[str, pl.Schema]
    relationships: Sequence[Relationship]
    timed: Callable[[str], bool]
    """Whether the rows of a table have a moment, their own or of what they point to."""


@dataclass(frozen=True)
class Bound:
    """An expression whose names are those of the data."""

    text: str
    tree: Expression
    kind: Kind
    paths: Mapping[Aggregate, tuple[Link, ...]]
    """The way from an aggregate's table up to the entity, step by step."""


def bind(text: str, world: World, *, ahead: bool) -> Bound:
    """Find what an expression is about.

    `ahead` for what is predicted, else it is what was known before. Raises TargetError RDX-TGT-301 where it cannot be
    read and RDX-TGT-302 where a name is not in the data, or parts do not fit together; both point at the place.
    """
    binder = _Binder(text, world)
    tree = binder.names(parse(text), inside=None)
    kind = binder.kind(tree)
    found = aggregates(tree)
    if ahead and not found:
        raise wrong(
            text, tree.place, "nothing that happens", expected="a function, such as count(orders) == 0", code=_CODE
        )
    return Bound(text, tree, kind, {aggregate: binder.path(aggregate) for aggregate in found})


def kind_of(dtype: pl.DataType) -> Kind | None:
    """What a column's values are to an expression; None of what cannot be compared."""
    if dtype == pl.Boolean:
        return "truth"
    if dtype.is_numeric():
        return "number"
    if dtype in (pl.Date, pl.Datetime):
        return "date"
    return "text" if dtype == pl.String else None


class _Binder:
    def __init__(self, text: str, world: World) -> None:
        self._text = text
        self._world = world

    def names(self, tree: Expression, inside: str | None) -> Expression:
        """The same tree with the names as they are in the data. `inside` is the table that is aggregated."""
        if isinstance(tree, Column):
            table = self._table(tree.table, tree.place)
            if table != (inside or self._world.entity):
                raise self._wrong(
                    tree.place,
                    f"{table}.{tree.name} stands outside of a function",
                    f"a column of {inside or self._world.entity}, or a function such as last({table}.{tree.name})",
                )
            return Column(table, self._column(table, tree.name, tree.place), tree.place)
        if isinstance(tree, Negation):
            return replace(tree, of=self.names(tree.of, inside))
        if isinstance(tree, Operation):
            return replace(tree, left=self.names(tree.left, inside), right=self.names(tree.right, inside))
        if isinstance(tree, Aggregate):
            if inside:
                raise self._wrong(tree.place, "a function inside a function", "columns and signs only")
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
        """The shortest way up to the entity; `via` names its first step where there are several."""
        world = self._world
        if not world.timed(aggregate.table):
            raise self._wrong(
                aggregate.place,
                f"the rows of {aggregate.table} have no moment",
                "a table with a time index, or whose rows point to one",
                f"name it in tags.yaml: tables: {aggregate.table}: time_index",
            )
        ways: list[tuple[Relationship, ...]] = [()]
        for _ in world.schemas:
            ways = [
                (*way, link)
                for way in ways
                for link in world.relationships
                if link.child == (way[-1].parent if way else aggregate.table)
                and link.child != link.parent
                and (way or aggregate.via is None or aggregate.via in link.child_columns)
            ]
            done = [way for way in ways if way[-1].parent == world.entity]
            if len(done) > 1:
                names = ", ".join(f"via {way[0].child_columns[0]}" for way in done)
                raise self._wrong(
                    aggregate.place,
                    f"{aggregate.table} leads to {world.entity} in {len(done)} ways",
                    f"one of: {names}",
                )
            if done:
                return tuple(_link(step) for step in done[0])
        raise self._wrong(
            aggregate.place,
            f"{aggregate.table} does not lead to {world.entity}" + (f" via {aggregate.via}" if aggregate.via else ""),
            f"a table that points to {world.entity}, itself or through others",
            f"add the relationship to tags.yaml: {aggregate.table}.column -> {world.entity}.key",
        )

    def kind(self, tree: Expression) -> Kind:  # noqa: PLR0911 one for each kind of part
        """What an expression gives."""
        match tree:
            case Number():
                return "number"
            case Text():
                return "text"
            case Truth():
                return "truth"
            case Column():
                kind = kind_of(self._world.schemas[tree.table][tree.name])
                if kind is None:
                    raise self._wrong(
                        tree.place, "such a column cannot be compared", "numbers, texts, dates, true or false"
                    )
                return kind
            case Negation():
                self._need(tree.of, "truth" if tree.operator == "not" else "number")
                return "truth" if tree.operator == "not" else "number"
            case Operation():
                return self._operation(tree)
            case Aggregate():
                return self._aggregate(tree)

    def _operation(self, tree: Operation) -> Kind:
        if tree.operator in LOGIC:
            self._need(tree.left, "truth")
            self._need(tree.right, "truth")
            return "truth"
        if tree.operator not in COMPARISONS:
            self._need(tree.left, "number")
            self._need(tree.right, "number")
            return "number"
        left, right = self.kind(tree.left), self.kind(tree.right)
        fit = left == right or {left, right} <= {"number", "truth"}
        if {left, right} == {"date", "text"}:
            texts = [side for side in (tree.left, tree.right) if isinstance(side, Text)]
            fit = bool(texts) and is_date(texts[0].value)
        if not fit:
            raise self._wrong(
                tree.place,
                f"a {left} is compared with a {right}",
                'values of one kind; texts in quotes, dates as "2020-01-31"',
            )
        return "truth"

    def _aggregate(self, tree: Aggregate) -> Kind:
        if tree.where:
            self._need(tree.where, "truth")
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

    def _need(self, tree: Expression, wanted: Kind) -> None:
        kind = self.kind(tree)
        # 0 and 1 are as good as false and true in a file
        if kind != wanted and not (wanted == "truth" and kind == "number" and isinstance(tree, Column)):
            expected = "a condition, such as orders.amount > 100" if wanted == "truth" else "numbers"
            raise self._wrong(tree.place, f"this is a {kind}", expected)

    def _table(self, name: str, place: Place) -> str:
        return self._known(name, list(self._world.schemas), place, "table", "")

    def _column(self, table: str, name: str, place: Place) -> str:
        return self._known(name, list(self._world.schemas[table]), place, "column", f" in {table}")

    def _known(self, name: str, known: list[str], place: Place, what: str, where: str) -> str:
        if name in known:
            return name
        alike = [each for each in known if each.casefold() == name.casefold()]
        if len(alike) == 1:
            return alike[0]
        near = nearest(name, known)
        raise self._wrong(
            place,
            f"there is no {what} {name!r}{where}",
            f"one of {', '.join(known[:12])}{' …' if len(known) > 12 else ''}",  # noqa: PLR2004 a line's worth
            f"did you mean {' or '.join(near)}?" if near else "",
        )

    def _wrong(self, place: Place, found: str, expected: str, hint: str = "") -> Exception:
        return wrong(self._text, place, found, expected=expected, hint=hint, code=_CODE)


def is_date(text: str) -> bool:
    """Whether a text is a date, or a date with time, as ISO 8601 writes it."""
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
