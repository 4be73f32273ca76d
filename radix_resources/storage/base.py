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
    """The record that makes a snapshot visible. Readers ignore files that no commit refers to."""

    asset: str
    """Asset key joined by slashes, `shop/raw/orders`."""
    sequence: int
    """1 for the first commit of the asset, then without gaps. Of two commits with one *asset + sequence* one fails."""
    fingerprint: str
    """Hash of everything that the snapshot was computed from. Equal fingerprints mean that it is up to date."""
    data_version: str
    """Hash of the content of the data files, without pages and pictures; Dagster's data version."""
    directory: str
    """The folder of the files, relative to the storage root."""
    files: Mapping[str, str]
    """File name to sha256."""
    size: int
    """Total size of the files, in bytes."""
    rows: int | None = None
    seconds: float = 0.0
    """Duration of the computation."""
    used: Mapping[str, Any] = field(default_factory=dict)
    """Estimated and measured resource usage, as JSON (see radix_resources.sizing.ledger.Used)."""
    shown: Mapping[str, Any] = field(default_factory=dict)
    """Metadata for the UI, as JSON (see radix_assets.pipeline.output)."""
    attempt: str = ""
    run_id: str = ""
    created: str = ""
    """UTC, ISO 8601. For people; `sequence` defines the order."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Failure:
    """Why the last attempt at an asset failed. The next commit removes it."""

    fingerprint: str
    """Fingerprint of the input that failed; the same input is tried again only when a user asks."""
    error: Mapping[str, Any]
    """The coded error as plain data."""
    run_id: str = ""


class Attempt:
    """A private directory to write a snapshot to, before readers can see it."""

    def __init__(self, asset: str, name: str, path: Path) -> None:
        self.asset = asset
        self.name = name
        self.path = path


class Storage(Backend, ABC):
    """Storage of snapshots. A backend must give these guarantees:

    - `commit` publishes all files of an attempt or none, and is durable when it returns;
    - of two commits with the same asset and sequence exactly one succeeds, on any number of machines;
    - a committed file never changes until it is withdrawn, and a reader sees committed files only;
    - a killed attempt leaves at most an unreferenced directory, which `collect` removes.
    """

    @abstractmethod
    def latest(self, asset: str) -> Commit | None:
        """Return the newest commit of an asset, or None."""

    @abstractmethod
    def assets(self) -> list[str]:
        """Return every asset that has a commit, sorted."""

    @abstractmethod
    def history(self, asset: str) -> list[Commit]:
        """Return all commits of an asset, oldest first."""

    @abstractmethod
    def is_there(self, commit: Commit) -> bool:
        """Return whether the snapshot exists. Cheap: its files are not inspected."""

    @abstractmethod
    def path(self, commit: Commit) -> Path:
        """Return a local directory with the snapshot's files, for reading. Raise StorageError RDX-STO-001."""

    @abstractmethod
    @contextlib.contextmanager
    def attempt(self, asset: str) -> Iterator[Attempt]:
        """Create a private directory, and remove it at the end of the context in any case."""

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
        """Publish an attempt: sync, hash, check the fence, then create the record with put-if-absent.

        `after` is the sequence of the newest version when the attempt began, 0 for none; without it the attempt follows
        the version that is the newest now. Raise StorageError RDX-STO-002 if another process published first, and
        RDX-STO-003 if the fence does not hold any more.
        """

    @abstractmethod
    def fail(self, asset: str, failure: Failure) -> None:
        """Record why an asset failed, until its next commit."""

    @abstractmethod
    def failure(self, asset: str) -> Failure | None:
        """Return the last failure, or None if there was a commit since."""

    @abstractmethod
    def withdraw(self, commit: Commit) -> None:
        """Remove a snapshot that a newer one has replaced, then its record. Call it again after an interruption.

        Files that another record refers to stay. Raise StorageError RDX-STO-006 for the newest of its asset.
        """

    @abstractmethod
    def held(self, project: str) -> tuple[int, int]:
        """Return the number of commit records of a project, and the bytes of all its files."""

    @abstractmethod
    def remove(self, project: str) -> None:
        """Remove all records of a project, then its snapshots, permanently. Call it again after an interruption."""

    @abstractmethod
    def collect(self, *, older_than_seconds: float) -> list[str]:
        """Remove unreferenced directories older than that, and return their names."""


class Fence(ABC):
    """Decides whether an attempt may publish. A failed or cancelled run may not, even if its process still runs."""

    @abstractmethod
    def holds(self) -> bool:
        """Return True while the attempt's run is active and holds its claim."""
