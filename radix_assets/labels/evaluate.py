"""Compile the expressions of a question to Polars."""

import datetime as dt
import operator
from collections.abc import Callable

import polars as pl

from radix_assets.asof.columns import exactly
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

Named = Callable[[Aggregate | Column], str]
"""The name of the column that holds an aggregate's or a column's values."""
_OPERATORS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "and": operator.and_,
    "or": operator.or_,
}
NOTHING = 0
"""Count and sum of no rows. Every other aggregate is null then: the mean of no rows is undefined."""


def value(tree: Expression, schema: pl.Schema, named: Named) -> pl.Expr:
    """Return the expression over a frame with this schema. Numbers are Float64; null if any part is null."""
    if isinstance(tree, Number):
        return pl.lit(tree.value, pl.Float64)
    if isinstance(tree, Truth):
        return pl.lit(tree.value)
    if isinstance(tree, Text):
        return pl.lit(tree.value)
    if isinstance(tree, Column | Aggregate):
        name = named(tree)
        return exactly(name).cast(pl.Float64) if schema[name].is_numeric() else exactly(name)
    if isinstance(tree, Negation):
        inner = value(tree.of, schema, named)
        return ~truth(tree.of, schema, named) if tree.operator == "not" else -inner
    return _operation(tree, schema, named)


def truth(tree: Expression, schema: pl.Schema, named: Named) -> pl.Expr:
    """Return a condition; a number is true if it is not 0."""
    result = value(tree, schema, named)
    is_number = isinstance(tree, Number) or (isinstance(tree, Column | Aggregate) and schema[named(tree)].is_numeric())
    return result != 0 if is_number else result


def _operation(tree: Operation, schema: pl.Schema, named: Named) -> pl.Expr:
    if tree.operator in {"and", "or"}:
        return _OPERATORS[tree.operator](truth(tree.left, schema, named), truth(tree.right, schema, named))
    left, right = value(tree.left, schema, named), value(tree.right, schema, named)
    if tree.operator == "/":
        return pl.when(right != 0).then(left / right)
    if tree.operator in COMPARISONS:
        if isinstance(tree.right, Text) and _is_date(tree.left, schema, named):
            right = _date(tree.right)
        if isinstance(tree.left, Text) and _is_date(tree.right, schema, named):
            left = _date(tree.left)
        kinds = [_is_truth(side, schema, named) for side in (tree.left, tree.right)]
        if kinds == [True, False]:
            left = left.cast(pl.Float64)
        if kinds == [False, True]:
            right = right.cast(pl.Float64)
    return _OPERATORS[tree.operator](left, right)


def _is_truth(tree: Expression, schema: pl.Schema, named: Named) -> bool:
    if isinstance(tree, Column | Aggregate):
        return schema[named(tree)] == pl.Boolean
    logical = isinstance(tree, Operation) and (tree.operator in COMPARISONS or tree.operator in {"and", "or"})
    return isinstance(tree, Truth) or logical or (isinstance(tree, Negation) and tree.operator == "not")


def _is_date(tree: Expression, schema: pl.Schema, named: Named) -> bool:
    return isinstance(tree, Column | Aggregate) and schema[named(tree)].is_temporal()


def _date(tree: Text) -> pl.Expr:
    return pl.lit(dt.datetime.fromisoformat(tree.value).replace(tzinfo=None))
