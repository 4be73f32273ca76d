"""Endpoint: where a model answers.

The names are loaded when they are asked for: the supervisor and the server live in this package too, and must not carry
Dagster in their memory.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radix_resources.endpoint.base import Endpoint
    from radix_resources.endpoint.local import LocalEndpoint
    from radix_resources.endpoint.manifest import Deployed, EndpointManifest

__all__ = ["Deployed", "Endpoint", "EndpointManifest", "LocalEndpoint"]

_HOMES = {"Deployed": "manifest", "Endpoint": "base", "EndpointManifest": "manifest", "LocalEndpoint": "local"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(name)
