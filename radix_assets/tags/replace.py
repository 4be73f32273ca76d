"""Files that are created once and replaced as a whole, durably, with nothing lost between two writers."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from radix_assets.tags.file import read_text, sha_of
from radix_resources.errors import TagError


def create(path: Path, text: str) -> bool:
    """Write a new file; False, and nothing done, where there is one already."""
    with _beside(path, text) as temporary:
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
    _sync(path.parent)
    return True


def rewrite(path: Path, change: Callable[[str], str], *, expected: str | None = None) -> bool:
    """Replace a file's text by what `change` makes of it; False where that is the same.

    Radix's own writers wait for each other. `expected` is the sha256 of the text that the caller saw. Raises TagError
    RDX-TAG-006, and changes nothing, where somebody else changed the file since then or while `change` ran.
    """
    path = path.resolve()
    with _locked(path.parent):
        before = read_text(path)
        if expected is not None and sha_of(before) != expected:
            raise _changed(path)
        after = change(before)
        if after == before:
            return False
        with _beside(path, after) as temporary:
            temporary.chmod(path.stat().st_mode)
            if read_text(path) != before:
                raise _changed(path)
            temporary.replace(path)
        _sync(path.parent)
    return True


def _changed(path: Path) -> TagError:
    return TagError(
        "RDX-TAG-006",
        "somebody else changed the file meanwhile; nothing was written",
        hint="look at the file, then do it again",
        file=path,
    )


@contextlib.contextmanager
def _beside(path: Path, text: str) -> Iterator[Path]:
    """The text in a synced temporary file of the same directory, which is gone afterwards."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One writer of a folder at a time; the lock is gone with the process, whatever happens to it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
