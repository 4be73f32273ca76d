"""A target as a person writes it: `table.column`, or a comparison such as `flights.arr_delay > 15`."""

import difflib
import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Literal, get_args

from radix_resources.errors import TagError

Operator = Literal[">", ">=", "<", "<=", "==", "!="]

_COMPARISON = re.compile(r"\s*(>=|<=|==|!=|>|<|=)\s*(.*\S)\s*", re.DOTALL)
_LAST = re.compile(r"(.*?)\s*(>=|<=|==|!=|>|<|=)\s*([^<>=!]+)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

Parsed = tuple[str, str, Operator | None, float | str | None]


def parse_target(text: str, columns: Mapping[str, Sequence[str]]) -> Parsed:
    """Table, column, operator and value of a target, given the columns of every table.

    Names may hold spaces, dots and signs: the longest known name wins; upper and lower case matter only where two
    names differ in nothing else. A column without its table will do where one table alone has it. A value in quotes is
    text, else a number where it can be one.

    Raises TagError RDX-TAG-002 with the nearest names where nothing fits.
    """
    known = [(f"{table}.{name}", table, name) for table, names in columns.items() for name in names]
    bare = [(name, table, name) for table, names in columns.items() for name in names]
    # A name may begin or end with a space; a person's line may, too.
    for candidates, fold, given in product((known, bare), (False, True), dict.fromkeys((text, text.strip()))):
        fitting = _fitting(given, candidates, fold=fold)
        if len({item[1:3] for item in fitting}) == 1:
            _, table, name, operator, value = fitting[0]
            return table, name, operator, value
    raise _unknown(text.strip(), known)


def _fitting(
    text: str, candidates: Sequence[tuple[str, str, str]], *, fold: bool
) -> list[tuple[int, str, str, Operator | None, float | str | None]]:
    """The candidates with the longest name that leave nothing, or a comparison."""
    found: list[tuple[int, str, str, Operator | None, float | str | None]] = []
    for full, table, name in candidates:
        start = text[: len(full)]
        if not full or (start.casefold() != full.casefold() if fold else start != full):
            continue
        rest = text[len(full) :]
        match = _COMPARISON.fullmatch(rest)
        if not rest.strip():
            found.append((len(full), table, name, None, None))
        elif match:
            operator = next(
                known for known in get_args(Operator) if known == match[1].replace("=", "==", match[1] == "=")
            )
            found.append((len(full), table, name, operator, value_of(match[2])))
    longest = max((item[0] for item in found), default=0)
    return [item for item in found if item[0] == longest]


def value_of(text: str) -> float | str:
    """A number where the text is one; text without its quotes otherwise."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].replace("\\" + text[0], text[0])
    return float(text) if _NUMBER.fullmatch(text) else text


def _unknown(text: str, known: Sequence[tuple[str, str, str]]) -> TagError:
    match = _LAST.fullmatch(text)
    name = match[1].strip() if match else text
    near = nearest(name, [full for full, _, _ in known])
    return TagError(
        "RDX-TAG-002",
        f"{name!r} is not in the data",
        expected="table.column, or a comparison such as 'table.column > 15'",
        hint=f"did you mean {' or '.join(near)}?" if near else "look up the columns in tags.yaml",
        target=text,
    )


def nearest(name: str, known: Sequence[str], most: int = 2) -> list[str]:
    """The known names most like a name, best first: one that contains it, one that is spelt alike, one that ends so."""
    head, _, last = name.casefold().rpartition(".")
    parts = [(item, *item.casefold().rpartition(".")[::2]) for item in known]
    inside = [item for item, other, end in parts if other == head and last and end and (last in end or end in last)]
    folded = {item.casefold(): item for item in reversed(known)}
    alike = difflib.get_close_matches(name.casefold(), list(folded), n=most, cutoff=0.5)
    close = [folded[item] for item in alike if difflib.SequenceMatcher(None, item, name.casefold()).ratio() > 0.9]  # noqa: PLR2004
    ends = [item for item, _, end in parts if end == last]
    return list(dict.fromkeys([*close, *inside, *(folded[item] for item in alike), *ends]))[:most]
