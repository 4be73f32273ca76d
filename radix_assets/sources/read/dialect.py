"""The layout of a text file: delimiter, header and quotes."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

_HEAD_RECORDS = 300
_HEAD_CHARACTERS = 1 << 20
_DELIMITERS = [",", ";", "\t", "|"]
_ALIKE = 0.9
ONE_COLUMN = "\x1f"
"""The delimiter of a file with one column: a character that does not occur in text."""
_CHUNK = 1 << 24
_LEAST_BELOW = 5
_LIKE_DATA = 0.6
"""Share of the cells of a first record that must be like those below it for it to be data rather than a header."""
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_QUOTE, _LINE_FEED, _RETURN = 34, 10, 13


@dataclass(frozen=True)
class Dialect:
    """The layout of one text file."""

    delimiter: str
    header: list[str]
    """The names as in the file; empty if it has no header."""
    width: int
    """The number of columns of the header, or of the longest of the first records."""
    skip: int
    """Records before the first row of data, blank ones included."""
    alike: float
    """Share of the first records that have as many cells as the header."""
    trimmed: bool
    """Whether delimiters are followed by a space that is not part of the value, also before quotes."""


def detect(path: Path, delimiter: str | None) -> Dialect | None:
    """Detect the layout of a UTF-8 file from its first records; None if it holds only blank lines."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        head = file.read(_HEAD_CHARACTERS)
    delimiter = delimiter or _delimiter(head)
    trimmed = bool(re.search(rf"{re.escape(delimiter)} +\"", head)) and f'{delimiter}"' not in head
    records = list(_records(head, delimiter, trimmed=trimmed))
    first = next((number for number, record in enumerate(records) if any(cell.strip() for cell in record)), None)
    if first is None:
        return None
    record = records[first]
    headless = _is_data(record) or _is_like_data(record, records[first + 1 :])
    filled = [record for record in records if any(record)]
    longest = max(len(record) for record in records)
    return Dialect(
        delimiter=delimiter,
        header=[] if headless else [cell.strip() for cell in record],
        width=longest if headless else len(record),
        skip=first if headless else first + 1,
        alike=sum(len(record) == len(records[first]) for record in filled) / len(filled),
        trimmed=trimmed,
    )


def _records(head: str, delimiter: str, *, trimmed: bool = False) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, skipinitialspace=trimmed)
    try:
        for _, record in zip(range(_HEAD_RECORDS), reader, strict=False):
            yield record
    except csv.Error:
        return


def _delimiter(head: str) -> str:
    """Return the delimiter that gives most records the same number of cells; the header weighs as much as the rest."""
    complete = head if len(head) < _HEAD_CHARACTERS else head[: head.rfind("\n") + 1]

    def merit(delimiter: str) -> tuple[float, int]:
        widths = [len(record) for record in _records(complete, delimiter) if record]
        if not widths or widths[0] < 2:  # noqa: PLR2004 one cell: the delimiter is not in the header
            return (0.0, 0)
        return (sum(width == widths[0] for width in widths) / len(widths), widths[0])

    best = max(_DELIMITERS, key=merit)
    return best if merit(best) > (0.0, 0) else _in_data(complete)


def _in_data(head: str) -> str:
    """Return the delimiter of a file whose header has one cell: that of equally wide rows below it, else one column."""
    for mark in _DELIMITERS:
        widths = Counter(len(record) for record in _records(head, mark) if record)
        width, number = max(widths.items(), key=lambda item: item[1], default=(1, 0))
        if width > 1 and number >= _ALIKE * (sum(widths.values()) - 1):
            return mark
    return ONE_COLUMN


def _is_data(record: list[str]) -> bool:
    """Return whether a first record holds numbers only, so that the file has no header.

    Running numbers and years do name columns: whole numbers that rise from cell to cell are a header.
    """
    cells = [cell.strip() for cell in record]
    if not all(_NUMBER.fullmatch(cell) for cell in cells):
        return False
    rising = all(cell.isdigit() for cell in cells) and all(int(left) < int(right) for left, right in pairwise(cells))
    return not rising


def _is_like_data(record: list[str], following: list[list[str]]) -> bool:
    """Return whether a first record is like those below it: numbers above numbers, words that occur again below.

    A name does not occur in its own column, but for a header that is repeated as a whole, or that pages repeat.
    """
    below = [other for other in following if len(other) == len(record) and other != record]
    if len(below) < _LEAST_BELOW:
        return False
    number = again = 0
    for cell, column in zip(record, zip(*below, strict=True), strict=True):
        value, others = cell.strip(), Counter(cell_below.strip() for cell_below in column)
        del others[""]
        if _NUMBER.fullmatch(value):
            number += sum(n for text, n in others.items() if _NUMBER.fullmatch(text)) >= _ALIKE * others.total() > 0
        else:
            again += bool(value) and others[value] > 1
    filled = sum(bool(cell.strip()) for cell in record)
    return again > 0 and number + again >= max(2, _LIKE_DATA * filled)


def unique_names(header: list[str], width: int) -> list[str]:
    """Return a name for each column: an empty one is named by its position, a repeated one gets a number."""
    names = [*header, *[""] * (width - len(header))]
    header_names = {name for name in names if name}
    used: set[str] = set()
    result = []
    for position, name in enumerate(names, start=1):
        base = name or f"column_{position}"
        candidate, number = base, 2
        while candidate in used or (candidate != name and candidate in header_names):
            candidate, number = f"{base}_{number}", number + 1
        used.add(candidate)
        result.append(candidate)
    return result


def is_regular(path: Path, delimiter: str) -> bool:
    """Return whether every quotation mark opens a cell, closes one or is doubled inside one, and all lines end alike.

    Where one does not (an inch mark, a mark behind a space, a carriage return alone) a fast reader may merge rows
    without an error.
    """
    breaks = np.array([ord(delimiter), _LINE_FEED, _RETURN, _QUOTE], dtype=np.uint8)
    inside = 0
    before = np.frombuffer(b"\n", dtype=np.uint8)
    with path.open("rb") as file:
        chunk = file.read(_CHUNK)
        while chunk:
            following = file.read(_CHUNK)
            if _RETURN in chunk:
                padded = np.frombuffer(chunk + (following[:1] or b"\n"), dtype=np.uint8)
                if (padded[np.flatnonzero(padded[:-1] == _RETURN) + 1] != _LINE_FEED).any():
                    return False
            if _QUOTE in chunk:
                padded = np.concatenate([before, np.frombuffer(chunk + (following[:1] or b"\n"), dtype=np.uint8)])
                at = np.flatnonzero(padded[1:-1] == _QUOTE) + 1
                opening = (np.arange(len(at)) + inside) % 2 == 0
                fits = np.isin(np.where(opening, padded[at - 1], padded[at + 1]), breaks)
                if not fits.all():
                    return False
                inside = (inside + len(at)) % 2
            before = np.frombuffer(chunk[-1:], dtype=np.uint8)
            chunk = following
    return inside == 0
