"""The tracking contract: runs, their figures and files, and registered versions with aliases."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from radix_resources.backend import Backend


@dataclass(frozen=True)
class Recorded:
    """Where a run was recorded."""

    run_id: str
    version: str | None
    """Of the registered model; None where it was not to be registered."""


@dataclass(frozen=True)
class Version:
    """One registered version of a model."""

    version: str
    run_id: str
    key: str
    """What it was recorded under."""
    aliases: tuple[str, ...] = ()


class Tracking(Backend, ABC):
    """Keeps runs and models where people and other programs look for them. A backend must give these guarantees:

    - what is recorded under a key is recorded once, however often and from wherever it is asked for, and a record
      that was cut off is completed by the next one under the same key;
    - a registered version never changes, and loading it runs no code but the loader's;
    - an alias names one version at a time.

    All methods raise ModelError RDX-MOD-010 where the store cannot be used.
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
        """Let an alias, such as `champion`, point to a version."""

    @abstractmethod
    def versions(self, name: str) -> list[Version]:
        """All registered versions of a model, oldest first; empty where there is none."""

    @abstractmethod
    def forget(self, name: str, run_id: str) -> None:
        """Remove a run with its files, and the versions made of it, for good. What is gone already is no error."""

    @abstractmethod
    def count(self, name: str) -> int | None:
        """How many runs are recorded under a name; None where nothing is. A store is not made to find out."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove all runs and versions of a name, with their files, for good. A second call is harmless."""

    @property
    @abstractmethod
    def uri(self) -> str:
        """The address that MLflow's own tools take."""
