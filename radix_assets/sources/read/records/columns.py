"""Flatten records into columns, and settle the type of each from all of its values."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import polars as pl

from radix_assets.sources.read.records.decode import Number, Repeated
from radix_assets.sources.read.records.keys import is_unicode

_INT64: Final = 1 << 63
_EXACT: Final = 1 << 53
_DIGITS: Final = 38
_ALWAYS_EXACT: Final = 15
"""Digits that a binary fraction of 64 bits always holds."""
_DEEPEST: Final = 12
_FAMILY: Final = {
    "integer": "number", "whole": "number", "float": "number", "decimal": "number", "empty": "array",
    "list": "array", "records": "array", "moment": "text",
}  # fmt: skip
NUMERIC: Final = re.compile(r"[-+]?[\d., ]*\d")
MOMENT: Final = re.compile(
    r"\d{1,4}[-/.] ?(\d{1,2}|[A-Za-z]{3,9})[-/. ]|\d{1,2}\.? [A-Za-z]{3,9}\.?,? \d"
    r"|[A-Za-z]{3,9}\.?,? \d{1,2},? \d|\d{1,2}:\d\d"
)
"""Beginnings of dates and times."""
REPEATED: Final = "the object has this name again; the last value is read"
NOT_UNICODE: Final = "not Unicode text"
_BYTES: Final = re.compile("[\udc80-\udcff]")
"""What stands for a byte that is not UTF-8."""
_CONSTANTS: Final = {"NaN": "NaN", "Infinity": "inf", "-Infinity": "-inf"}


@dataclass
class Column:
    """One column of the records, as seen so far."""

    path: tuple[str, ...]
    index: int
    kinds: set[str] = field(default_factory=set)
    """text, moment (text that may be a date), boolean, integer (of 64 bits), whole (longer), float, decimal (that no
    float holds), empty (array), list, records (an array of objects)."""
    largest: int = 0
    """The largest absolute integer."""

    @property
    def name(self) -> str:
        """The names of the objects and of the field, joined by dots."""
        return ".".join(self.path).encode("utf-8", "backslashreplace").decode()

    @property
    def position(self) -> str:
        """The name of the staged text."""
        return f"r{self.index}"

    def note_integer(self, value: int) -> None:
        """Note the size of an integer."""
        size = abs(value)
        self.largest = max(self.largest, size)
        self.kinds.add("integer" if -_INT64 <= value < _INT64 else "whole")

    def settle(self) -> tuple[pl.Expr, bool, str]:  # noqa: PLR0911 one return for each type
        """Return the conversion of the text, whether its type is to be inferred, and the type in the source."""
        text, kinds = pl.col(self.position), self.kinds - {"records"}
        if kinds and kinds <= {"boolean", "integer", "whole", "float", "decimal"}:
            text = pl.when(text != "").then(text)  # an empty text among numbers is no value
        if kinds & {"list", "empty"}:
            return text, False, "array" if kinds <= {"list", "empty"} else " or ".join(sorted(kinds))
        if kinds == {"boolean"}:
            return text == "true", False, "boolean"
        if kinds == {"integer"}:
            return text.cast(pl.Int64), False, "integer"
        if kinds and kinds <= {"integer", "whole"}:
            fits = len(str(self.largest)) <= _DIGITS
            return (text.cast(pl.Decimal(_DIGITS, 0)) if fits else text), False, "integer"
        if "float" in kinds and kinds <= {"integer", "float"} and self.largest <= _EXACT:
            return text.cast(pl.Float64), False, "number"
        if kinds <= {"integer", "whole", "float", "decimal"}:
            return text, bool(kinds), "number"
        # What is written as text stays text, even if it looks like a number; but JSON has no other way to write dates.
        return text, kinds == {"moment"}, " or ".join(sorted({_FAMILY.get(kind, kind) for kind in kinds})) or "text"

    def is_mixed(self) -> bool:
        """Return whether values are of different types."""
        kinds = {_FAMILY.get(kind, kind) for kind in self.kinds}
        return len(kinds) > 1

    def is_child(self) -> bool:
        """Return whether all values are lists of records, which are a table of their own."""
        return "records" in self.kinds and self.kinds <= {"records", "empty"}


@dataclass
class Columns:
    """The columns of the records, in the order in which they appear."""

    by_path: dict[tuple[str, ...], Column] = field(default_factory=dict)
    set_aside: list[tuple[tuple[str, ...], str, str]] = field(default_factory=list)
    """Values of the last record that its row does not hold: path, text, reason."""

    def column(self, path: tuple[str, ...]) -> Column:
        """Return the column at a path; a new one if there is none."""
        column = self.by_path.get(path)
        if column is None:
            column = self.by_path[path] = Column(path, len(self.by_path))
        return column

    def flatten(self, record: Mapping[str, Any], row: dict[str, str], path: tuple[str, ...] = ()) -> None:
        """Add the values of a record to a row of texts by staged name."""
        if type(record) is Repeated:
            self.set_aside += [((*path, name), escaped(dump(value)), REPEATED) for name, value in record.lost]
        for name, value in record.items():
            inner = (*path, name)
            if isinstance(value, dict) and len(path) < _DEEPEST:
                self.flatten(value, row, inner)
                continue
            column = self.column(inner)
            if value is None:
                continue
            if isinstance(value, list) and any(isinstance(item, dict) for item in value):
                column.kinds.add("records")
                continue
            text = _text(value, column)
            if text.isprintable() or is_unicode(text):
                row[column.position] = text
            elif isinstance(value, list) and not _BYTES.search(text):
                row[column.position] = escaped(text)  # as JSON writes it
            else:
                self.set_aside.append((inner, escaped(text), NOT_UNICODE))


def escaped(text: str) -> str:
    """Return a text with bytes that are not UTF-8, and halves of a character, written as escapes."""
    if text.isprintable() or is_unicode(text):
        return text
    text = _BYTES.sub(lambda mark: f"\\x{ord(mark[0]) - 0xDC00:02x}", text)
    return text.encode("utf-8", "backslashreplace").decode()


def _text(value: Any, column: Column) -> str:
    if isinstance(value, bool):
        column.kinds.add("boolean")
        return "true" if value else "false"
    if isinstance(value, int):
        column.note_integer(value)
        return str(value)
    if isinstance(value, Number):
        column.kinds.add("float" if is_float(value) else "decimal")
        return _CONSTANTS.get(value, str(value))
    if isinstance(value, str):
        if value:
            column.kinds.add("moment" if MOMENT.match(value) and not NUMERIC.fullmatch(value) else "text")
        return value
    column.kinds.add("list" if value else "empty")
    return dump(value)


def is_float(text: Number) -> bool:
    """Return whether a binary fraction of 64 bits writes the same number."""
    if text in _CONSTANTS or (len(text) <= _ALWAYS_EXACT and "e" not in text.lower()):
        return True
    try:
        return Decimal(text) == Decimal(repr(float(text)))
    except InvalidOperation:
        return False


def dump(value: Any) -> str:
    """Return a nested value as JSON text, numbers as they were written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    if isinstance(value, dict):
        items = [*(value.lost if type(value) is Repeated else ()), *value.items()]
        return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{dump(item)}" for name, item in items) + "}"
    return json.dumps(value, ensure_ascii=False)
