"""Stage only what was added to the files of a table since the last read: new files, or new rows of the last one."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from radix_assets.sources.read.compression import codec_of
from radix_assets.sources.read.files import find
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.stage_files import stage_files
from radix_assets.sources.read.staging import Staged

_BLOCK = 1 << 20
_PLAIN = {"utf-8", "ascii", "utf-8-sig"}


def state_of_files(source: FileSettings, folder: Path) -> list[list[Any]]:
    """Return name, size and time of change of each file, in the order in which they are read."""
    files = []
    for path in find(source, folder):
        state = path.stat()
        files.append([os.path.relpath(path, folder), state.st_size, state.st_mtime_ns])
    return files


def stage_appended(
    source: FileSettings, folder: Path, work: Path, state: Mapping[str, Any], dialect: Mapping[str, Any]
) -> Staged | None:
    """Stage the rows that follow those of the last read; None if others may have changed, or if nothing was added.

    `state` holds the files of then, as `state_of_files` returns them, and the SHA-256 of the last one; `dialect` is how
    they were read. A file counts as unchanged if its size and time of change are the same, as for the version of a
    source; the beginning of one that has grown is compared byte for byte, by its hash.

    Raise what staging files raises.
    """
    before: list[list[Any]] = state.get("files", [])
    if source.part or source.sheet or not before:
        return None
    now = state_of_files(source, folder)
    if len(now) < len(before) or now[: len(before) - 1] != before[:-1]:
        return None
    added = [folder / name for name, _, _ in now[len(before) :]]
    last, grown, digest = before[-1], now[len(before) - 1], str(state.get("last", ""))
    if last != grown:
        tail = _tail(folder / grown[0], last, grown, digest, dialect, work)
        if tail is None:
            return None
        path, digest = tail
        added.insert(0, path)
    if not added:
        return None
    staged = stage_files(source, folder, work, added)
    staged.state = {"files": now, "last": digest if len(now) == len(before) else staged.hashes[-1]}
    return staged


def _tail(
    path: Path, before: Sequence[Any], now: Sequence[Any], digest: str, dialect: Mapping[str, Any], work: Path
) -> tuple[Path, str] | None:
    """Write the header and the new lines of a text file into a file; None if it did not only grow.

    Return it with the SHA-256 of the whole.
    """
    size = int(before[1])
    plain = dialect.get("encoding") in _PLAIN and dialect.get("header_lines") == [1] and dialect.get("delimiter")
    if before[0] != now[0] or now[1] <= size or not plain or "=" in str(now[0]):
        return None
    target = work / "tail" / path.name
    target.parent.mkdir()
    with path.open("rb") as file:
        header = file.readline()
        if codec_of(header[:16], path.name) is not None:
            return None
        file.seek(0)
        check, left, last = hashlib.sha256(), size, b""
        while left and (block := file.read(min(_BLOCK, left))):
            check.update(block)
            left, last = left - len(block), block
        if check.hexdigest() != digest or not last.endswith(b"\n"):
            return None
        with target.open("wb") as out:
            out.write(header)
            left = int(now[1]) - size
            while left and (block := file.read(min(_BLOCK, left))):
                out.write(block)
                check.update(block)
                left -= len(block)
    return (target, check.hexdigest()) if path.stat().st_mtime_ns == now[2] and not left else None
