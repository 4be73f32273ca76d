"""The folder in which the tests write: in memory if there is space, since SQLite's syncs to disk dominate."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")  # noqa: S108 each session has a private folder of its own in it
ROOM = 6 << 30
"""Bytes that must be free, both in the memory file system and in the machine's memory."""
PREFIX = "radix-tests-"


def open_scratch() -> tuple[Path, int] | None:
    """Create a private folder in memory; return it and the descriptor whose lock marks it as in use.

    Return None if there is no memory file system, or not enough space: tests then write to the disk, as pytest does
    by default. Folders that killed sessions left behind are removed.
    """
    if not os.access(MEMORY, os.W_OK | os.X_OK):
        return None
    for left in MEMORY.glob(f"{PREFIX}*"):
        _remove_unused(left)
    if min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available) < ROOM:
        return None
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY))
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return folder, descriptor


def close_scratch(folder: Path, descriptor: int, *, failed: bool) -> Path | None:
    """Free the memory; return the folder on the disk with the files of failed tests, for inspection."""
    kept = None
    if failed and any(folder.iterdir()):
        kept = Path(tempfile.mkdtemp(prefix=f"{PREFIX}failed-"))
        shutil.copytree(folder, kept, symlinks=True, dirs_exist_ok=True, ignore=_special_files)
    os.close(descriptor)
    shutil.rmtree(folder, ignore_errors=True)
    return kept


def _remove_unused(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # owned by another user, or removed meanwhile
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass
    finally:
        os.close(descriptor)


def _special_files(folder: str, names: list[str]) -> list[str]:
    """Return sockets and pipes, which cannot be copied."""
    paths = {name: Path(folder, name) for name in names}
    return [name for name, path in paths.items() if not (path.is_symlink() or path.is_file() or path.is_dir())]
