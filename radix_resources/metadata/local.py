"""SQLite in the state directory: for one machine."""

import contextlib
import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from radix_resources.metadata.base import Claim, Claims, Metadata, Tables

_BUSY_SECONDS = 60
"""How long somebody else may keep a file to himself."""


class LocalMetadata(Metadata):
    """Dagster's SQLite files below one directory, claims as locked files."""

    shared = False

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def claims(self) -> Claims:
        return FileClaims(self._root / "claims")

    @contextlib.contextmanager
    def tables(self) -> Iterator[Tables]:
        yield FileTables(self._root / "history")

    def environment(self) -> dict[str, str]:
        return {}

    def settings(self, shipped: Mapping[str, Any]) -> dict[str, Any]:
        return dict(shipped)

    def check(self) -> None:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)


class FileTables(Tables):
    """Two files: the events of all assets, and the runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def events(self, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return _found(self._folder / "runs" / "index.db", query, values)

    def runs(self, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return _found(self._folder / "runs.db", query, values)


def _found(file: Path, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    if not file.exists():
        return []
    with contextlib.closing(sqlite3.connect(file, timeout=_BUSY_SECONDS)) as connection:
        try:
            return connection.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise


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
