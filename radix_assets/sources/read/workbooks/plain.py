"""The fast way for large sheets of .xlsx workbooks that hold nothing but plain cells.

Python objects are made only of the first and last rows, from which header and notes are found; the rows between are
read column by column. Whether a sheet is plain is decided by one pass over its XML, and what was read is compared
with the rows that were read cell by cell; a sheet that is not plain is read that way as a whole.
"""

import io
import re
import warnings
import zipfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import IO, Final

import polars as pl

from radix_assets.sources.read.workbooks.marks import MOST_CELLS, column_number
from radix_assets.sources.read.workbooks.package import Package

_HEAD, _TAIL = 120, 80
_BEGIN: Final = b"<row "
_CHUNK = 1 << 21
_LONGEST: Final = 1 << 25
"""Bytes of XML without the begin of a row beyond which a sheet is not plain: it is padded."""
_MARKS: Final = (b't="e"', b't="d"', b"<mergeCell ", b"<!DOCTYPE")
_LONG: Final = re.compile(rb"<v>-?\d{16}")
_POWER: Final = re.compile(rb"<v>-?[\d.]+[eE]\+?(?:1[5-9]|[2-9]\d)")
_FORMULA: Final = re.compile(rb"(?:</f>|<f\b[^>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_HIDDEN: Final = re.compile(rb'<row [^>]*hidden="(?:1|true)"')
_ROW: Final = re.compile(rb'<row r="(\d+)"')
_WIDE: Final = re.compile(rb'<c r="[A-Z]{2,3}\d')
_LETTERS: Final = re.compile(rb'<c r="([A-Z]{1,3})\d')
_ONE_LETTER = 26


@dataclass
class PlainSheet:
    """What a pass over the XML of a plain sheet gives."""

    texts: int = 0
    """Cells of text."""
    truths: int = 0
    """Cells of truth values."""
    bottom: int = 0
    """The last row, from 1."""
    right: int = _ONE_LETTER
    """The number of columns, or more."""
    hidden_rows: int = 0
    parted: int = 0
    """The last row of the head."""
    head: list[bytes] = field(default_factory=list)
    tail: list[bytes] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """By how many rows the tail is moved up in the excerpt, to two rows below the head."""
        return _row_of(self.tail[0]) - self.parted - 2


def _row_of(row: bytes) -> int:
    number = _ROW.match(row)
    return int(number[1]) if number else 0


def scan_plain(package: Package, sheet: str) -> PlainSheet | None:
    """Return what a pass over a sheet gives; None if it has cells that must be read one by one."""
    part = package.sheets.get(sheet)
    if part is None:
        return None
    styles = b"|".join(b' s="%d"' % style for style in package.padded)
    padded = re.compile(styles) if styles else None
    result = PlainSheet()
    last: deque[bytes] = deque(maxlen=2)
    with zipfile.ZipFile(package.path) as archive, archive.open(part) as file:
        for block in _blocks(file):
            if len(block) > _LONGEST:
                return None
            if _is_special(block, recalculated=package.recalculated) or (padded and padded.search(block)):
                return None
            result.texts += block.count(b't="s"') + block.count(b't="str"') + block.count(b't="inlineStr"')
            result.truths += block.count(b't="b"')
            if b"hidden=" in block:
                result.hidden_rows += len(_HIDDEN.findall(block))
            if not _add_rows(result, block):
                return None
            last.append(block)
    rows = [row for row in _split(b"".join(last)) if _row_of(row) > result.parted]
    result.tail = rows[-_TAIL:]
    return result if len(result.tail) == _TAIL else None


def _is_special(block: bytes, *, recalculated: bool) -> bool:
    """Return whether a piece has a cell whose value in the XML is not all that is to be known of it."""
    if any(mark in block for mark in _MARKS) or _LONG.search(block):
        return True
    if (b"E+" in block or b"e+" in block) and _POWER.search(block):
        return True
    if b"<f" in block and (recalculated or _FORMULA.search(block)):
        return True
    return block.count(b"<c ") != block.count(b'<c r="')


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the XML of a sheet in pieces that begin with a row, but for the first; stop behind one that is too long."""
    rest, searched = bytearray(), 1
    while chunk := file.read(_CHUNK):
        rest += chunk
        # Only what is new is searched, since rows may be far apart; the begin of a row may be divided.
        cut = rest.rfind(_BEGIN, searched)
        if cut > 0:
            yield bytes(rest[:cut])
            del rest[:cut]
        searched = max(1, len(rest) - len(_BEGIN) + 1)
        if len(rest) > _LONGEST:
            break
    yield bytes(rest)


def _add_rows(result: PlainSheet, block: bytes) -> bool:
    """Take note of the rows in a piece. Return whether all are numbered, one after the other, and fit into memory."""
    numbers = [int(number) for number in _ROW.findall(block)]
    if len(numbers) != block.count(b"<row "):
        return False
    if not all(left < right for left, right in pairwise([result.bottom, *numbers])):
        return False
    result.bottom = numbers[-1] if numbers else result.bottom
    if len(result.head) < _HEAD:
        result.head = [*result.head, *_split(block)][:_HEAD]
        result.parted = _row_of(result.head[-1]) if result.head else 0
    if _WIDE.search(block):
        for row in block.split(b"</row>"):
            letters = _LETTERS.match(row, max(0, row.rfind(b"<c r=")))
            if letters:
                result.right = max(result.right, column_number(letters[1].decode()) + 1)
    return result.bottom * result.right <= MOST_CELLS


def _split(block: bytes) -> list[bytes]:
    """Return the rows in a piece that hold cells."""
    rows = (b"<row " + row for row in block.split(b"<row ")[1:])
    return [row[: row.rfind(b"</row>") + 6] for row in rows if b"</row>" in row]


def excerpt(package: Package, sheet: str, plain: PlainSheet) -> io.BytesIO:
    """Return a workbook with the first and last rows of a sheet, the last ones moved up."""
    part = package.sheets[sheet]
    buffer = io.BytesIO()
    with zipfile.ZipFile(package.path) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as new:
        with old.open(part) as file:
            begin = file.read(1 << 16)
        begin = begin[: begin.find(b"<row ")]
        tail = [_moved(row, plain.moved) for row in plain.tail]
        for info in old.infolist():
            if info.filename == part:
                new.writestr(info.filename, begin + b"".join((*plain.head, *tail)) + b"</sheetData></worksheet>")
            elif info.filename.endswith((".xml", ".rels")) and "/worksheets/" not in info.filename:
                new.writestr(info.filename, old.read(info.filename))
    buffer.seek(0)
    return buffer


def _moved(row: bytes, by: int) -> bytes:
    number = _row_of(row)
    return re.sub(rb'((?:<row|<c) r="[A-Z]{0,3})%d"' % number, rb'\g<1>%d"' % (number - by), row)


def load_columns(path: str, sheet: str, first: int, last: int) -> pl.DataFrame:
    """Return the rows of a plain sheet, numbered from 1, as columns of the types that they hold."""
    import fastexcel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of cells that are read as text
        loaded = fastexcel.read_excel(path).load_sheet(
            sheet, header_row=None, skip_rows=first - 1, n_rows=last - first + 1, schema_sample_rows=None
        )
        frame: pl.DataFrame = loaded.to_polars()
    return frame
