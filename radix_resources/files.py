"""Atomic writes and file locks: the only ones that Radix has.

Every write here follows one rule: the content goes into a draft, which is synced; the draft takes its place in one
step; the folder is synced. That guarantees:

- a process killed at any moment leaves the old content or the new, whole. A draft that it leaves behind is a hidden
  file (`.name.<hex>.tmp`) that nothing reads;
- after a power cut the same holds, and what was written before the call returned is there;
- readers need no lock: they see the old content or the new, whole;
- of two writers the last one wins (`write_atomically`) or the first one (`put_if_absent`). Writers that read, change
  and write hold `locked` around all three, so that no change is lost.

The guarantees are those of a local POSIX file system, and of network file systems with atomic rename and link.
"""

import contextlib
import errno
import fcntl
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

PRIVATE = 0o600
"""The mode of files that only their owner may read."""


def write_atomically(path: Path, content: bytes | str, *, mode: int | None = None) -> None:
    """Create or replace a file in one step. Text is encoded as UTF-8.

    `mode` are the permissions of the new file, whatever the umask; by default those of any new file. Raise OSError if
    it cannot be written; the old content is then still there.
    """
    with draft(path, content, mode=mode) as temporary:
        temporary.replace(path)
    sync_directory(path.parent)


def put_if_absent(path: Path, content: bytes | str, *, mode: int | None = None, drafts: Path | None = None) -> bool:
    """Create a file in one step and return True, or change nothing and return False if the path exists.

    Of several writers at once exactly one gets True, on every machine that shares the file system. `drafts` is a folder
    of the same file system for the draft, by default the file's own.
    """
    with draft(path, content, mode=mode, folder=drafts) as temporary:
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
    sync_directory(path.parent)
    return True


@contextlib.contextmanager
def draft(path: Path, content: bytes | str, *, mode: int | None = None, folder: Path | None = None) -> Iterator[Path]:
    """Write the content to a synced hidden file beside `path`; it is removed at the end unless it was moved."""
    temporary = (folder or path.parent) / f".{path.name}.{uuid.uuid4().hex}.tmp"
    try:
        with open_draft(temporary, mode) as handle:
            _write_all(handle, content.encode() if isinstance(content, str) else content)
            os.fsync(handle)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def open_draft(path: Path, mode: int | None) -> Iterator[int]:
    """Create a file and yield its descriptor. With a mode, the file never has wider permissions than that."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
    try:
        if mode is not None:
            os.fchmod(handle, mode)
        yield handle
    finally:
        os.close(handle)


def sync_directory(folder: Path) -> None:
    """Make renames, links and removals in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold a file or a folder as an exclusive lock (flock) inside the context; yield whether it is held.

    With `wait=False` yield False at once if another holder has it. A missing file is created, readable by its owner
    alone. The kernel releases the lock of a process that ends. It is free when the context has ended, even if a child
    process was forked meanwhile and shares the descriptor. The holder may remove the file: those that wait then lock
    the new one.
    """
    owner = os.getpid()
    handle = _open(path)
    try:
        acquired = _lock(handle, wait=wait)
        while acquired and not _is_same(handle, path):
            os.close(handle)
            handle = _open(path)
            acquired = _lock(handle, wait=wait)
        try:
            yield acquired
        finally:
            if acquired and os.getpid() == owner:  # a forked child must not release its parent's lock
                fcntl.flock(handle, fcntl.LOCK_UN)
    finally:
        os.close(handle)


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
    except IsADirectoryError:
        return os.open(path, os.O_RDONLY)


def _lock(handle: int, *, wait: bool) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        if error.errno in {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}:
            return False
        raise
    return True


def _is_same(handle: int, path: Path) -> bool:
    """Return whether the path still names the locked file; its last holder may have removed it."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
