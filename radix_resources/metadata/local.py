"""Metadata on SQLite in the state directory, for one machine."""

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from radix_resources.files import locked
from radix_resources.metadata.base import Claim, Claims, Metadata, Tables

_BUSY_SECONDS = 60
"""The longest wait for another process to release a database file, in seconds."""
_ATTEMPTS, _PROBE_SECONDS = 3, 0.005
"""`is_held` takes the lock for an instant, so that a claim is refused only if it is still held a moment later."""


class LocalMetadata(Metadata):
    """Dagster's SQLite files below one directory, and claims as locked files."""

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
        return _query(self._folder / "runs" / "index.db", query, values)

    def runs(self, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return _query(self._folder / "runs.db", query, values)


def _query(file: Path, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
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
    """A locked file for each name. The kernel releases the lock of a process that ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def hold(self, name: str, *, wait: bool = False) -> Iterator[Claim | None]:
        for attempt in range(_ATTEMPTS):
            with locked(self._file(name), wait=wait) as acquired:
                if acquired or attempt == _ATTEMPTS - 1:
                    yield _Locked() if acquired else None
                    return
            time.sleep(_PROBE_SECONDS)

    def is_held(self, name: str) -> bool:
        with locked(self._file(name), wait=False) as free:
            return not free

    def _file(self, name: str) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder / hashlib.sha256(name.encode()).hexdigest()[:24]


class _Locked(Claim):
    def holds(self) -> bool:
        return True
