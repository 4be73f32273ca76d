"""The local provider: directories, SQLite or PostgreSQL, and local processes."""

import functools

from radix_resources.endpoint.local import LocalEndpoint
from radix_resources.home import Home
from radix_resources.metadata.base import DRIVER_VARIABLE
from radix_resources.providers.base import Provider, ProviderDefinition, ProviderSettings
from radix_resources.providers.local.compute import ComputeComponent
from radix_resources.providers.local.endpoint import EndpointComponent
from radix_resources.providers.local.metadata import MetadataComponent
from radix_resources.providers.local.storage import StorageComponent
from radix_resources.providers.local.tracking import TrackingComponent
from radix_resources.providers.prices import SHIPPED, load_prices
from radix_resources.storage.local import LocalStorage
from radix_resources.tracking.local import LocalTracking

NAME = "local"
PRICES = SHIPPED / "local.yaml"


def build(home: Home, settings: ProviderSettings) -> Provider:  # noqa: ARG001 it has none
    """Build the provider from directories of this machine, or of a folder that several machines see."""
    prices = functools.cache(lambda: load_prices(home, NAME, PRICES))  # a broken table stops only what needs a price
    storage = LocalStorage(root=str(home.store))
    tracking = LocalTracking(root=str(home.mlflow), database_variable=DRIVER_VARIABLE if home.metadata.shared else "")
    endpoint = LocalEndpoint(root=str(home.endpoints))
    components = (
        ComputeComponent(NAME, home, prices),
        EndpointComponent(NAME, endpoint, prices),
        MetadataComponent(NAME, home),
        StorageComponent(NAME, storage, prices),
        TrackingComponent(NAME, tracking),
    )
    by_capability = {component.capability: component for component in components}
    return Provider(NAME, storage, tracking, endpoint, by_capability, prices)


PROVIDER = ProviderDefinition(NAME, build, PRICES)
