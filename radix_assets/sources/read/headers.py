"""The columns of files before they are read, from the beginning of the first file."""

import tempfile
import zlib
from pathlib import Path

import polars as pl

from radix_assets.sources.read.dialect import detect, unique_names
from radix_assets.sources.read.encoding import to_utf8
from radix_assets.sources.read.files import Place, find, kind_of
from radix_assets.sources.read.settings import FileSettings
from radix_resources.errors import RadixError

_HEAD = 1 << 18


def read_header(source: FileSettings, folder: Path) -> list[str] | None:
    """Return the columns of a table; None if they are unknown, or finding them requires reading all of it."""
    try:
        file = find(source, folder)[0]
        match kind_of(file, Place(source.table, file.name)):
            case "parquet":
                names = list(pl.read_parquet_schema(file))
                return unique_names(names, len(names))
            case "text":
                return _header_of_text(source, file)
            case "workbook":
                return None
    except (RadixError, OSError, EOFError, zlib.error, pl.exceptions.PolarsError):
        return None


def _header_of_text(source: FileSettings, file: Path) -> list[str] | None:
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
    if head.startswith(b"\x1f\x8b"):
        head = zlib.decompressobj(wbits=31).decompress(head, _HEAD)
    if len(head) == _HEAD and b"\x00" not in head:  # whole lines, since the last character could be cut in two
        head = head[: head.rfind(b"\n") + 1] or head
    with tempfile.TemporaryDirectory() as scratch:
        raw, text = Path(scratch, "raw"), Path(scratch, "text")
        raw.write_bytes(head)
        to_utf8(raw, text, source.encoding, Place(source.table, file.name))
        dialect = detect(text, source.delimiter)
    return unique_names(dialect.header, dialect.width) if dialect and dialect.header else None
