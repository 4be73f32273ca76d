"""Check compound files, of which .xls workbooks are, before a native reader opens them.

A chain of sectors that leads back to itself, a cell far outside of a sheet or a wrong number of texts would make it ask
for more memory than there is, which ends the process.
"""

import struct
from array import array
from pathlib import Path
from typing import Final

from radix_assets.sources.read.place import Place
from radix_resources.errors import SourceError

_HEADER: Final = 512
_ENTRY: Final = 128
_SPECIAL: Final = 0xFFFFFFFA
"""The least number that is no sector."""
_IN_HEADER: Final = 109
"""Sectors of the allocation table that the header names."""
_STREAM, _ROOT = 2, 5
_SHORT: Final = 4096
_CELLS: Final = frozenset({
    *(0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x00BD, 0x00BE, 0x00D6),
    *(0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x0206, 0x027E, 0x0406),
})  # fmt: skip
"""Records that begin with the row and the column of a cell."""
_DIMENSIONS, _TEXTS = 0x0200, 0x00FC
_ROWS, _COLUMNS = 65_536, 256


def check_xls(path: Path, place: Place) -> None:
    """Raise SourceError RDX-SRC-005 if an .xls workbook is damaged so that reading it would not end."""
    try:
        _check_records(_Compound(path.read_bytes()).workbook())
    except (ValueError, IndexError, struct.error):
        raise SourceError(
            "RDX-SRC-005",
            "the workbook is damaged: its parts lead to each other, or a cell lies outside of its sheet",
            expected="a complete .xls workbook",
            hint="open it with a spreadsheet program, and save it as .xlsx",
            **place.context(),
        ) from None


class _Compound:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._sector = 1 << struct.unpack_from("<H", content, 30)[0]
        if self._sector not in {512, 4096}:
            raise ValueError("no size of a sector")
        self._table = self._numbers(self._table_sectors())
        short_start, short_count = struct.unpack_from("<II", content, 60)
        self._short_table = self._numbers(self._chain(short_start)) if short_count else array("I")

    def workbook(self) -> bytes:
        """Return the stream of the workbook, after all chains have been followed; empty if there is none."""
        directory = self._stream(struct.unpack_from("<I", self._content, 48)[0])
        result = b""
        for place in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", directory, place + 64)
            start, size = struct.unpack_from("<II", directory, place + 116)
            if kind == _STREAM and size < _SHORT:
                _follow(start, self._short_table)
            elif kind in {_STREAM, _ROOT}:
                chain = self._chain(start)
                name = directory[place : place + max(length - 2, 0)].decode("utf-16-le", "replace").lower()
                if name in {"workbook", "book"}:
                    result = self._joined(chain)[:size]
        return result

    def _table_sectors(self) -> list[int]:
        sectors = list(struct.unpack_from(f"<{_IN_HEADER}I", self._content, 76))
        following, seen = struct.unpack_from("<I", self._content, 68)[0], set[int]()
        while following < _SPECIAL:
            if following in seen:
                raise ValueError("a chain that does not end")
            seen.add(following)
            *more, following = self._numbers([following])
            sectors += more
        return [sector for sector in sectors if sector < _SPECIAL]

    def _numbers(self, sectors: list[int]) -> "array[int]":
        content = self._joined(sectors)
        return array("I", struct.unpack_from(f"<{len(content) // 4}I", content))

    def _joined(self, sectors: list[int]) -> bytes:
        size = self._sector
        return b"".join(self._content[(sector + 1) * size : (sector + 2) * size] for sector in sectors)

    def _chain(self, start: int) -> list[int]:
        return _follow(start, self._table)

    def _stream(self, start: int) -> bytes:
        return self._joined(self._chain(start))


def _follow(start: int, table: "array[int]") -> list[int]:
    chain: list[int] = []
    while start < _SPECIAL:
        chain.append(start)
        if len(chain) > len(table):
            raise ValueError("a chain that does not end")
        start = table[start]
    return chain


def _check_records(stream: bytes) -> None:
    place, end = 0, len(stream)
    header = struct.Struct("<HH")
    while place + 8 <= end:
        kind, size = header.unpack_from(stream, place)
        if kind in _CELLS:
            if size >= 4 and header.unpack_from(stream, place + 4)[1] >= _COLUMNS:  # noqa: PLR2004 row and column
                raise ValueError("a cell outside of the sheet")
        elif kind == _DIMENSIONS and size >= 12:  # noqa: PLR2004 rows as 32 bits, as of the format of 1997
            _, rows, _, columns = struct.unpack_from("<IIHH", stream, place + 4)
            if rows > _ROWS or columns > _COLUMNS:
                raise ValueError("a sheet that is too large")
        elif kind == _TEXTS and size >= 8 and struct.unpack_from("<I", stream, place + 8)[0] > end:  # noqa: PLR2004
            raise ValueError("more texts than bytes")
        place += 4 + size
