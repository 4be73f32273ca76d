"""Expression trees of questions about the future."""

from dataclasses import dataclass, field
from typing import Literal

Function = Literal["count", "sum", "mean", "min", "max", "any", "first", "last"]
Operator = Literal["==", "!=", ">", ">=", "<", "<=", "+", "-", "*", "/", "and", "or"]

COMPARISONS = frozenset({"==", "!=", ">", ">=", "<", "<="})
LOGIC = frozenset({"and", "or"})


@dataclass(frozen=True)
class Span:
    """A range of characters in the text, from 0, without the end."""

    start: int
    end: int


@dataclass(frozen=True)
class Number:
    """A number."""

    value: float
    place: Span = field(compare=False)


@dataclass(frozen=True)
class Text:
    """Text in quotes, also a date such as "2020-01-31"."""

    value: str
    place: Span = field(compare=False)


@dataclass(frozen=True)
class Truth:
    """True or false."""

    value: bool
    place: Span = field(compare=False)


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    table: str
    name: str
    place: Span = field(compare=False)


@dataclass(frozen=True)
class Negation:
    """`not` of a condition, or minus of a number."""

    operator: Literal["not", "-"]
    of: "Expression"
    place: Span = field(compare=False)


@dataclass(frozen=True)
class Operation:
    """An operator and its two operands."""

    operator: Operator
    left: "Expression"
    right: "Expression"
    place: Span = field(compare=False)


@dataclass(frozen=True)
class Aggregate:
    """An aggregate over the rows of a related table: `count(orders where gift, 30d)`."""

    function: Function
    table: str
    of: "Expression | None"
    """What is aggregated; None if rows are counted."""
    where: "Expression | None"
    via: str | None
    """The column of the related table that references the entity, if several do."""
    span: str | None
    """How far back the window reaches; None for the whole."""
    place: Span = field(compare=False)


Expression = Number | Text | Truth | Column | Negation | Operation | Aggregate


def parts(tree: Expression) -> list[Expression]:
    """Return the nodes of a tree from the top; those inside an aggregate are left out."""
    if isinstance(tree, Negation):
        return [tree, *parts(tree.of)]
    if isinstance(tree, Operation):
        return [tree, *parts(tree.left), *parts(tree.right)]
    return [tree]


def aggregates(tree: Expression) -> list[Aggregate]:
    """Return the aggregates of an expression, each once."""
    return list(dict.fromkeys(part for part in parts(tree) if isinstance(part, Aggregate)))


def columns(tree: Expression) -> list[Column]:
    """Return the columns outside of aggregates."""
    return [part for part in parts(tree) if isinstance(part, Column)]
