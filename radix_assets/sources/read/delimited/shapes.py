"""The shape of a cell's text: a number, a date or time, or words."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

Shape = Literal["", "number", "moment", "words"]

NUMBER = re.compile(
    r"(?:[-+(]?\s*[$€£¥]?\s*[-+]?(?:\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+|\d+)?(?:[.,]\d*)?(?:[eE][-+]?\d{1,3})?"
    r"\s*[%€$£]?\)?)(?<=[\d.,%€$£)])"
)
MOMENT = re.compile(
    r"(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[- ][A-Za-zÀ-ÿ]{3,9}\.?[- ,]+\d{2,4}|\d{4}-\d{2})"
    r"(?:[T ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp][Mm])?)?\s*(?:Z|UTC|[-+]\d\d:?\d\d)?"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp][Mm])?"
)
_DIGIT = re.compile(r"\d")
ABSENT = frozenset(
    {"na", "n/a", "#n/a", "<na>", "null", "none", "nan", "nat", "nil", "(null)", "?", "-", "--", ".", "\\n", "inf", "*"}
)
_MOSTLY = 0.9
_SHORT = 64
"""Characters of a cell whose shape is remembered."""


def shape_of(cell: str) -> Shape:
    """Return the shape of a cell; empty if it is blank or means that there is no value."""
    return _short_shape(cell) if len(cell) <= _SHORT else _shape(cell)


def _shape(cell: str) -> Shape:
    text = cell.strip()
    if not text or text.lower() in ABSENT or not text.strip("*"):
        return ""
    if not _DIGIT.search(text):
        return "words"
    if NUMBER.fullmatch(text):
        return "number"
    return "moment" if MOMENT.fullmatch(text) else "words"


# Every way in which a file may be divided asks for the shapes of nearly the same cells.
_short_shape = lru_cache(1 << 15)(_shape)


def column_shape(cells: Iterable[str]) -> tuple[Shape, float]:
    """Return the shape of most cells of a column that have a value, and their share."""
    shapes = [shape for cell in cells if (shape := shape_of(cell))]
    if not shapes:
        return "", 1.0
    most = max(sorted(set(shapes)), key=shapes.count)
    return most, shapes.count(most) / len(shapes)


def column_shapes(rows: Sequence[Sequence[str]], width: int) -> list[Shape]:
    """Return the shape of each column; words where there is no clear one."""
    shapes: list[Shape] = []
    for index in range(width):
        shape, share = column_shape(row[index] for row in rows if index < len(row))
        shapes.append(shape if share >= _MOSTLY else "words")
    return shapes


def typed_pattern(shape: Shape) -> re.Pattern[str]:
    """Return a pattern for the cells of a column of numbers or of moments; blanks meet it."""
    pattern = NUMBER if shape == "number" else MOMENT
    return re.compile(rf"(?:{pattern.pattern})?", pattern.flags)
