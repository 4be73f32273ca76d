"""The tracking contract: runs with metrics and files, and registered versions with aliases."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from radix_resources.backend import Backend


@dataclass(frozen=True)
class Recorded:
    """A recorded run."""

    run_id: str
    version: str | None
    """Version of the registered model; None if it was not registered."""


@dataclass(frozen=True)
class Version:
    """One registered version of a model."""

    version: str
    run_id: str
    key: str
    """The key under which it was recorded."""
    aliases: tuple[str, ...] = ()


class Tracking(Backend, ABC):
    """Records runs and models where users and other programs find them. A backend must give these guarantees:

    - what is recorded under a key is recorded once, however often and from wherever it is asked for, and a record
      that was cut off is completed by the next one under the same key;
    - a registered version never changes, and loading it runs no code but the loader's;
    - an alias names one version at a time.

    All methods raise ModelError RDX-MOD-010 if the store cannot be used.
    """

    @abstractmethod
    def record(
        self,
        name: str,
        *,
        key: str,
        params: Mapping[str, object],
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
        files: Path,
        loader: str,
        register: bool,
    ) -> Recorded:
        """Record one run of the model `name`, with the folder `files` as its model.

        `key` names what was recorded, such as a fingerprint; `loader` is the Python module that reads the folder
        (MLflow's pyfunc contract: `_load_pyfunc(path)`). With `register` the model becomes a version.
        """

    @abstractmethod
    def set_alias(self, name: str, alias: str, version: str) -> None:
        """Point an alias, such as `champion`, to a version."""

    @abstractmethod
    def versions(self, name: str) -> list[Version]:
        """Return all registered versions of a model, oldest first."""

    @abstractmethod
    def forget(self, name: str, run_id: str) -> None:
        """Remove a run, its files and its versions permanently. What is missing already is not an error."""

    @abstractmethod
    def count(self, name: str) -> int | None:
        """Return the number of runs recorded under a name, or None. No store is created for that."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove all runs and versions of a name, with their files, permanently. A second call does nothing."""

    @property
    @abstractmethod
    def uri(self) -> str:
        """The address for MLflow's own tools."""
