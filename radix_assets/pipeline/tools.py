"""Finds the provider of a project, and the tools that it gives to steps."""

import contextlib
from typing import TYPE_CHECKING

from pydantic import ValidationError

from radix_assets.pipeline.stage import Tools
from radix_resources.errors import RadixError
from radix_resources.home import Home
from radix_resources.providers.base import Provider, ProviderSettings
from radix_resources.providers.names import DEFAULT
from radix_resources.providers.registry import build_provider, provider_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from radix_assets.project.settings import Project


def tools(home: Home, provider: str = DEFAULT, settings: ProviderSettings | None = None) -> Tools:
    """Return the tools of a provider. Raise ConfigError if it is not found."""
    return tools_at(home, build_provider(home, provider, settings))


def tools_at(home: Home, provider: Provider) -> Tools:
    """Return the tools of a provider that is built already."""
    return Tools(home, provider.storage, provider.tracking, provider.endpoint, provider)


def tools_of(project: "Project", home: Home) -> Tools:
    """Return the tools of a project: those of its provider."""
    return tools(home, project.infrastructure.provider, project.infrastructure.settings)


def tools_in_use(home: Home, projects: "Iterable[Project]") -> dict[str, Tools]:
    """Return the tools of every provider that a project names, by the provider's name.

    Without a project those of the default provider.
    """
    used_tools = {used.provider.name: used for used in (tools_of(project, home) for project in projects)}
    return used_tools or {DEFAULT: tools(home)}


def elsewhere(home: Home, projects: "Iterable[Project]", provider: str) -> set[str]:
    """Return the names of the projects that run at another provider: what they have left at this one is history."""
    return {project.name for project in projects if tools_of(project, home).provider.name != provider}


def tools_in_reach(home: Home, projects: "Iterable[Project]") -> dict[str, Tools]:
    """Return the tools of the providers in use, and of all others that can be built without a project's settings.

    Something may be left at a provider that no project names any more.
    """
    reachable = tools_in_use(home, projects)
    for name in provider_names():
        with contextlib.suppress(RadixError, ValidationError):
            unused = tools(home, name)
            reachable.setdefault(unused.provider.name, unused)
    return reachable
