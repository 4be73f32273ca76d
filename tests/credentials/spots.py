"""The store under test."""

from collections.abc import Callable
from dataclasses import dataclass

from radix_resources.credentials.base import Backend


@dataclass
class Spot:
    """A credential store under test."""

    backend: Backend
    plant: Callable[[str, str], None]
    unset: Callable[[str], object]
    named: Callable[[str], str] = str
    """The name of an item in the store."""
