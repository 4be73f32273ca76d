"""This machine, or several that share a folder and a database: nothing to install, no account."""

import functools

from radix_resources.endpoint.local import LocalEndpoint
from radix_resources.home import Home
from radix_resources.metadata.base import DRIVER_VARIABLE
from radix_resources.prices import load_prices
from radix_resources.providers.base import Provider
from radix_resources.providers.local.compute import ComputeComponent
from radix_resources.providers.local.endpoint import EndpointComponent
from radix_resources.providers.local.metadata import MetadataComponent
from radix_resources.providers.local.storage import StorageComponent
from radix_resources.providers.local.tracking import TrackingComponent
from radix_resources.storage.local import LocalStorage
from radix_resources.tracking.local import LocalTracking

NAME = "local"


def build(home: Home) -> Provider:
    """Directories, SQLite or PostgreSQL, and local processes; what machines share is where they all see it."""
    prices = functools.cache(lambda: load_prices(home, NAME))  # a table that cannot be read stops who needs it alone
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
    return Provider(NAME, storage, tracking, endpoint, {one.capability: one for one in components})
