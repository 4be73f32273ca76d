"""Files that were fetched, kept until room is needed, so that only what has changed is fetched again."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

MOST_KEPT: Final = 20 << 30
"""Bytes that a cache holds at most."""


class Cache:
    """A directory of files by a digest of address and version. It may be removed at any time."""

    def __init__(self, folder: Path, most: int = MOST_KEPT) -> None:
        self._folder, self._most = folder, most

    def get(self, key: str, target: Path) -> bool:
        """Link or copy a file to a path that does not exist yet. Return whether the cache has it."""
        kept = self._path(key)
        try:
            _link(kept, target)
            os.utime(kept)
        except OSError:
            target.unlink(missing_ok=True)
            return False
        return True

    def put(self, key: str, file: Path) -> None:
        """Keep a file that nobody writes any more, unless it would take half of the room or more."""
        if file.stat().st_size * 2 > self._most:
            return
        path = self._path(key)
        with contextlib.suppress(OSError):  # a full disk, for example: a cache is not needed
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder, prefix="new-") as folder:
                draft = Path(folder, "file")
                _link(file, draft)
                draft.replace(path)

    def has(self, key: str) -> bool:
        """Return whether the cache has a file."""
        return self._path(key).exists()

    def _path(self, key: str) -> Path:
        digest = hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()
        return self._folder / digest[:2] / digest

    def make_room(self) -> None:
        """Remove what was not used for the longest time."""
        if not self._folder.is_dir():
            return
        states = sorted((self._state(path) for path in self._folder.glob("??/*")), reverse=True)
        total = 0
        for _, size, path in states:
            total += size
            if total > self._most:
                path.unlink(missing_ok=True)

    @staticmethod
    def _state(path: Path) -> tuple[float, int, Path]:
        try:
            state = path.stat()
        except OSError:
            return 0.0, 0, path
        return state.st_mtime, state.st_size, path


def _link(source: Path, target: Path) -> None:
    """Make another name for a file, or a copy where the file system has no links. The content is never written to."""
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:
        import shutil

        shutil.copyfile(source, target)


def through(cache: Cache | None, key: str | None, target: Path, fetch: Callable[[], None]) -> None:
    """Have a file at `target`: from the cache, or by `fetch`, after which the cache keeps it."""
    if cache is not None and key is not None and cache.get(key, target):
        return
    fetch()
    if cache is not None and key is not None:
        cache.put(key, target)
