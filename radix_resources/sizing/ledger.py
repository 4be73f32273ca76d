"""What steps really used, one line each, in a file of this machine.

It is a cache: commit records hold the same, and the file is made anew from them where it is gone.
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from radix_resources.sizing.schema import Need, Usage

MOST = 5_000
"""Lines that are looked at: the newest."""


class Used(BaseModel):
    """One step that ran."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    step: str
    """Asset key joined by slashes; in the shipped defaults the name of the set."""
    at: float = 0.0
    """UTC, seconds since 1970."""
    need: Need
    usage: Usage


class Ledger:
    """The file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, used: Used) -> None:
        """Append a line; one that a crash cut off is skipped by readers."""
        line = used.model_dump_json() + "\n"
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)

    def read(self, store: Path | None = None) -> list[Used]:
        """All lines, oldest first; from the commit records below `store` where the file is gone."""
        if not self._path.exists() and store is not None:
            for used in _from_commits(store):
                self.add(used)
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()[-MOST:]
        except FileNotFoundError:
            return []
        return list(_parsed(lines))


def _from_commits(store: Path) -> Iterable[Used]:
    found = []
    for record in sorted(store.glob("commits/**/*.json")):
        try:
            used = json.loads(record.read_text(encoding="utf-8")).get("used")
            if used:
                found.append(Used.model_validate(used))
        except (OSError, ValueError, ValidationError):
            continue
    return sorted(found, key=lambda one: one.at)


def _parsed(lines: Iterable[str]) -> Iterator[Used]:
    for line in lines:
        try:
            yield Used.model_validate_json(line)
        except ValidationError:
            continue
