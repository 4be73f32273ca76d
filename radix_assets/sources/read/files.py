"""Find files, recognize their format, and copy them to a private directory before they are read."""

import difflib
import glob
import gzip
import hashlib
import os
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from radix_assets.sources.read.settings import FileSettings
from radix_resources.errors import SourceError, TransientSourceError

Kind = Literal["text", "parquet", "workbook"]

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".psv", ".tab")
PARQUET_SUFFIXES = (".parquet", ".parq", ".pq")
WORKBOOK_SUFFIXES = (".xlsx", ".xls", ".xlsm", ".xlsb")
_CHUNK = 1 << 22
_MAGIC_CHARACTERS = "*?["


@dataclass(frozen=True)
class Place:
    """The table and the file that are being read, for errors."""

    table: str
    file: str

    def context(self) -> dict[str, str]:
        """Return both as the context of an error."""
        return {"table": self.table, "file": self.file}


def is_readable(name: str) -> bool:
    """Return whether a file of this name has a format that can be read."""
    return name.lower().removesuffix(".gz").endswith(TEXT_SUFFIXES) or name.lower().endswith(
        PARQUET_SUFFIXES + WORKBOOK_SUFFIXES
    )


def find(source: FileSettings, folder: Path) -> list[Path]:
    """Return the files of a source, sorted.

    Raise SourceError RDX-SRC-001 (no such file) or RDX-SRC-002 (nothing matches the pattern).
    """
    path = folder / source.path
    if path.is_file():
        return [path]
    if any(mark in source.path for mark in _MAGIC_CHARACTERS):
        files = sorted(Path(name) for name in glob.glob(str(path), recursive=True))  # noqa: PTH207 the folder may hold magic characters of its own
        files = [file for file in files if file.is_file() and not file.name.startswith(".")]
        if files:
            return files
        raise SourceError(
            "RDX-SRC-002",
            f"no file matches {source.path!r}",
            expected="at least one file",
            hint=f"correct the path; {_nearby(path)}",
            table=source.table,
            pattern=source.path,
        )
    raise SourceError(
        "RDX-SRC-001",
        f"{source.path!r} is a folder" if path.is_dir() else f"there is no file {source.path!r}",
        expected="a file, or a pattern such as orders/*.csv",
        hint=f"correct the path; {_nearby(path)}",
        table=source.table,
        file=source.path,
    )


def was_just_written(source: FileSettings, folder: Path, seconds: float) -> bool:
    """Return whether a file of a source was written within the last seconds, so that it may be incomplete.

    Times in the future are ignored. False if there is no file.
    """
    try:
        changed = [path.stat().st_mtime for path in find(source, folder)]
    except (SourceError, OSError):
        return False
    return any(0 <= time.time() - moment < seconds for moment in changed)


def _nearby(path: Path) -> str:
    """Describe the files nearby: the closest names, else the first ones."""
    folder = path.parent
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    if folder != path.parent:
        return f"{path.parent.name!r} is not a folder in {folder.name!r}"
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file() and is_readable(entry.name))
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5) or names[:3]
    return f"near it are {', '.join(near)}" if near else "there is no readable file in that folder"


def kind_of(path: Path, place: Place) -> Kind:
    """Return the format of a file, by its first bytes and its name.

    Raise SourceError RDX-SRC-003 (no bytes at all), RDX-SRC-005 (not what its name says) or RDX-SRC-006 (may not be
    read).
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise _unreadable(error, place) from None
    if not head:
        raise SourceError(
            "RDX-SRC-003",
            "the file is empty: it has no bytes",
            expected="a header and rows",
            hint="write the file again, or remove it from the project file",
            **place.context(),
        )
    name = path.name.lower()
    if head[:4] == b"PAR1":
        return "parquet"
    if name.endswith(WORKBOOK_SUFFIXES) and head[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        return "workbook"
    if name.endswith(PARQUET_SUFFIXES + WORKBOOK_SUFFIXES):
        raise SourceError(
            "RDX-SRC-005",
            f"the file is not a {path.suffix[1:]} file, although its name says so",
            expected="a name that fits the content",
            hint="write the file again, or rename it",
            **place.context(),
        )
    if head[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Obj\x01", b"ORC", b"SQLi"} or head[:3] == b"BZh":
        raise SourceError(
            "RDX-SRC-005",
            "the file is an archive or has an unsupported format",
            expected="CSV, TSV or text (also .gz), Parquet, or an Excel workbook",
            hint="unpack or convert it",
            **place.context(),
        )
    return "text"


@dataclass(frozen=True)
class Copy:
    """The result of a copy."""

    sha256: str
    """Digest of the bytes in the source."""
    size: int


def copy(path: Path, target: IO[bytes], place: Place, *, unpack: bool) -> Copy:
    """Copy a file while hashing it; with `unpack` a gzip file is written unpacked.

    Raise TransientSourceError RDX-SRC-011 if the file changes meanwhile, SourceError RDX-SRC-005 if it is a
    broken gzip file.
    """
    digest = hashlib.sha256()
    read = 0
    try:
        before = path.stat()
        with path.open("rb") as file:
            packed = unpack and file.read(2) == b"\x1f\x8b"
            file.seek(0)
            for chunk in _unpacked(file, digest, packed=packed):
                target.write(chunk)
            read = file.tell()
        after = path.stat()
    except (zlib.error, EOFError, gzip.BadGzipFile):
        raise SourceError(
            "RDX-SRC-005",
            "the gzip file is broken or cut off",
            expected="a complete gzip file",
            hint="write the file again",
            **place.context(),
        ) from None
    except OSError as error:
        raise _unreadable(error, place) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or read != before.st_size:
        raise TransientSourceError(
            "RDX-SRC-011",
            "the file changed while it was read",
            expected="a file that is not being written",
            hint="try again when it is complete; write to another name and rename the file to be safe",
            **place.context(),
        )
    return Copy(digest.hexdigest(), read)


def _unpacked(file: IO[bytes], digest: "hashlib._Hash", *, packed: bool) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31) if packed else None
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        if unpacker is None:
            yield chunk
            continue
        rest = chunk
        while rest:
            if unpacker.eof:  # a gzip file may have several members, one after the other
                if not rest.strip(b"\0"):
                    break
                unpacker = zlib.decompressobj(wbits=31)
            yield unpacker.decompress(rest, _CHUNK)
            rest = unpacker.unconsumed_tail or unpacker.unused_data
    if unpacker is not None and not unpacker.eof:
        raise EOFError


def _unreadable(error: OSError, place: Place) -> SourceError:
    return SourceError(
        "RDX-SRC-006",
        f"the file cannot be read: {os.strerror(error.errno) if error.errno else type(error).__name__}",
        expected="a file that may be read",
        hint="check its permissions and the disk",
        **place.context(),
    )


def fingerprint(source: FileSettings, folder: Path) -> str:
    """The present state of a source's files, from their names, sizes and times of change alone."""
    digest = hashlib.sha256()
    for path in find(source, folder):
        try:
            state = path.stat()
        except OSError as error:
            raise _unreadable(error, Place(source.table, source.path)) from None
        name = os.path.relpath(path, folder)
        digest.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()
