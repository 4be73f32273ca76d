"""Compile the expressions of a question to Spark SQL, with the same results as `evaluate` on Polars."""

import datetime as dt
from collections.abc import Callable, Mapping

import polars as pl

from radix_assets.question.syntax import (
    COMPARISONS,
    Aggregate,
    Column,
    Expression,
    Negation,
    Number,
    Operation,
    Text,
    Truth,
)
from radix_resources.compute.snapshots import number, text

Named = Callable[[Aggregate | Column], str]
"""The name of the column that holds an aggregate's or a column's values."""
Types = Mapping[str, pl.DataType]
_OPERATORS = {"==": "=", "!=": "!=", "and": "AND", "or": "OR"}


def value(tree: Expression, types: Types, named: Named) -> str:
    """Return the expression over columns of these types. Numbers are doubles; null if any part is null."""
    if isinstance(tree, Number):
        return number(tree.value)
    if isinstance(tree, Truth):
        return str(tree.value).lower()
    if isinstance(tree, Text):
        return text(tree.value)
    if isinstance(tree, Column | Aggregate):
        name = named(tree)
        return f"CAST({name} AS DOUBLE)" if types[name].is_numeric() else name
    if isinstance(tree, Negation):
        inner = value(tree.of, types, named)
        return f"(NOT {truth(tree.of, types, named)})" if tree.operator == "not" else f"(- {inner})"
    return _operation(tree, types, named)


def truth(tree: Expression, types: Types, named: Named) -> str:
    """Return a condition; a number is true if it is not 0."""
    result = value(tree, types, named)
    is_number = isinstance(tree, Number) or (isinstance(tree, Column | Aggregate) and types[named(tree)].is_numeric())
    return f"({result} != 0D)" if is_number else result


def type_of(tree: Expression, types: Types, named: Named) -> pl.DataType:
    """Return the type of an expression."""
    if isinstance(tree, Column | Aggregate):
        kind = types[named(tree)]
        return pl.Float64() if kind.is_numeric() else kind
    if isinstance(tree, Text):
        return pl.String()
    return pl.Boolean() if _is_truth(tree, types, named) else pl.Float64()


def _operation(tree: Operation, types: Types, named: Named) -> str:
    if tree.operator in {"and", "or"}:
        left, right = truth(tree.left, types, named), truth(tree.right, types, named)
        return f"({left} {_OPERATORS[tree.operator]} {right})"
    left, right = value(tree.left, types, named), value(tree.right, types, named)
    if tree.operator == "/":
        return f"(CASE WHEN {right} != 0D THEN {left} / {right} END)"
    if tree.operator in COMPARISONS:
        left, right = _side(tree.left, tree.right, types, named), _side(tree.right, tree.left, types, named)
    return f"({left} {_OPERATORS.get(tree.operator, tree.operator)} {right})"


def _side(tree: Expression, other: Expression, types: Types, named: Named) -> str:
    result = value(tree, types, named)
    if isinstance(tree, Text) and _is_date(other, types, named):
        moment = dt.datetime.fromisoformat(tree.value).replace(tzinfo=None)
        return f"TIMESTAMP_NTZ '{moment.isoformat(sep=' ')}'"
    if _is_date(tree, types, named):
        return f"CAST({result} AS TIMESTAMP_NTZ)"
    if _is_truth(tree, types, named) and not _is_truth(other, types, named):
        return f"CAST({result} AS DOUBLE)"
    return result


def _is_truth(tree: Expression, types: Types, named: Named) -> bool:
    if isinstance(tree, Column | Aggregate):
        return types[named(tree)] == pl.Boolean
    logical = isinstance(tree, Operation) and (tree.operator in COMPARISONS or tree.operator in {"and", "or"})
    return isinstance(tree, Truth) or logical or (isinstance(tree, Negation) and tree.operator == "not")


def _is_date(tree: Expression, types: Types, named: Named) -> bool:
    return isinstance(tree, Column | Aggregate) and types[named(tree)].is_temporal()
