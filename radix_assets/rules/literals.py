"""Limits and allowed values of rules, as values of the column's type."""

from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from radix_assets.profiles.schema import DType
from radix_assets.rules.schema import Rule

_ORDERED = frozenset(get_args(DType)) - {"string", "boolean"}


def literal(text: str, dtype: DType) -> Any:
    """Return a text as a value of a canonical type. Raise ValueError if it is not one."""
    match dtype:
        case "integer" | "float":
            try:
                number = Decimal(text.replace("_", "").strip())
            except InvalidOperation:
                raise ValueError(text) from None
            if not number.is_finite():
                raise ValueError(text)
            return number
        case "boolean":
            words = {"true": True, "false": False}
            if text.casefold() not in words:
                raise ValueError(text)
            return words[text.casefold()]
        case "date":
            return date.fromisoformat(text)
        case "datetime":
            moment = datetime.fromisoformat(text)
            return moment.replace(tzinfo=None) - (moment.utcoffset() or moment - moment)
        case "time":
            return time.fromisoformat(text)
        case _:
            return text


def misfit(rule: Rule, column: str, dtype: DType) -> str:
    """Return why a rule's limits or values do not fit the type of a column; empty if they do."""
    if rule.kind == "range" and dtype not in _ORDERED:
        return f"{column} has no order: its type is {dtype}"
    if rule.kind == "pattern" and dtype != "string":
        return f"{column} is not text: its type is {dtype}"
    if rule.kind == "freshness" and dtype not in {"date", "datetime"}:
        return f"{column} is not a time: its type is {dtype}"
    for text in (*(filter(None, (rule.low, rule.high)) if rule.kind == "range" else ()), *rule.values):
        try:
            literal(text, dtype)
        except ValueError:
            return f"a value is not of the type of {column}, {dtype}"
    return ""
