"""Finds providers by name: the folders beside this module, and the entry points `radix.providers`."""

import difflib
import importlib
import pkgutil
from typing import TYPE_CHECKING

from radix_resources import providers as package
from radix_resources.errors import ConfigError
from radix_resources.plugins import load_plugin, plugins
from radix_resources.providers.base import Provider, ProviderDefinition, ProviderSettings
from radix_resources.providers.names import DEFAULT, NAME

if TYPE_CHECKING:
    from radix_resources.home import Home

_GROUP = "radix.providers"


def provider_names() -> list[str]:
    """Return the names of all providers that are found, sorted."""
    return sorted({*_built_in(), *plugins("radix.providers")})


def find_provider(name: str) -> ProviderDefinition:
    """Return the definition of a provider. Nothing is opened.

    Raise ConfigError RDX-CFG-003 if there is none of that name, and RDX-CFG-019 if its package cannot be used.
    """
    if name in _built_in():
        definition = importlib.import_module(f"{package.__name__}.{name}.provider").PROVIDER
    elif name in plugins("radix.providers"):
        definition = load_plugin("radix.providers", name)
    else:
        names = provider_names()
        near = difflib.get_close_matches(name, names, n=1)
        raise ConfigError(
            "RDX-CFG-003",
            f"there is no provider {name!r}",
            expected=f"one of {', '.join(names)}",
            hint=f"did you mean {near[0]}?" if near else "install the package that offers it, or use one of these",
        )
    if not isinstance(definition, ProviderDefinition) or definition.name != name or not NAME.fullmatch(name):
        raise ConfigError(
            "RDX-CFG-019",
            f"the {_GROUP} extension {name!r} is not a provider definition of that name",
            expected=f"a ProviderDefinition named {name!r}: lower-case letters, digits and underscores",
            hint="repair or uninstall the package that provides it (docs/extending/providers.md)",
        )
    return definition


def build_provider(home: "Home", name: str = DEFAULT, settings: ProviderSettings | None = None) -> Provider:
    """Build a provider for an installation. `settings` are a project's; by default those of an empty project file.

    Raise ConfigError as `find_provider` does, and pydantic's ValidationError if the provider has required settings.
    """
    definition = find_provider(name)
    return definition.build(home, settings if settings is not None else definition.settings())


def _built_in() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg]
