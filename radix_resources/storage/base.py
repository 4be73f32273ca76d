"""The storage contract: immutable snapshots, published by a commit record."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from radix_resources.backend import Backend


@dataclass(frozen=True)
class Commit:
    """The record that makes a snapshot visible. What no commit refers to does not exist for any reader."""

    asset: str
    """Asset key joined by slashes, `shop/raw/orders`."""
    sequence: int
    """1 for the first commit of the asset, then without gaps. The key *asset + sequence* alone decides who wins."""
    fingerprint: str
    """Hash of everything the snapshot was computed from. Equal fingerprints mean there is nothing to do."""
    data_version: str
    """Hash of the data files' content; Dagster's data version. Pages and pictures do not count."""
    directory: str
    """Where the files are, relative to the storage root."""
    files: Mapping[str, str]
    """File name to sha256."""
    size: int
    """Bytes of all files."""
    rows: int | None = None
    seconds: float = 0.0
    """How long computing it took."""
    used: Mapping[str, Any] = field(default_factory=dict)
    """What it needed and what it really used, as JSON (see radix_resources.sizing.Used)."""
    shown: Mapping[str, Any] = field(default_factory=dict)
    """What the UI shows of it, as JSON (see radix_assets.pipeline.output)."""
    attempt: str = ""
    run_id: str = ""
    created: str = ""
    """UTC, ISO 8601. For people; order follows from `sequence`."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Failure:
    """Why the last attempt at an asset came to nothing. Gone as soon as one succeeds."""

    fingerprint: str
    """Of what was tried; trying the same again is for a person to ask."""
    error: Mapping[str, Any]
    """The coded error as plain data."""
    run_id: str = ""


class Attempt:
    """A private directory to write a snapshot into, before anyone can see it."""

    def __init__(self, asset: str, name: str, path: Path) -> None:
        self.asset = asset
        self.name = name
        self.path = path


class Storage(Backend, ABC):
    """Where snapshots live. A backend must give these guarantees:

    - `commit` publishes all files of an attempt or none, and is durable when it returns;
    - of two commits with the same asset and sequence exactly one succeeds, on any number of machines;
    - a committed file never changes until it is withdrawn, and a reader sees committed files only;
    - an attempt that was killed leaves at worst an unreferenced directory, which `collect` removes.
    """

    @abstractmethod
    def latest(self, asset: str) -> Commit | None:
        """The newest commit of an asset, or None where there is none yet."""

    @abstractmethod
    def assets(self) -> list[str]:
        """Every asset that has a commit, sorted."""

    @abstractmethod
    def history(self, asset: str) -> list[Commit]:
        """All commits of an asset, oldest first."""

    @abstractmethod
    def is_there(self, commit: Commit) -> bool:
        """Whether the snapshot has not been taken away. Cheap; its files are not looked at."""

    @abstractmethod
    def path(self, commit: Commit) -> Path:
        """A local directory that holds the snapshot's files, to read from only."""

    @abstractmethod
    @contextlib.contextmanager
    def attempt(self, asset: str) -> Iterator[Attempt]:
        """A fresh private directory; removed on the way out, whatever happened."""

    @abstractmethod
    def commit(
        self,
        attempt: Attempt,
        *,
        fingerprint: str,
        rows: int | None,
        seconds: float,
        shown: Mapping[str, Any],
        run_id: str = "",
        fence: "Fence | None" = None,
        used: Mapping[str, Any] | None = None,
        after: int | None = None,
    ) -> Commit:
        """Publish an attempt: sync, hash, ask the fence, then create the record put-if-absent.

        `after` is the sequence of the version that was the newest when the attempt was begun, 0 for none; without it
        the attempt follows whatever is the newest by now. Raises StorageError RDX-STO-002 where somebody else
        published first, and RDX-STO-003 where the fence says that this attempt has lost its right to publish.
        """

    @abstractmethod
    def fail(self, asset: str, failure: Failure) -> None:
        """Remember why an asset could not be made; the next commit of the asset forgets it."""

    @abstractmethod
    def failure(self, asset: str) -> Failure | None:
        """The last failure, if nothing was committed since."""

    @abstractmethod
    def withdraw(self, commit: Commit) -> None:
        """Remove a snapshot that a newer one has replaced, then its record; what was cut off is done by calling again.

        Files that another record refers to stay. Raises StorageError RDX-STO-006 for the newest of its asset.
        """

    @abstractmethod
    def held(self, project: str) -> tuple[int, int]:
        """How many commit records a project has, and the bytes of all that is kept for it."""

    @abstractmethod
    def remove(self, project: str) -> None:
        """Remove all records of a project, then its snapshots, for good. What was cut off is done by calling again."""

    @abstractmethod
    def collect(self, *, older_than_seconds: float) -> list[str]:
        """Remove unreferenced directories older than that; returns what was removed."""


class Fence(ABC):
    """Says whether an attempt may still publish. A failed or cancelled run may not, even if its process lives on."""

    @abstractmethod
    def holds(self) -> bool:
        """True while the attempt's run is alive and is the holder."""
