"""SQLite in the state directory: for one machine."""

import contextlib
import fcntl
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from radix_resources.metadata.base import Claim, Claims, Metadata


class LocalMetadata(Metadata):
    """Dagster's SQLite files below one directory, claims as locked files."""

    shared = False

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def claims(self) -> Claims:
        return FileClaims(self._root / "claims")

    def environment(self) -> dict[str, str]:
        return {}

    def settings(self, shipped: Mapping[str, Any]) -> dict[str, Any]:
        return dict(shipped)

    def check(self) -> None:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)


class FileClaims(Claims):
    """A locked file for each name. The kernel gives the lock back when its process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def hold(self, name: str, *, wait: bool = False) -> Iterator[Claim | None]:
        with self._file(name).open("ab") as file:
            yield _Locked() if _lock(file, wait=wait) else None

    def is_held(self, name: str) -> bool:
        with self._file(name).open("ab") as file:
            return not _lock(file, wait=False)

    def _file(self, name: str) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder / hashlib.sha256(name.encode()).hexdigest()[:24]


class _Locked(Claim):
    def holds(self) -> bool:
        return True


def _lock(file: BinaryIO, *, wait: bool) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True
