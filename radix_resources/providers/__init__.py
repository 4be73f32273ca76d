"""Providers, by the name that a project file gives: one folder each, with the same modules."""

import importlib
import pkgutil
from typing import TYPE_CHECKING

from radix_resources.providers.base import CAPABILITIES, Change, Component, Condition, Held, Provider, Rate, Request

if TYPE_CHECKING:
    from radix_resources.home import Home

__all__ = [
    "CAPABILITIES",
    "Change",
    "Component",
    "Condition",
    "Held",
    "Provider",
    "Rate",
    "Request",
    "provider",
    "providers",
]


def providers() -> list[str]:
    """The names of all that there are."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__) if found.ispkg)


def provider(home: "Home", name: str = "local") -> Provider:
    """The provider of this installation. Each folder offers `build(home)`."""
    built: Provider = importlib.import_module(f"radix_resources.providers.{name}").build(home)
    return built
