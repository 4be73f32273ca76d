"""Parse a target as a user writes it: `table.column`, or a comparison such as `flights.arr_delay > 15`."""

import difflib
import re
from collections.abc import Container, Mapping, Sequence
from itertools import product
from typing import Literal, get_args

from radix_resources.errors import ConfigError, TagError

Operator = Literal[">", ">=", "<", "<=", "==", "!="]

_COMPARISON = re.compile(r"\s*(>=|<=|==|!=|>|<|=)\s*(.*\S)\s*", re.DOTALL)
_LAST = re.compile(r"(.*?)\s*(>=|<=|==|!=|>|<|=)\s*([^<>=!]+)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

NEARLY = 0.1
"""Difference in similarity (0 to 1) to the best suggestion up to which another one is suggested, too."""

Parsed = tuple[str, str, Operator | None, float | str | None]


def parse_target(text: str, columns: Mapping[str, Sequence[str]]) -> Parsed:
    """Return table, column, operator and value of a target, given the columns of every table.

    Names may hold spaces, dots and operators: the longest matching name wins; case matters only if two names differ in
    nothing else. The table may be left out if only one table has the column. A value in quotes is text, any other is a
    number if it can be one.

    Raises TagError RDX-TAG-002, with the nearest names, if nothing matches.
    """
    qualified = [(f"{table}.{name}", table, name) for table, names in columns.items() for name in names]
    bare = [(name, table, name) for table, names in columns.items() for name in names]
    # A name may begin or end with a space, and so may the user's text.
    for candidates, fold, variant in product((qualified, bare), (False, True), dict.fromkeys((text, text.strip()))):
        matches = _matching(variant, candidates, fold=fold)
        if len({item[1:3] for item in matches}) == 1:
            _, table, name, operator, value = matches[0]
            return table, name, operator, value
    raise _unknown(text.strip(), qualified)


def _matching(
    text: str, candidates: Sequence[tuple[str, str, str]], *, fold: bool
) -> list[tuple[int, str, str, Operator | None, float | str | None]]:
    """Return the candidates with the longest name whose remainder is empty or a comparison."""
    matches: list[tuple[int, str, str, Operator | None, float | str | None]] = []
    for full, table, name in candidates:
        start = text[: len(full)]
        if not full or (start.casefold() != full.casefold() if fold else start != full):
            continue
        rest = text[len(full) :]
        match = _COMPARISON.fullmatch(rest)
        if not rest.strip():
            matches.append((len(full), table, name, None, None))
        elif match:
            operator = next(sign for sign in get_args(Operator) if sign == match[1].replace("=", "==", match[1] == "="))
            matches.append((len(full), table, name, operator, value_of(match[2])))
    longest = max((item[0] for item in matches), default=0)
    return [item for item in matches if item[0] == longest]


def value_of(text: str) -> float | str:
    """Return a number if the text is one, otherwise the text without its quotes."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].replace("\\" + text[0], text[0])
    return float(text) if _NUMBER.fullmatch(text) else text


def _unknown(text: str, qualified: Sequence[tuple[str, str, str]]) -> TagError:
    match = _LAST.fullmatch(text)
    name = match[1].strip() if match else text
    table = next((table for _, table, _ in qualified if table.casefold() == name.casefold()), None)
    if table is not None:
        return TagError(
            "RDX-TAG-002",
            f"{name!r} is a table, not a column",
            expected=f"{table}.COLUMN, or a comparison such as '{table}.COLUMN > 15'",
            hint=f"name a column of {table}: {table}.COLUMN",
            target=text,
        )
    near = _closest(name, nearest(name, [full for full, _, _ in qualified]))
    return TagError(
        "RDX-TAG-002",
        f"{name!r} is not in the data",
        expected="table.column, or a comparison such as 'table.column > 15'",
        hint=f"did you mean {' or '.join(near)}?" if near else "use a column of the data",
        target=text,
    )


def unread_table(text: str, tables: Sequence[str], read: Container[str]) -> ConfigError | None:
    """Return the error for a target whose table, one of the project's, could not be read; None if it was read.

    `read` are the tables of which everything is known that a target needs.
    """
    start = text.strip().casefold()
    named = [table for table in tables if start.startswith(f"{table.casefold()}.")]
    if not named or any(table in read for table in named):
        return None
    return ConfigError(
        "RDX-CFG-004",
        f"the table {named[0]!r} of the target could not be read or profiled",
        expected="the target's table",
        hint=f"fix what made raw/{named[0]} or profile/{named[0]} fail",
        target=text,
    )


def _closest(name: str, near: Sequence[str]) -> list[str]:
    """Return the best of the names, and those that are nearly as similar to the text as the best."""
    head, _, last = name.casefold().rpartition(".")

    def similarity(full: str) -> float:
        table, _, column = full.casefold().rpartition(".")
        pair = (column, last) if head in {"", table} else (full.casefold(), name.casefold())
        return difflib.SequenceMatcher(None, *pair).ratio()

    return [full for full in near if similarity(full) > similarity(near[0]) - NEARLY]


def nearest(name: str, known: Sequence[str], most: int = 2) -> list[str]:
    """Return the known names most similar to a name, best first: spelt alike, containing it, or ending alike."""
    head, _, last = name.casefold().rpartition(".")
    parts = [(item, *item.casefold().rpartition(".")[::2]) for item in known]
    inside = [item for item, other, end in parts if other == head and last and end and (last in end or end in last)]
    folded = {item.casefold(): item for item in reversed(known)}
    alike = difflib.get_close_matches(name.casefold(), list(folded), n=most, cutoff=0.5)
    close = [folded[item] for item in alike if difflib.SequenceMatcher(None, item, name.casefold()).ratio() > 0.9]  # noqa: PLR2004
    ends = [item for item, _, end in parts if end == last]
    return list(dict.fromkeys([*close, *inside, *(folded[item] for item in alike), *ends]))[:most]
