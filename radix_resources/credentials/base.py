"""The contract of a place that holds credentials."""

from abc import ABC, abstractmethod
from typing import ClassVar


class Backend(ABC):
    """A place that holds credentials by name. A backend must give these guarantees:

    - a value comes back exactly as it was given, whatever text it is;
    - no value stands in a repr, an error, a log or a file that others could read;
    - what was set before a crash is there after it, whole, or is not there: never half of it;
    - `stamp` changes when an item is set anew, and tells nothing of the value;
    - what reads and writes raises CredentialError where the place cannot be used, and never waits for a person.
    """

    kind: ClassVar[str]
    """As people are told where a credential was found."""

    def unavailable(self) -> str | None:
        """Why it cannot be used here at all; None where it can."""
        return None

    @abstractmethod
    def get(self, name: str) -> str | None:
        """The value, or None where there is none of that name."""

    @abstractmethod
    def stamp(self, name: str) -> str:
        """Which version of an item is stored, without reading it; empty where there is none."""


class Store(Backend):
    """A place that `radix credentials set` can write to as well."""

    @abstractmethod
    def set(self, name: str, value: str) -> None:
        """Store a value, in place of an earlier one."""

    @abstractmethod
    def remove(self, name: str) -> bool:
        """Remove it. Whether it was there."""
