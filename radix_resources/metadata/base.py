"""The metadata contract: where Dagster keeps its events and runs, and which process does what."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

VARIABLE = "RADIX_METADATA"
"""The environment variable that holds the address; settings name it, so that the password is in no file."""
DRIVER_VARIABLE = "RADIX_METADATA_URL"
"""Derived from it: the same address with its driver, as SQLAlchemy wants it (Dagster, MLflow)."""


def run_claim(run_id: str) -> str:
    """What the machine holds that executes a run."""
    return f"run {run_id}"


class Claim(ABC):
    """A name that this process holds."""

    @abstractmethod
    def holds(self) -> bool:
        """Whether it is still held. A connection that broke has lost it, and somebody else may have it by now."""


class Claims(ABC):
    """Names of which each has one holder at most, among all processes that share the metadata.

    A holder that ends, in whatever way, holds nothing any more: at once where its machine lives on, and within half a
    minute where the machine is gone.
    """

    @abstractmethod
    def hold(self, name: str, *, wait: bool = False) -> AbstractContextManager[Claim | None]:
        """Hold a name inside the context. None where somebody else does; with `wait` it is waited for."""

    @abstractmethod
    def is_held(self, name: str) -> bool:
        """Whether any process holds a name now."""


class Tables(ABC):
    """Dagster's own tables, to read from. They can be asked without Dagster, which takes a second to load."""

    @abstractmethod
    def events(self, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What a query finds among the events of all assets; `:name` in it stands for a value.

        Nothing is found where Dagster has made no tables yet.
        """

    @abstractmethod
    def runs(self, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The same among the runs."""


class Metadata(ABC):
    """Where Dagster's instance is."""

    shared: bool
    """Whether several machines may stand on it."""

    @property
    @abstractmethod
    def claims(self) -> Claims:
        """Who does what."""

    @abstractmethod
    def tables(self) -> AbstractContextManager[Tables]:
        """What Dagster wrote, to be read inside the context. Raises MetadataError RDX-MET-001 where it is not there."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to find it. It may hold a password."""

    @abstractmethod
    def settings(self, shipped: Mapping[str, Any]) -> dict[str, Any]:
        """Dagster's instance settings (`dagster.yaml`), made from those that are shipped. They hold no secret."""

    @abstractmethod
    def check(self) -> None:
        """Raises MetadataError RDX-MET-001 where it cannot be used."""
