"""The contract of a credential store."""

from abc import ABC, abstractmethod
from typing import ClassVar


class Backend(ABC):
    """A store that holds credentials by name. A backend gives these guarantees:

    - a value is returned exactly as it was stored, whatever text it is;
    - no value is in a repr, an error, a log or a file that others could read;
    - after a crash, a value that was set before it is stored completely or not at all;
    - `stamp` changes when an item is set again, and reveals nothing of the value;
    - reading and writing raise CredentialError if the store cannot be used, and never wait for a user.
    """

    kind: ClassVar[str]
    """The store's name, for display."""

    def unavailable(self) -> str | None:
        """Return why the store cannot be used on this machine; None if it can."""
        return None

    @abstractmethod
    def get(self, name: str) -> str | None:
        """Return the value; None if there is none of that name."""

    @abstractmethod
    def stamp(self, name: str) -> str:
        """Return the version of an item, without reading its value; empty if there is none."""


class Store(Backend):
    """A store to which `radix credentials set` can write."""

    @abstractmethod
    def set(self, name: str, value: str) -> None:
        """Store a value; replace an earlier one."""

    @abstractmethod
    def remove(self, name: str) -> bool:
        """Remove a value. Return whether there was one."""
