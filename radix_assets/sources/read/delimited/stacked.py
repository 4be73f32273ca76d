"""Tables that stand one below the other in one text file, each with a header of its own."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from radix_assets.sources.read.delimited.choose import choose
from radix_assets.sources.read.delimited.grammar import Parser, Record
from radix_assets.sources.read.delimited.header import is_header
from radix_assets.sources.read.delimited.header_lines import NOT_YET, TYPED
from radix_assets.sources.read.delimited.notes import is_sentence
from radix_assets.sources.read.delimited.preamble import below_preamble, is_label
from radix_assets.sources.read.delimited.shapes import Shape, column_shapes, shape_of
from radix_assets.sources.read.delimited.source import decode, encode, take_sample
from radix_assets.sources.read.delimited.words import is_known

_MOST: Final = 1 << 23
"""Bytes of a file that is searched: reports with several tables are small."""
_MOST_TABLES: Final = 200
_EMPTY: Final = b" \t,;|\"'"
_OTHERS: Final = bytes(byte for byte in range(256) if byte not in b"0123456789\n")
_WORDS_ONLY: Final = re.compile(rb"^[^0-9\n]++$", re.MULTILINE)
_MOST_WORDS: Final = 0.05
_LEAST_LINES: Final = 6
_BODY, _TITLES = 300, 3
_MOSTLY: Final = 0.9
_PAIR, _LEAST_PAIRS = 2, 3


@dataclass(frozen=True)
class Section:
    """The lines of one table in a file, with the titles above its header and the notes below its rows."""

    first: int
    """Its first line, from 1."""
    last: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    """What a run of records without a blank line between them begins with."""

    names: tuple[str, ...]
    shapes: Sequence[Shape]
    is_contrast: bool
    """Whether its header has words above columns of numbers or dates."""

    @property
    def typed(self) -> list[int]:
        return [index for index, shape in enumerate(self.shapes) if shape in TYPED]


def find_sections(path: Path, delimiter: str | None = None) -> list[Section]:
    """Return the tables that stand one below the other in a UTF-8 file; empty if it is one table, as nearly all are.

    Another table begins with a header of its own that is no row of the table above it: behind a blank line, or words in
    every column in which the rows above and below have numbers or dates. A header that is repeated begins no table.
    """
    if path.stat().st_size > _MOST or delimiter == "":
        return []
    raw = path.read_bytes()
    if not _may_be_several(raw):
        return []
    sample = take_sample(path)
    choice = choose(sample.pieces, sample.newline, delimiter=delimiter or sample.separator)
    if choice.width < _PAIR or choice.grammar.edges:
        return []
    parser = Parser(choice.grammar, sample.newline)
    records = [record for record, _ in parser.records(decode(raw[: sample.end]))]
    starts = _starts(records)
    if not 1 < len(starts) <= _MOST_TABLES:
        return []
    firsts = [1, *(line for line, _ in starts[1:])]
    lasts = [
        *(line - 1 for line in firsts[1:]),
        max(record.line + record.lines - 1 for record in records if not record.blank),
    ]
    return [Section(first, last, names) for first, last, (_, names) in zip(firsts, lasts, starts, strict=True)]


def keep_section(path: Path, section: Section) -> None:
    """Rewrite a UTF-8 file so that only the lines of a section are left, under the numbers that they had."""
    newline = take_sample(path).newline
    lines = decode(path.read_bytes()).split(newline)
    rest = newline.join(lines[section.first - 1 : section.last])
    path.write_bytes(encode(newline * (section.first - 1) + rest.rstrip("\r\n") + newline))


def lines_of(path: Path, section: Section) -> list[tuple[int, str]]:
    """Return the lines of a section that are not blank, with their numbers."""
    lines = decode(path.read_bytes()).split(take_sample(path).newline)
    numbered = enumerate(lines[section.first - 1 : section.last], start=section.first)
    return [(number, line.rstrip("\r")) for number, line in numbered if line.strip(" \t,;|\r")]


def _may_be_several(raw: bytes) -> bool:
    """Return whether a file has a blank line between others, or a few lines without a digit below lines with some."""
    text = raw if b"\n" in raw else raw.replace(b"\r", b"\n")
    text = text.translate(None, b"\r").strip(b"\n" + _EMPTY)
    if b"\n\n" in text or (
        any(b"\n" + bytes([mark]) in text for mark in _EMPTY) and b"\n\n" in text.translate(None, _EMPTY)
    ):
        return True
    lines = text.count(b"\n")
    digits = text.translate(None, _OTHERS)
    number = digits.count(b"\n\n")
    if lines < _LEAST_LINES or not 0 < number <= max(_TITLES + 2, _MOST_WORDS * lines):
        return False
    last = max((hit.start() for hit in _WORDS_ONLY.finditer(text)), default=0)
    return text.count(b"\n", 0, last) > _TITLES


def _starts(records: Sequence[Record]) -> list[tuple[int, tuple[str, ...]]]:
    """Return the line at which each table begins, its titles included, with its names."""
    starts: list[tuple[int, tuple[str, ...]]] = []
    above: _Table | None = None
    for blank, run in groupby(records, key=lambda record: record.blank):
        if blank:
            continue
        block = list(run)
        place = _below_preamble(block) if above is None else 0
        while place < len(block) - 1:
            titles = _titles(block[place:]) if not place else 0
            table = _table(block[place + titles :], is_first=above is None)
            if table is None or (above is not None and not _is_another(table, above, apart=not place)):
                pass
            elif not any(table.names == names for _, names in starts):
                starts.append((block[place].line, table.names))
                above = table
            following = None if above is None else _words_among(block, place + titles + 1, above)
            if following is None:
                break
            place = following
    return starts


def _below_preamble(block: Sequence[Record]) -> int:
    widths = Counter(len(record.cells) for record in block)
    width = max(widths, key=lambda item: (widths[item], item))
    return (below_preamble(block, range(len(block)), width) if width > 1 else None) or 0


def _titles(block: Sequence[Record]) -> int:
    """Return how many of the first records are titles: one cell above records of several."""
    number = 0
    while number < min(_TITLES, len(block) - 2) and len(_trimmed(block[number].cells)) == 1:
        number += 1
    return number


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Return stripped cells without the blank ones at the end."""
    texts = [cell.strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _table(block: Sequence[Record], *, is_first: bool) -> _Table | None:
    """Return the table that records are, the first of them its header; None if they hardly are one."""
    names = _trimmed(block[0].cells)
    width = len(names)
    if width < _PAIR or not all(names[1:]) or is_sentence(block[0].cells) or len(set(names)) < width:
        return None
    rows = [_trimmed(record.cells) for record in block[1 : _BODY + 1]]
    fitting = [row + [""] * (width - len(row)) for row in rows if len(row) <= width]
    full = sum(len(row) == width for row in rows)
    ragged = len(fitting) < _MOSTLY * len(rows) or full * 2 < len(rows) or not full
    if ragged or any(name.casefold() in NOT_YET for name in names):
        return None
    shapes = column_shapes(fitting, width)
    named, confidence, _ = is_header(names, fitting, shapes, width)
    contrast = [index for index, shape in enumerate(shapes) if shape in TYPED and shape_of(names[index]) == "words"]
    if not named or (len(rows) < 2 and len(contrast) < 2):  # noqa: PLR2004
        return None
    paired = width > _PAIR or _is_table_of_pairs(names, fitting, shapes, is_first=is_first)
    certain = contrast or confidence >= _MOSTLY or sum(map(is_known, names)) >= _PAIR
    return _Table(tuple(names), shapes, bool(contrast)) if paired and certain else None


def _is_table_of_pairs(
    names: Sequence[str], rows: Sequence[Sequence[str]], shapes: Sequence[Shape], *, is_first: bool
) -> bool:
    """Return whether rows of two cells are a table rather than things with their values, as above a table."""
    if len(rows) < _LEAST_PAIRS or any(is_label(row[0]) for row in rows):
        return False
    return shapes[0] in TYPED or all(map(is_known, names)) or not is_first


def _is_another(table: _Table, above: _Table, *, apart: bool) -> bool:
    """Return whether the header of a table is no row of the table above it.

    `apart` says that a blank line is between them.
    """
    if table.names == above.names:
        return False
    at = [index for index in above.typed if index < len(table.names)]
    words = [index for index in at if shape_of(table.names[index]) == "words"]
    if not apart:
        return len(words) == len(at) > 0 and bool(table.typed) and (len(at) > 1 or len(table.typed) > 1)
    if table.is_contrast:
        return bool(words) or len(table.names) != len(above.names)
    if len(table.names) != len(above.names) or (at and len(words) == len(at)):
        return True
    return all(map(is_known, table.names))


def _words_among(block: Sequence[Record], start: int, above: _Table) -> int | None:
    """Return the next record of a run that has words in all columns in which the rows of a table have other values."""
    typed, width = above.typed, len(above.names)
    if len(typed) < 1 or width < _PAIR:
        return None
    for place in range(start, len(block) - 2):
        cells = block[place].cells
        if any(mark in cells[typed[0]] for mark in "0123456789") if typed[0] < len(cells) else False:
            continue  # nearly always
        names = _trimmed(cells)
        if len(names) >= _PAIR and all(shape_of(names[index]) == "words" for index in typed if index < len(names)):
            return place
    return None
