"""The cells of a grid, and what kind of value each holds."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Kind = Literal["", "text", "null", "number", "boolean", "time", "error"]
"""Empty, text, a word for a missing value, number, truth value, date or time, and a cell that was set aside."""

TYPED: Final = frozenset({"number", "boolean", "time"})
_NULLS: Final = frozenset(
    {"na", "n/a", "n.a.", "nan", "null", "none", "nil", "-", "--", "---", "–", "—", ".", "..", "...", "?", "missing"}
    | {"not available", "no data", "tbd", "k.a.", "k. a.", "n.d."}
)
_FIRST_YEAR, _LAST_YEAR = 1800, 2200


@dataclass(frozen=True, slots=True)
class SetAside:
    """A cell whose value cannot be read."""

    text: str
    """The text in the source."""
    reason: str
    """Why, such as `#DIV/0!`."""


class Code(str):
    """A whole number that the source shows with leading zeros, as it is shown."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a grid that is not blank."""

    number: int
    """Its number in the grid, from 1."""
    cells: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Span:
    """A merged cell. Rows are numbered from 1, columns from 0; both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int


def kind_of_cell(cell: Any) -> Kind:
    """Return the kind of a value."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = cell.strip()
        return "" if not text else "null" if text.lower() in _NULLS else "text"
    if isinstance(cell, bool):
        return "boolean"
    if isinstance(cell, int | float):
        return "number"
    return "error" if isinstance(cell, SetAside) else "time"


def is_blank(cells: Sequence[Any]) -> bool:
    """Return whether no cell holds a value."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def is_period(cell: Any) -> bool:
    """Return whether a cell is a year or a date, which often heads a column."""
    if isinstance(cell, dt.datetime):
        return cell.time() == dt.time()
    if isinstance(cell, dt.date):
        return True
    return isinstance(cell, int | float) and float(cell).is_integer() and _FIRST_YEAR <= cell <= _LAST_YEAR


def text_of(cell: Any) -> str:  # noqa: PLR0911 a table of types
    """Return a cell as text: whole numbers without a fraction, dates and times in ISO form."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, SetAside):
        return cell.text
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e22 else repr(cell)  # noqa: PLR2004 beyond, a power
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


def name_of(cell: Any) -> str:
    """Return a cell of a header as a name, on one line."""
    if isinstance(cell, SetAside):
        return ""
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        cell = cell.date()
    return re.sub(r"\s+", " ", text_of(cell)).strip()
