"""The columns of files before they are read, from the beginning of the first file."""

import tempfile
import zlib
from pathlib import Path

import polars as pl

from radix_assets.sources.read.delimited.pages import without_page_lines
from radix_assets.sources.read.delimited.ruled import without_rules
from radix_assets.sources.read.dialect import detect, unique_names
from radix_assets.sources.read.encoding import to_utf8
from radix_assets.sources.read.files import find, head_of_file, kind_of, partition_of
from radix_assets.sources.read.overrides import overrides_of
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.settings import FileSettings
from radix_resources.errors import RadixError

_HEAD = 1 << 18


def read_header(source: FileSettings, folder: Path) -> list[str] | None:
    """Return the columns of a table; None if they are unknown, or finding them requires reading all of it."""
    if source.part:
        return None
    try:
        file = find(source, folder)[0]
        partitions = list(partition_of(file, source.path))
        match kind_of(file, Place(source.table, file.name)):
            case "parquet":
                names = list(pl.read_parquet_schema(file))
            case "text":
                names = _header_of_text(source, file) or []
            case _:
                return None
    except (RadixError, OSError, EOFError, zlib.error, pl.exceptions.PolarsError):
        return None
    return unique_names([*names, *partitions], len(names) + len(partitions)) if names else None


def _header_of_text(source: FileSettings, file: Path) -> list[str] | None:
    place = Place(source.table, file.name)
    head = head_of_file(file, _HEAD, place)
    if len(head) == _HEAD and b"\x00" not in head:  # whole lines, since the last character could be cut in two
        head = head[: head.rfind(b"\n") + 1] or head
    with tempfile.TemporaryDirectory() as scratch:
        raw, text = Path(scratch, "raw"), Path(scratch, "text")
        raw.write_bytes(head)
        decoded = to_utf8(raw, text, source.encoding, place)
        overrides = overrides_of(source)
        if overrides.delimiter in {None, "|"}:
            without_rules(decoded.path)
        without_page_lines(decoded.path)
        dialect = detect(decoded.path, None, overrides)
    return unique_names(dialect.header, dialect.width) if dialect and dialect.header else None
