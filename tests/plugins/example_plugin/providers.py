"""A provider of another package: local processes like the built-in one, with its own directory and prices.

It is the worked example of docs/extending/providers.md.
"""

import functools
from pathlib import Path

from pydantic import Field

from radix_resources.endpoint.local import LocalEndpoint
from radix_resources.home import Home
from radix_resources.providers.base import Provider, ProviderDefinition, ProviderSettings
from radix_resources.providers.local.compute import ComputeComponent
from radix_resources.providers.local.endpoint import EndpointComponent
from radix_resources.providers.local.metadata import MetadataComponent
from radix_resources.providers.local.storage import StorageComponent
from radix_resources.providers.local.tracking import TrackingComponent
from radix_resources.providers.prices import load_prices
from radix_resources.storage.local import LocalStorage
from radix_resources.tracking.local import LocalTracking

PRICES = Path(__file__).with_name("prices.yaml")


class Settings(ProviderSettings):
    """Keys below `infrastructure:` beside `provider`."""

    shelf: str = Field("", pattern=r"^[a-z0-9]*$", description="One of several shelves, each with data of its own.")


def build(home: Home, settings: Settings) -> Provider:
    """Build the provider for one shelf."""
    name = f"example_{settings.shelf}" if settings.shelf else "example"
    root = home.state / name
    prices = functools.cache(lambda: load_prices(home, "example", PRICES))
    storage = LocalStorage(root=str(root / "snapshots_and_records"))
    tracking = LocalTracking(root=str(root / "mlflow"), database_variable="")
    endpoint = LocalEndpoint(root=str(root / "endpoints"))
    components = (
        ComputeComponent(name, home, prices),
        EndpointComponent(name, endpoint, prices),
        MetadataComponent(name, home),
        StorageComponent(name, storage, prices),
        TrackingComponent(name, tracking),
    )
    by_capability = {component.capability: component for component in components}
    return Provider(name, storage, tracking, endpoint, by_capability, prices)


PROVIDER = ProviderDefinition("example", build, PRICES, Settings)
