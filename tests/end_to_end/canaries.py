"""Values that occur nowhere else, and a search for them in every form in which they could be written."""

import base64
import html
import io
import json
import re
import sqlite3
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote, quote_plus

import numpy as np
import polars as pl

EXCEPTED = ("store/snapshots/*/raw/*", "store/snapshots/*/features/*")
"""Folders that may contain private values: raw and feature snapshots, nothing else."""
NOTES = [
    'Qzxnote Zürich <b>"alt"</b> & {"k": [1]}',
    "Qzxnote back\\slash ^a.*$ (x|y)+",
    "Qzxnote zwei\nZeilen 'neu'",
    "Qzxnote ähnlich % $1 `x`",
]
LABELS = ["Qzxlabel bleibt ü<b>", 'Qzxlabel "zurück" \\n']
PATTERNS = {
    "text": (b"q", re.compile(rb"q(\x00)?z(\x00)?x(\x00)?(note|name|mail|label|host|n\x00o|l\x00a|m\x00a)")),
    "long integer": (b"714", re.compile(rb"7,?714,?289|7 714 289")),
    "phone": (b"+49", re.compile(rb"\+49[ -]?7714")),
    "decimal": (b"618", re.compile(rb"618,?273[.,]|618,?27[234](?!\d)")),
    "moment": (
        b"1967",
        re.compile(rb"1967-\d\d|1967/\d\d|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) 1967"),
    ),
}
"""Every value of a private column of the test data contains one of these, whatever statistic is computed from it.

Each is searched in lower case, and only if a part that all its forms contain occurs, which is much faster to look for.
"""
LATE = {"late text": (b"qzylate", re.compile(rb"qzylate"))}
SQLITE = b"SQLite format 3"


def forms(value: str) -> set[bytes]:
    """Return the forms of a text that files, pages and databases could contain."""
    escaped = json.dumps(value)[1:-1]
    texts = {
        value,
        escaped,
        json.dumps(value, ensure_ascii=False)[1:-1],
        json.dumps(escaped)[1:-1],
        html.escape(value),
        html.escape(value, quote=False),
        quote(value),
        quote_plus(value),
        repr(value)[1:-1],
        re.escape(value),
        value.encode("ascii", "xmlcharrefreplace").decode(),
    }
    found = {text.encode() for text in texts}
    found |= {value.encode("utf-16-le"), value.encode("utf-16-be"), value.encode("latin-1", "replace")}
    return found | {base64.b64encode(value.encode()).rstrip(b"="), value.encode().hex().encode()}


WRITTEN = sorted({form for value in NOTES + LABELS for form in forms(value)})


def contents(state: Path, excepted: tuple[str, ...] = EXCEPTED) -> Iterator[tuple[str, bytes]]:
    """Yield everything stored under the state directory except the excluded snapshots, in readable form."""
    for file in _files(state, excepted):
        for part, content in _parts(file):
            yield f"{file.relative_to(state)}{part}", content


def _files(state: Path, excepted: tuple[str, ...]) -> Iterator[Path]:
    passed_over = {path for pattern in excepted for path in state.glob(pattern)}
    return (file for file in sorted(state.rglob("*")) if file.is_file() and passed_over.isdisjoint(file.parents))


def _parts(file: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what a file contains, in readable form, each with a suffix for the name of the file."""
    content = file.read_bytes()
    yield "", content
    if file.suffix == ".parquet":
        yield "", _of_table(content)
    elif file.suffix == ".npz":
        yield "", _of_arrays(content)
    elif content.startswith(SQLITE):
        yield from ((f":{table}", text) for table, text in _of_database(file))


def _of_table(content: bytes) -> bytes:
    frame = pl.read_parquet(io.BytesIO(content))
    cells = (str(cell) for column in frame.get_columns() for cell in column.to_list())
    return "\n".join([*frame.columns, *cells]).encode()


def _of_arrays(content: bytes) -> bytes:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return "\n".join(np.array2string(file[name], threshold=10**9) for name in file.files).encode()


def _of_database(file: Path) -> Iterator[tuple[str, bytes]]:
    """Yield rows, since a text that spans pages is split in the file; decompress what is compressed."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            parts = []
            for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 a name from the database itself
                parts += [_unpacked(cell) if isinstance(cell, bytes) else str(cell).encode() for cell in row]
            yield table, b"\n".join(parts)
    finally:
        connection.close()


def _unpacked(cell: bytes) -> bytes:
    try:
        return zlib.decompress(cell)
    except zlib.error:
        return cell


def sightings(state: Path, *, skip: str = "$nothing^", late: bool = False) -> list[str]:
    """Return where private values occur: file, kind of value, and some of the surrounding text."""
    found = []
    for file in _files(state, EXCEPTED):
        name = str(file.relative_to(state))
        found += [f"{name}{part}: {what}" for part, what in _in_file(file, late) if not re.search(skip, name + part)]
    return found


def _in_file(file: Path, late: bool) -> list[tuple[str, str]]:  # noqa: FBT001 the key of a cache
    with file.open("rb") as opened:
        if opened.read(len(SQLITE)) == SQLITE:  # part of its content may be in another file
            return _search(file, late)
    stat = file.stat()
    return _in_unchanged_file(file, late, (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))


@cache
def _in_unchanged_file(file: Path, late: bool, state: tuple[int, ...]) -> list[tuple[str, str]]:  # noqa: FBT001
    return _search(file, late)


def _search(file: Path, late: bool) -> list[tuple[str, str]]:  # noqa: FBT001
    found = []
    for part, content in _parts(file):
        folded = content.lower()
        for kind, (needed, pattern) in (LATE if late else PATTERNS).items():
            match = pattern.search(folded) if needed in folded else None
            if match:
                around = content[max(0, match.start() - 90) : match.end() + 60]
                found.append((part, f"{kind}: {around!r}"))
        found += [] if late else [(part, f"{form!r}") for form in WRITTEN if form in content]
    return found
