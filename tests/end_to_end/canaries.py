"""Values that occur nowhere else, and a search for them in every form in which they could be written."""

import base64
import html
import io
import json
import re
import sqlite3
import zlib
from collections.abc import Iterator
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
    "text": re.compile(rb"q(\x00)?z(\x00)?x(\x00)?(note|name|mail|label|host|n\x00o|l\x00a|m\x00a)", re.IGNORECASE),
    "long integer": re.compile(rb"7,?714,?289|7 714 289"),
    "phone": re.compile(rb"\+49[ -]?7714"),
    "decimal": re.compile(rb"618,?273[.,]|618,?27[234](?!\d)"),
    "moment": re.compile(rb"1967-\d\d|1967/\d\d|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) 1967"),
}
"""Every value of a private column of the test data contains one of these, whatever statistic is computed from it."""
LATE = re.compile(rb"qzylate", re.IGNORECASE)


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


def contents(state: Path, excepted: tuple[str, ...] = EXCEPTED) -> Iterator[tuple[str, bytes]]:
    """Yield everything stored under the state directory except the excluded snapshots, in readable form."""
    passed_over = {path for pattern in excepted for path in state.glob(pattern)}
    for file in sorted(state.rglob("*")):
        if not file.is_file() or not passed_over.isdisjoint(file.parents):
            continue
        name, content = str(file.relative_to(state)), file.read_bytes()
        yield name, content
        if file.suffix == ".parquet":
            yield name, _of_table(content)
        elif file.suffix == ".npz":
            yield name, _of_arrays(content)
        elif content.startswith(b"SQLite format 3"):
            yield from ((f"{name}:{table}", text) for table, text in _of_database(file))


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
    patterns = {"late text": LATE} if late else PATTERNS
    written = [] if late else [form for value in NOTES + LABELS for form in forms(value)]
    found = []
    for name, content in contents(state):
        if re.search(skip, name):
            continue
        for kind, pattern in patterns.items():
            match = pattern.search(content)
            if match:
                around = content[max(0, match.start() - 90) : match.end() + 60]
                found.append(f"{name}: {kind}: {around!r}")
        found += [f"{name}: {form!r}" for form in written if form in content]
    return found
