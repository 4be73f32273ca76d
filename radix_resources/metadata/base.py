"""The metadata contract: the database of Dagster's events and runs, and claims of processes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

VARIABLE = "RADIX_METADATA"
"""The environment variable with the address. Settings refer to it, so that no file contains the password."""
DRIVER_VARIABLE = "RADIX_METADATA_URL"
"""Derived from it: the address with its driver, as SQLAlchemy requires it (for Dagster and MLflow)."""


def run_claim(run_id: str) -> str:
    """Return the name of the claim that the machine executing a run holds."""
    return f"run {run_id}"


class Claim(ABC):
    """A name that this process holds."""

    @abstractmethod
    def holds(self) -> bool:
        """Return whether it is still held. A broken connection has lost it, and another process may hold it by now."""


class Claims(ABC):
    """Named locks with at most one holder each, among all processes that share the metadata.

    A claim is free as soon as the context of its holder ends, or its process; if its machine is lost, within half a
    minute.
    """

    @abstractmethod
    def hold(self, name: str, *, wait: bool = False) -> AbstractContextManager[Claim | None]:
        """Hold a name inside the context. Yield None if another process holds it, or wait for it with `wait`."""

    @abstractmethod
    def is_held(self, name: str) -> bool:
        """Return whether any process holds a name now."""


class Tables(ABC):
    """Dagster's own tables, for reading without loading Dagster, which takes a second."""

    @abstractmethod
    def events(self, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a query on the events of all assets; `:name` in it is replaced by a value.

        Return no rows if Dagster has not created its tables yet.
        """

    @abstractmethod
    def runs(self, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a query on the runs, as `events` does."""


class Metadata(ABC):
    """The database of Dagster's instance."""

    shared: bool
    """Whether several machines may use it."""

    @property
    @abstractmethod
    def claims(self) -> Claims:
        """The claims of processes."""

    @abstractmethod
    def tables(self) -> AbstractContextManager[Tables]:
        """Open the tables for reading. Raise MetadataError RDX-MET-001 if the database cannot be reached."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """Return the environment variables with which a process finds it. They may contain a password."""

    @abstractmethod
    def settings(self, shipped: Mapping[str, Any]) -> dict[str, Any]:
        """Return Dagster's instance settings (`dagster.yaml`), derived from those shipped. They contain no secret."""

    @abstractmethod
    def check(self) -> None:
        """Raise MetadataError RDX-MET-001 if it cannot be used."""
