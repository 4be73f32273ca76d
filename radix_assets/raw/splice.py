"""Join Parquet files by their row groups, without decoding them.

So appending rows to a snapshot costs a copy of its bytes. The result has the rows, row groups and pages that writing
all rows gives; it lacks the page indexes behind them, so that its bytes, and its hash, are others.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from radix_assets.raw.thrift import Field, Items, Reader, Struct, write_struct

_MAGIC = b"PAR1"
_TAIL = 8
"""Bytes after the footer: its length, and the magic word."""
_SCHEMA, _ROWS, _GROUPS = 2, 3, 4
_COLUMNS, _GROUP_ROWS, _GROUP_OFFSET, _ORDINAL = 1, 3, 5, 7
_CHUNK_OFFSET, _CHUNK = 2, 3
_INDEXES = (4, 5, 6, 7)
"""Fields of a chunk: where its page indexes are, which lie behind all row groups."""
_OFFSETS = (9, 10, 11)
"""Fields of a chunk's metadata: where its data pages, index page and dictionary begin."""
_BLOOM = (14, 15)


def join_groups(old: Path, kept: int, new: Path, target: Path) -> None:
    """Write a Parquet file with the first `kept` row groups of `old`, byte for byte, and then all of `new`.

    Raise ValueError if the files differ in their columns or have what is not known here.
    """
    with old.open("rb") as first, new.open("rb") as second, target.open("wb") as out:
        head, tail = _footer(first), _footer(second)
        if head[_SCHEMA] != tail[_SCHEMA]:
            raise ValueError("the columns differ")
        groups: list[Struct] = head[_GROUPS].value.values[:kept]
        added: list[Struct] = tail[_GROUPS].value.values
        end = _end(groups)
        _copy(first, 0, end, out)
        start = len(_MAGIC)
        _copy(second, start, _end(added), out)
        for group in groups:
            _strip(group)
        for number, group in enumerate(added, len(groups)):
            _strip(group)
            _shift(group, end - start)
            if _ORDINAL in group:
                group[_ORDINAL] = group[_ORDINAL]._replace(value=number)
        everything = [*groups, *added]
        rows = sum(group[_GROUP_ROWS].value for group in everything)
        head[_ROWS] = head[_ROWS]._replace(value=rows)
        head[_GROUPS] = Field(head[_GROUPS].type, Items(tail[_GROUPS].value.type, everything))
        footer = write_struct(head)
        out.write(footer + len(footer).to_bytes(4, "little") + _MAGIC)


def _footer(file: BinaryIO) -> Struct:
    size = file.seek(0, os.SEEK_END)
    file.seek(size - _TAIL)
    length, magic = int.from_bytes(file.read(4), "little"), file.read(4)
    if magic != _MAGIC or length > size:
        raise ValueError("no Parquet file")
    file.seek(size - _TAIL - length)
    return Reader(file.read(length)).struct()


def _chunks(group: Struct) -> Iterator[Struct]:
    columns: list[Struct] = group[_COLUMNS].value.values
    yield from columns


def _end(groups: list[Struct]) -> int:
    """Return where the bytes of these row groups end."""
    ends = [len(_MAGIC)]
    for group in groups:
        for chunk in _chunks(group):
            metadata: Struct = chunk[_CHUNK].value
            start = min(metadata[number].value for number in _OFFSETS if number in metadata)
            ends.append(start + metadata[7].value)
    return max(ends)


def _strip(group: Struct) -> None:
    """Remove the places of indexes, which are not copied."""
    for chunk in _chunks(group):
        for number in _INDEXES:
            chunk.pop(number, None)
        for number in _BLOOM:
            chunk[_CHUNK].value.pop(number, None)


def _shift(group: Struct, by: int) -> None:
    def move(fields: Struct, number: int) -> None:
        field: Any = fields.get(number)
        if field is not None and field.value:
            fields[number] = field._replace(value=field.value + by)

    move(group, _GROUP_OFFSET)
    for chunk in _chunks(group):
        move(chunk, _CHUNK_OFFSET)
        for number in _OFFSETS:
            move(chunk[_CHUNK].value, number)


def _copy(source: BinaryIO, start: int, end: int, out: BinaryIO) -> None:
    """Copy bytes from one file into another, in the system if it can."""
    out.flush()
    while start < end:
        sent = os.sendfile(out.fileno(), source.fileno(), start, end - start)
        if not sent:
            raise ValueError("the file ends early")
        start += sent
    out.seek(0, os.SEEK_END)
