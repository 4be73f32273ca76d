"""Recognize the format of a file by its first bytes; its name decides only between formats that look alike."""

import codecs
import json
from pathlib import Path
from typing import Final, Literal

from radix_assets.sources.read.archives import archive_of, is_workbook
from radix_assets.sources.read.compression import without_suffix
from radix_assets.sources.read.place import Place
from radix_resources.errors import SourceError

Kind = Literal["text", "parquet", "workbook", "arrow", "avro", "orc", "json", "archive"]

TEXT_SUFFIXES: Final = (".csv", ".tsv", ".txt", ".psv", ".tab", ".data", ".dat")
PARQUET_SUFFIXES: Final = (".parquet", ".parq", ".pq")
WORKBOOK_SUFFIXES: Final = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
ARROW_SUFFIXES: Final = (".feather", ".arrow", ".arrows", ".ipc")
JSON_SUFFIXES: Final = (".json", ".jsonl", ".ndjson", ".jl", ".geojson")
ARCHIVE_SUFFIXES: Final = (".zip", ".tar", ".tgz", ".tbz2", ".tbz", ".txz", ".tzst")
_KINDS: Final[tuple[tuple[tuple[str, ...], Kind], ...]] = (
    ((".csv", ".tsv", ".psv", ".tab"), "text"),
    (PARQUET_SUFFIXES, "parquet"),
    (WORKBOOK_SUFFIXES, "workbook"),
    (ARROW_SUFFIXES, "arrow"),
    (JSON_SUFFIXES, "json"),
    (ARCHIVE_SUFFIXES, "archive"),
    ((".avro",), "avro"),
    ((".orc",), "orc"),
)
_BINARY_SUFFIXES: Final = (*PARQUET_SUFFIXES, *WORKBOOK_SUFFIXES, *ARROW_SUFFIXES, *ARCHIVE_SUFFIXES, ".avro", ".orc")
_SUFFIXES: Final = (*TEXT_SUFFIXES, *JSON_SUFFIXES, *_BINARY_SUFFIXES)
READABLE: Final = (
    "CSV, TSV or other delimited text, JSON, Parquet, Arrow, Avro, ORC, an Excel or OpenDocument workbook, "
    "also compressed or in a ZIP or TAR archive"
)
"""The formats, for messages."""
_OLE: Final = b"\xd0\xcf\x11\xe0"
_HEAD = 1 << 16
_OTHERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "a SQLite database"),
    (b"%PDF", "a PDF document"),
    (b"\x89HDF", "an HDF5 file"),
    (b"PARE", "an encrypted Parquet file"),
    (b"\x1f\x9d", "a file packed by `compress`"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x7fELF", "a program"),
)


def is_readable(name: str) -> bool:
    """Return whether a file of this name has a format that can be read."""
    return without_suffix(name).lower().endswith(_SUFFIXES)


def format_of(path: Path, name: str, place: Place) -> Kind:
    """Return the format of an uncompressed file, by its content. `name` is its name in the source.

    Raise SourceError RDX-SRC-003 (no bytes at all) or RDX-SRC-005 (a format that is not read).
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise empty(place)
    kind = _by_magic(path, head)
    if kind:
        return kind
    other = next((words for magic, words in _OTHERS if head.startswith(magic)), "")
    if head[8:12] == b"DUCK":
        other = "a DuckDB database"
    if head[:4] == _OLE or head[:2] == b"PK":
        other = "a document or an archive that is broken or of an unsupported kind"
    lower = without_suffix(name).lower()
    text = _text(head)
    start = text.lstrip().lower()
    if start.startswith(("<!doctype html", "<html", "<?xml")) and not other:
        other = "a page of HTML" if "<html" in start[:2000] or start.startswith("<!doctype") else "an XML document"
    if other:
        raise SourceError(
            "RDX-SRC-005", f"the file is {other}", expected=READABLE, hint="convert it", **place.context()
        )
    if is_json(text, complete=len(head) < _HEAD) or (lower.endswith(JSON_SUFFIXES) and start[:1] in ("{", "[")):
        return "json"
    if lower.endswith((*_BINARY_SUFFIXES, *JSON_SUFFIXES)) and not _is_table(text):
        raise SourceError(
            "RDX-SRC-005",
            f"the name ends in {Path(lower).suffix}, but the content has another format",
            expected="a name that fits the content",
            hint="write the file again, or rename it",
            **place.context(),
        )
    return "text"


def named_kind(name: str) -> Kind | None:
    """Return the format that a file's name states; None if it states none, as .txt and .data do."""
    lower = without_suffix(name).lower()
    return next((kind for suffixes, kind in _KINDS if lower.endswith(suffixes)), None)


def empty(place: Place) -> SourceError:
    """Return the error for a file without bytes."""
    return SourceError(
        "RDX-SRC-003",
        "the file is empty: it has no bytes",
        expected="a header and rows",
        hint="write the file again, or leave it out",
        **place.context(),
    )


def _by_magic(path: Path, head: bytes) -> Kind | None:
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:6] == b"ARROW1" or head[:4] == b"FEA1" or _is_arrow_stream(head):
        return "arrow"
    if head[:4] == b"Obj\x01":
        return "avro"
    if head[:3] == b"ORC":
        return "orc"
    if head[:4] == _OLE or (head[:2] == b"PK" and is_workbook(path)):
        return "workbook"
    return "archive" if archive_of(path) else None


def _is_arrow_stream(head: bytes) -> bool:
    return head[:4] == b"\xff\xff\xff\xff" and 0 < int.from_bytes(head[4:8], "little") < 1 << 28


def _text(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return head.decode("utf-32", "replace")
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return head.decode("utf-16" if wide else "utf-8-sig", "replace")


def is_json(text: str, *, complete: bool) -> bool:
    """Return whether the beginning of a text is JSON: an object or an array, or one on each line."""
    start = text.lstrip()
    if start[:1] not in ("{", "["):
        return False
    try:
        _, end = json.JSONDecoder().raw_decode(start)
    except RecursionError:
        return True
    except ValueError as error:
        # Cut off by the end of what was looked at.
        if complete or not isinstance(error, json.JSONDecodeError):
            return False
        return error.msg.startswith("Unterminated string") or error.pos >= len(start) - 64
    return start[end:].lstrip(" \t,")[:1] in ("", "\r", "\n", "{")


def _is_table(text: str) -> bool:
    """Return whether a text looks like rows: the same separator in the first lines, and no control characters."""
    lines = text.splitlines()[:10]
    if len(lines) < 2 or "\ufffd" in text or "\0" in text:  # noqa: PLR2004 a header and a row
        return False
    return any(mark in lines[0] and mark in lines[1] for mark in ",;\t|")
