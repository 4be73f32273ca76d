"""Endpoint: where a model answers."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_resources.endpoint.base import Endpoint
    from radix_resources.endpoint.local import LocalEndpoint
    from radix_resources.endpoint.manifest import Deployed, EndpointManifest

__all__ = ["Deployed", "Endpoint", "EndpointManifest", "LocalEndpoint"]

__getattr__ = lazily(
    __name__,
    base="Endpoint",
    local="LocalEndpoint",
    manifest="Deployed EndpointManifest",
)
