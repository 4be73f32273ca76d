"""Recognize whether a file begins with the rows of a state."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from radix_assets.profiles.array_types import Hashes

_BLOCK = 1 << 20
_STEPS = (1024, 1009)


@dataclass
class Prefix:
    """Checksums of the rows of a Parquet file."""

    schema: list[list[str]]
    """Names and types."""
    groups: list[int]
    """Rows of each row group except the last, which is not full."""
    marks: list[str]
    """Checksums of the bytes of each of these."""
    rest: int
    """Rows of the last group."""
    mark: str
    """SHA-256 of the hashes of these rows: the group is rewritten when rows are appended."""

    @property
    def start(self) -> int:
        """The number of the first row of the last group."""
        return sum(self.groups)


def make_prefix(file: Path, parquet: pq.ParquetFile, last: Hashes, known: Prefix | None = None) -> Prefix:
    """Return the checksums of a file; `last` are the hashes of the rows of its last row group.

    Checksums in `known` of its first row groups are not computed again.
    """
    groups = _groups(parquet)
    before = len(known.marks) if known else 0
    marks = _marks(file, parquet, range(before, len(groups) - 1))
    return Prefix(_schema(parquet), groups[:-1], [*(known.marks if known else []), *marks], len(last), checksum([last]))


def may_begin_with(parquet: pq.ParquetFile, prefix: Prefix) -> bool:
    """Return whether a file has the same columns, begins with row groups of the same length, and is not shorter."""
    groups = _groups(parquet)
    if _schema(parquet) != prefix.schema or groups[: len(prefix.groups)] != prefix.groups:
        return False
    return sum(groups) >= prefix.start + prefix.rest


def same_groups(file: Path, parquet: pq.ParquetFile, prefix: Prefix) -> bool:
    """Return whether the bytes of the row groups are equal. The last one, which was not full, is not compared."""
    return _marks(file, parquet, range(len(prefix.groups))) == prefix.marks


def checksum(hashes: list[Hashes]) -> str:
    """Return the SHA-256 of hashes of rows."""
    digest = hashlib.sha256()
    for block in hashes:
        digest.update(block.tobytes())
    return digest.hexdigest()


def last_group(parquet: pq.ParquetFile) -> int:
    """Return the number of the first row of the last row group."""
    return sum(_groups(parquet)[:-1])


def _groups(parquet: pq.ParquetFile) -> list[int]:
    return [parquet.metadata.row_group(place).num_rows for place in range(parquet.metadata.num_row_groups)]


def _schema(parquet: pq.ParquetFile) -> list[list[str]]:
    return [[field.name, str(field.type)] for field in parquet.schema_arrow]


def _marks(file: Path, parquet: pq.ParquetFile, groups: Iterable[int]) -> list[str]:
    extents = [_extent(parquet, place) for place in groups]
    if not extents:
        return []
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(lambda extent: _mark(file, *extent), extents))


def _extent(parquet: pq.ParquetFile, place: int) -> tuple[int, int]:
    group = parquet.metadata.row_group(place)
    starts, ends = [], []
    for number in range(group.num_columns):
        column = group.column(number)
        start = column.data_page_offset
        if column.has_dictionary_page and column.dictionary_page_offset:
            start = min(start, column.dictionary_page_offset)
        starts.append(start)
        ends.append(start + column.total_compressed_size)
    return min(starts, default=0), max(ends, default=0)


def _mark(file: Path, start: int, end: int) -> str:
    """Return a checksum of some bytes, which detects change but not forgery.

    It is the SHA-256 of sums of 64-bit words: those of every 1,024th and of every 1,009th word of a block, so that a
    changed word changes two sums, and words that change places change one. That takes a third of the time of SHA-256.
    The bytes are read, not mapped: pages of a mapped file would count as this process's memory.
    """
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(_BLOCK))
    with file.open("rb", buffering=0) as stream:
        stream.seek(start)
        while start < end:
            size = stream.readinto(buffer[: min(_BLOCK, end - start)])
            if not size:
                break
            words = np.frombuffer(buffer, np.uint64, size // 8)
            for step in _STEPS:
                cut = len(words) // step * step
                digest.update(words[:cut].reshape(-1, step).sum(axis=0).tobytes())
                digest.update(words[cut:].tobytes())
            digest.update(buffer[size // 8 * 8 : size])
            start += size
    return digest.hexdigest()
