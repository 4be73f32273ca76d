"""Find files, recognize their format, and copy them to a private directory before they are read."""

import difflib
import glob
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Final
from urllib.parse import unquote

from radix_assets.sources.read.archives import STEP, extract
from radix_assets.sources.read.compression import Hashed, codec_of, unpacked
from radix_assets.sources.read.formats import Kind, empty, format_of, is_readable
from radix_assets.sources.read.place import Place as Place  # noqa: PLC0414 other modules import it from here
from radix_assets.sources.read.settings import FileSettings
from radix_resources.errors import SourceError, TransientSourceError

_HEAD = 1 << 16
MAGIC_CHARACTERS: Final = "*?["
_HIDDEN: Final = (".", "_SUCCESS", "_metadata", "_common_metadata")
"""Beginnings of the names of files that are no part of a table; Spark writes them beside the parts."""
_NO_PARTITION = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class SourceFile:
    """A private copy of a file of a source, or of a member of an archive: uncompressed, and safe from changes."""

    path: Path
    """The copy."""
    name: str
    """The name in the source, for display; of a member: `archive.zip/folder/orders.csv`."""
    sha256: str
    """Digest of the bytes in the source."""
    size: int
    """Bytes in the source."""
    partition: Mapping[str, str | None] = field(default_factory=dict)
    """Values that the folders of the file name, as in `year=2024/`."""
    inside: str | None = None
    """The rest of the part, which names a list of records in the file."""


def find(source: FileSettings, folder: Path) -> list[Path]:
    """Return the files of a source, sorted.

    Raise SourceError RDX-SRC-001 (no such file) or RDX-SRC-002 (nothing matches the pattern).
    """
    path = folder / source.path
    if path.is_file():
        return [path]
    if any(mark in source.path for mark in MAGIC_CHARACTERS):
        files = sorted(Path(name) for name in glob.glob(str(path), recursive=True))  # noqa: PTH207 the folder may hold magic characters of its own
        files = [file for file in files if file.is_file() and not file.name.startswith(_HIDDEN)]
        files = [file for file in files if file.name not in source.leave_out]
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
        f"{source.path!r} is a folder"
        if path.is_dir()
        else f"{source.path!r} is a pipe or a device"
        if path.exists()
        else f"there is no file {source.path!r}",
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
    return f"similar names there: {', '.join(near)}" if near else "there is no readable file in that folder"


def partition_of(path: Path, pattern: str) -> dict[str, str | None]:
    """Return the values that the folders of a file name below the fixed part of a pattern, as in `year=2024/`."""
    fixed = next((index for index, part in enumerate(Path(pattern).parts) if set(part) & set(MAGIC_CHARACTERS)), None)
    if fixed is None:
        return {}
    parts = path.parts[len(path.parts) - (len(Path(pattern).parts) - fixed) :] if "**" not in pattern else path.parts
    pairs = (part.partition("=") for part in parts[:-1] if part.find("=") > 0)
    return {unquote(key): None if value == _NO_PARTITION else unquote(value) for key, _, value in pairs}


def local_files(source: FileSettings, paths: Sequence[Path], work: Path) -> list[SourceFile]:
    """Copy files, uncompressed, into the directory `work`, and extract what `part` names from archives.

    Raise SourceError RDX-SRC-003 (no bytes), RDX-SRC-005 (broken), RDX-SRC-006 (may not be read), RDX-SRC-030 (too
    large when unpacked), RDX-SRC-031 or RDX-SRC-032 (a member that is missing or not read), and TransientSourceError
    RDX-SRC-011 if a file changes meanwhile.
    """
    result: list[SourceFile] = []
    for number, path in enumerate(paths):
        place = Place(source.table, path.name)
        copied = copy(path, work / f"{number}.raw", place)
        partition = partition_of(path, source.path)
        steps = (source.part or "").split(STEP) if source.part else []
        file = SourceFile(copied.path, path.name, copied.sha256, copied.size, partition)
        result += _opened(file, steps, work / f"members_{number}", place)
    return result


def _opened(file: SourceFile, steps: list[str], work: Path, place: Place) -> list[SourceFile]:
    """Return the members of an archive that the steps of a part name; the file itself if it is not an archive."""
    if not steps or format_of(file.path, file.name, place) != "archive":
        return [replace(file, inside=STEP.join(steps) or None)]
    result = []
    for number, (name, member) in enumerate(extract(file.path, steps[0], work, place)):
        inner = Place(place.table, f"{file.name}/{name}")
        copied = copy(member, work / f"{number}.raw", inner)
        member.unlink()
        inside = SourceFile(copied.path, inner.file, copied.sha256, copied.size, file.partition)
        result += _opened(inside, steps[1:], work / f"members_{number}", inner)
    file.path.unlink()
    return result


def kind_of(path: Path, place: Place) -> Kind:
    """Return the format of a file, compressed or not, by its content.

    Raise SourceError RDX-SRC-003 (no bytes at all), RDX-SRC-005 (not a format that is read) or RDX-SRC-006 (may not be
    read).
    """
    with _reading(path, place) as file:
        stream = Hashed(file)
        head = stream.read(_HEAD)
        codec = codec_of(head, path.name)
        if codec is None:
            return format_of(path, path.name, place)
    with tempfile.NamedTemporaryFile() as scratch:
        scratch.write(head_of_file(path, _HEAD, place))
        scratch.flush()
        return format_of(Path(scratch.name), path.name, place)


def head_of_file(path: Path, size: int, place: Place) -> bytes:
    """Return the first bytes of a file, uncompressed. Raise as `kind_of` does."""
    with _reading(path, place) as file:
        codec = codec_of(file.read(16), path.name)
        file.seek(0)
        if codec is None:
            return file.read(size)
        head = b""
        for chunk in unpacked(Hashed(file), codec, place):
            head += chunk
            if len(head) >= size:
                break
        return head[:size]


@dataclass(frozen=True)
class Copy:
    """The result of a copy."""

    path: Path
    sha256: str
    """Digest of the bytes in the source."""
    size: int


def copy(path: Path, target: Path, place: Place) -> Copy:
    """Copy a file, uncompressed, while hashing it.

    Raise TransientSourceError RDX-SRC-011 if the file changes meanwhile, SourceError RDX-SRC-003 (no bytes),
    RDX-SRC-005 (broken compression), RDX-SRC-006 (may not be read) or RDX-SRC-030 (too large when unpacked).
    """
    with _reading(path, place) as file, target.open("wb") as out:
        before = os.fstat(file.fileno())
        if not before.st_size:
            raise empty(place)
        codec = codec_of(file.read(16), path.name)
        file.seek(0)
        stream = Hashed(file)
        if codec is None:
            stream.copy_to(out)
        else:
            for chunk in unpacked(stream, codec, place):
                out.write(chunk)
        after = os.fstat(file.fileno())
        now = path.stat()
    states = [(state.st_ino, state.st_size, state.st_mtime_ns) for state in (before, after, now)]
    if len(set(states)) > 1 or stream.size != before.st_size:
        raise TransientSourceError(
            "RDX-SRC-011",
            "the file changed while it was read",
            expected="a file that is not being written",
            hint="try again when it is complete; write to another name and rename the file to be safe",
            **place.context(),
        )
    return Copy(target, stream.sha256(), stream.size)


@contextmanager
def _reading(path: Path, place: Place) -> Iterator[IO[bytes]]:
    """Open a plain file; a pipe or a device would block."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(error, place) from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SourceError(
                "RDX-SRC-006",
                "it is a pipe or a device",
                expected="a file that may be read",
                hint="write its content into a file",
                **place.context(),
            )
        try:
            yield file
        except OSError as error:
            if error.filename is None and error.errno is not None and file.closed is False and not _is_full(error):
                raise _unreadable(error, place) from None
            raise


def _is_full(error: OSError) -> bool:
    """Return whether the disk that is written to is full, which is not the file's fault."""
    import errno

    return error.errno in {errno.ENOSPC, errno.EDQUOT}


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
