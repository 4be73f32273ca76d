"""Measured resource usage of steps, one line each, in a file of this machine.

It is a cache: commit records contain the same, and a missing file is rebuilt from them.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from radix_resources.errors import StorageError
from radix_resources.sizing.schema import Need, Usage
from radix_resources.storage.base import Storage

MOST = 5_000
"""Number of newest lines that are used."""


class Used(BaseModel):
    """The usage of one step."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    step: str
    """Asset key joined by slashes; in the shipped defaults the name of the data set."""
    at: float = 0.0
    """UTC, seconds since 1970."""
    need: Need
    usage: Usage


class Ledger:
    """The file of usage records."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, used: Used) -> None:
        """Append a line; readers skip one that a crash cut off."""
        line = used.model_dump_json() + "\n"
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)

    def read(self, storage: Storage | None = None) -> list[Used]:
        """Return all lines, oldest first; if the file is missing it is rebuilt from the commit records of a storage."""
        if not self._path.exists() and storage is not None:
            for used in _from_commits(storage):
                self.add(used)
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()[-MOST:]
        except FileNotFoundError:
            return []
        return list(_parsed(lines))


def _from_commits(storage: Storage) -> Iterable[Used]:
    lines = []
    for asset in storage.assets():
        with contextlib.suppress(StorageError, ValidationError):  # a record that cannot be read teaches nothing
            lines += [Used.model_validate(commit.used) for commit in storage.history(asset) if commit.used]
    return sorted(lines, key=lambda used: used.at)


def _parsed(lines: Iterable[str]) -> Iterator[Used]:
    for line in lines:
        try:
            yield Used.model_validate_json(line)
        except ValidationError:
            continue
