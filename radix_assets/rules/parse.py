"""Parse a rule as a user writes it, such as `orders.amount >= 0` or `orders.(store, day) is unique`."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from radix_assets.profiles.schema import DType
from radix_assets.question.target import nearest
from radix_assets.relationships.references import read_columns
from radix_assets.rules.literals import literal
from radix_assets.rules.schema import Rule
from radix_assets.tags_file.rule_text import is_blocking, without_values, without_word
from radix_assets.tags_file.schema import Located
from radix_resources.errors import TagError

EXPECTED: Final = (
    "table.column is not null | is unique | >= 0 | between 0 and 10 | matches PATTERN | in (a, b) | within 2 days, "
    "table.column -> table.column, or table has at least 100 rows"
)
_SHARE: Final = re.compile(r"\s+for\s+(\d{1,3}(?:\.\d+)?)\s*%\s*$", re.IGNORECASE)
_ROWS: Final = re.compile(
    r"\s+has\s+(?:(at least|at most|exactly)\s+([\d_,]+)|between\s+([\d_,]+)\s+and\s+([\d_,]+))\s+rows?", re.IGNORECASE
)
_LIMIT: Final = re.compile(r"\s*(>=|<=|>|<)\s*(.*\S)", re.DOTALL)
_BETWEEN: Final = re.compile(r"\s+between\s+(.+?)\s+and\s+(.*\S)", re.IGNORECASE | re.DOTALL)
_AGE: Final = re.compile(r"\s+within\s+(\d+(?:\.\d+)?)\s+(minute|hour|day|week)s?", re.IGNORECASE)
_SECONDS: Final = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_ITEM: Final = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,]*?)\s*(?:,|$)""", re.DOTALL)

Columns = Mapping[str, Sequence[str]]


def parse_rule(item: Located, columns: Columns, file: Path | None = None) -> Rule:
    """Return a rule, given the columns of every table.

    Names may hold spaces, dots and words of the rule; the longest matching names win. Raise TagError RDX-TAG-014 if it
    is not a rule or names nothing of the data; the nearest names are its hint.
    """
    body = without_word(item.text).strip()
    share = _SHARE.search(body)
    common: dict[str, Any] = {"blocking": is_blocking(item.text), "text": body, "line": item.line}
    if share:
        common["share"] = _percent(share[1], item, file)
    body = body[: share.start()] if share else body
    parsed = _of_table(body, columns) or _of_columns(body, columns)
    if parsed is None:
        raise _unknown(body, item, columns, file)
    rule = Rule(**parsed, **common)
    if rule.kind == "pattern":
        _check_pattern(rule, file)
    if rule.kind == "range":
        _check_limits(rule, item, file)
    return rule


def _of_table(body: str, columns: Columns) -> dict[str, Any] | None:
    for table in sorted(columns, key=lambda name: (-len(name), name)):
        if not body.casefold().startswith(table.casefold()):
            continue
        match = _ROWS.fullmatch(body[len(table) :].rstrip())
        if match:
            first, last = (number.replace(",", "").replace("_", "") if number else None for number in match.group(3, 4))
            if match[1]:
                count = match[2].replace(",", "").replace("_", "")
                first = count if match[1].casefold() != "at most" else None
                last = count if match[1].casefold() != "at least" else None
            return {"kind": "row_count", "table": table, "low": first, "high": last}
    return None


def _of_columns(body: str, columns: Columns) -> dict[str, Any] | None:
    for fold in (False, True):
        for table, names, rest in read_columns(body.lstrip(), columns, fold=fold):
            for read in _FORMS:
                parsed = read(rest.rstrip(), columns)
                if parsed is not None and (len(names) == 1 or parsed["kind"] in {"unique", "not_null", "relationship"}):
                    return {**parsed, "table": table, "columns": tuple(names)}
    return None


def _word(pattern: str, kind: str) -> Callable[[str, Columns], dict[str, Any] | None]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda rest, _columns: {"kind": kind} if compiled.fullmatch(rest) else None


def _limits(rest: str, _columns: Columns) -> dict[str, Any] | None:
    between, limit = _BETWEEN.fullmatch(rest), _LIMIT.fullmatch(rest)
    if between:
        return {"kind": "range", "low": _unquoted(between[1]), "high": _unquoted(between[2])}
    if limit is None:
        return None
    side = "low" if limit[1].startswith(">") else "high"
    return {"kind": "range", side: _unquoted(limit[2]), f"{side}_open": len(limit[1]) == 1}


def _pattern(rest: str, _columns: Columns) -> dict[str, Any] | None:
    match = re.fullmatch(r"\s+matches\s+(.*\S)", rest, re.IGNORECASE | re.DOTALL)
    return {"kind": "pattern", "pattern": _unquoted(match[1])} if match else None


def _values(rest: str, _columns: Columns) -> dict[str, Any] | None:
    match = re.fullmatch(r"\s+in\s+\((.*)\)", rest, re.IGNORECASE | re.DOTALL)
    if match is None or not match[1].strip():
        return None
    return {"kind": "set", "values": tuple(_items(match[1]))}


def _age(rest: str, _columns: Columns) -> dict[str, Any] | None:
    match = _AGE.fullmatch(rest)
    return {"kind": "freshness", "seconds": float(match[1]) * _SECONDS[match[2].casefold()]} if match else None


def _reference(rest: str, columns: Columns) -> dict[str, Any] | None:
    arrow = re.match(r"\s*(->|→)\s*", rest)
    if arrow is None:
        return None
    for fold in (False, True):
        for parent, names, left in read_columns(rest[arrow.end() :], columns, fold=fold):
            if not left.strip():
                return {"kind": "relationship", "parent": parent, "parent_columns": tuple(names)}
    return None


_FORMS: Final = (
    _word(r"\s+(?:is|are)\s+not\s+null", "not_null"),
    _word(r"\s+(?:is|are)\s+unique", "unique"),
    _age,
    _pattern,
    _values,
    _reference,
    _limits,
)


def _items(text: str) -> list[str]:
    items, position = [], 0
    while position < len(text):
        match = _ITEM.match(text, position)
        if match is None or match.end() == position:
            break
        items.append(_unquoted(match[1]))
        position = match.end()
    return items


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def _percent(text: str, item: Located, file: Path | None) -> float:
    share = float(text) / 100
    if not 0 < share <= 1:
        raise _wrong(f"{text} % is not a share of the rows", item, file, "correct the line")
    return share


def _check_pattern(rule: Rule, file: Path | None) -> None:
    import polars as pl

    try:
        pl.Series([""]).str.contains(f"^(?:{rule.pattern})$")
    except pl.exceptions.ComputeError:
        place = Located(rule.text, rule.line)
        raise _wrong(f"the pattern of {rule.shown!r} is not a regular expression", place, file, "correct it") from None


def _check_limits(rule: Rule, item: Located, file: Path | None) -> None:
    for text in filter(None, (rule.low, rule.high)):
        if not any(_is_literal(text, dtype) for dtype in ("float", "datetime", "time")):
            raise _wrong(f"{text!r} is not a number, a date or a time", item, file, "correct the limit")


def _is_literal(text: str, dtype: DType) -> bool:
    try:
        literal(text, dtype)
    except ValueError:
        return False
    return True


def _unknown(body: str, item: Located, columns: Columns, file: Path | None) -> TagError:
    names = [*columns, *(f"{table}.{name}" for table, names in columns.items() for name in names)]
    subject = re.split(r"\s+(?:is|are|has|in|matches|between|within)\s|\s*(?:->|→|>=|<=|>|<)", body.strip())[0].strip()
    if subject in names or re.fullmatch(r".+\.\(.*\)", subject):
        return _wrong(f"{without_values(body.strip())!r} is not a rule", item, file, "correct the line, or remove it")
    near = nearest(subject, names, 1)
    hint = f"did you mean {near[0]}?" if near else "correct the line, or remove it"
    return _wrong(f"{subject!r} is not in the data", item, file, hint)


def _wrong(found: str, item: Located, file: Path | None, hint: str) -> TagError:
    return TagError("RDX-TAG-014", found, expected=EXPECTED, hint=hint, file=file, line=item.line or None)
