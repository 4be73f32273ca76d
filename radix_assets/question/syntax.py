"""The expressions of a question about the future, as trees."""

from dataclasses import dataclass, field
from typing import Literal

Function = Literal["count", "sum", "mean", "min", "max", "any", "first", "last"]
Operator = Literal["==", "!=", ">", ">=", "<", "<=", "+", "-", "*", "/", "and", "or"]

COMPARISONS = frozenset({"==", "!=", ">", ">=", "<", "<="})
LOGIC = frozenset({"and", "or"})


@dataclass(frozen=True)
class Place:
    """Where in the text something stands: from the first character, from 0, up to and without the last."""

    start: int
    end: int


@dataclass(frozen=True)
class Number:
    """A number."""

    value: float
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Text:
    """A text in quotes, also a date such as "2020-01-31"."""

    value: str
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Truth:
    """True or false."""

    value: bool
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    table: str
    name: str
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Negation:
    """`not` of a condition, or minus of a number."""

    operator: Literal["not", "-"]
    of: "Expression"
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Operation:
    """Two values and what is done with them."""

    operator: Operator
    left: "Expression"
    right: "Expression"
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Aggregate:
    """One value of the rows of a related table: `count(orders where gift, 30d)`."""

    function: Function
    table: str
    of: "Expression | None"
    """What is aggregated; None where rows are counted."""
    where: "Expression | None"
    via: str | None
    """The column of the related table that leads to the entity, where several do."""
    span: str | None
    """How far to look, where it is not the whole."""
    place: Place = field(compare=False)


Expression = Number | Text | Truth | Column | Negation | Operation | Aggregate


def parts(tree: Expression) -> list[Expression]:
    """The tree and all below it, from the top; not what stands inside an aggregate."""
    if isinstance(tree, Negation):
        return [tree, *parts(tree.of)]
    if isinstance(tree, Operation):
        return [tree, *parts(tree.left), *parts(tree.right)]
    return [tree]


def aggregates(tree: Expression) -> list[Aggregate]:
    """The aggregates of an expression, each once."""
    return list(dict.fromkeys(part for part in parts(tree) if isinstance(part, Aggregate)))


def columns(tree: Expression) -> list[Column]:
    """The columns that stand outside of aggregates."""
    return [part for part in parts(tree) if isinstance(part, Column)]
