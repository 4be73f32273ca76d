"""A writer of small .xls workbooks, as no library that writes them is installed."""

import struct
from typing import Any, Final

_SECTOR: Final = 512
_END, _FAT, _FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_ERRORS: Final = {"#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#NUM!": 0x24, "#N/A": 0x2A}


def old_workbook(sheets: dict[str, list[list[Any]]], *, starts_1904: bool = False) -> bytes:
    """Return an .xls file. A tuple (number, format) is a number with that format; `#N/A` and the like are errors."""
    formats: list[str] = []
    bodies = []
    for rows in sheets.values():
        cells = b"".join(
            _cell(row, column, value, formats) for row, line in enumerate(rows) for column, value in enumerate(line)
        )
        bodies.append(_begin(0x10) + _size(rows) + cells + _record(0x000A))
    start = _begin(0x05)
    start += _record(0x0022, struct.pack("<H", starts_1904))
    for number, code in enumerate(formats):
        start += _record(0x041E, struct.pack("<H", 164 + number) + _text(code))
    for number in (0, *range(164, 164 + len(formats))):
        start += _record(0x00E0, struct.pack("<HH16x", 0, number))
    size = len(start) + sum(4 + 8 + 2 * len(name) for name in sheets) + 4
    listed = b""
    for name, body in zip(sheets, bodies, strict=True):
        listed += _record(0x0085, struct.pack("<IHBB", size, 0, len(name), 1) + name.encode("utf-16-le"))
        size += len(body)
    return _compound(start + listed + _record(0x000A) + b"".join(bodies))


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 6))


def _size(rows: list[list[Any]]) -> bytes:
    return _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows), default=0), 0))


def _cell(row: int, column: int, value: Any, formats: list[str]) -> bytes:
    style = 0
    if isinstance(value, tuple):
        value, code = value
        if code not in formats:
            formats.append(code)
        style = 1 + formats.index(code)
    place = struct.pack("<HHH", row, column, style)
    if value is None:
        return b""
    if isinstance(value, bool):
        return _record(0x0205, place + struct.pack("<BB", value, 0))
    if isinstance(value, int | float):
        return _record(0x0203, place + struct.pack("<d", value))
    if value in _ERRORS:
        return _record(0x0205, place + struct.pack("<BB", _ERRORS[value], 1))
    return _record(0x0204, place + _text(value))


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _compound(stream: bytes) -> bytes:
    """Return a compound file with the stream `Workbook`, which is long enough not to be a short stream."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % _SECTOR)
    count = len(stream) // _SECTOR
    chain = [_FAT, _END, *range(3, 2 + count), _END]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(_SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<I", 0).ljust(_SECTOR - len(header), b"\xff")
    entries = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, 2, len(stream))
    entries += b"".join(_entry("", 0, 0, 0) for _ in range(2))
    return header + fat + entries + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    label = (name + "\0").encode("utf-16-le") if name else b""
    links = struct.pack("<III", _FREE, _FREE, child)
    content = struct.pack("<HBB", len(label), kind, 1) + links + bytes(36) + struct.pack("<IQ", start, size)
    return label.ljust(64, b"\0") + content
