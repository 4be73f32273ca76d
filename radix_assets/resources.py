"""Which backend of each capability an installation uses."""

from typing import TYPE_CHECKING, Any

from radix_assets.graph import Tools
from radix_resources.home import Home
from radix_resources.providers import provider

if TYPE_CHECKING:
    import dagster as dg


def tools(home: Home) -> Tools:
    """Those of its provider."""
    found = provider(home)
    return Tools(storage=found.storage, tracking=found.tracking, endpoint=found.endpoint)


def resources(found: Tools) -> "dict[str, dg.ConfigurableResource[Any]]":
    """The same as Dagster resources: it shows their settings, and a run may change them."""
    import dagster as dg

    made = {}
    for name, backend in vars(found).items():
        kind = type(backend)
        names = {"__doc__": kind.__doc__, "__module__": kind.__module__}
        resource = type(kind.__name__, (kind, dg.ConfigurableResource), names)
        made[name] = resource(**backend.model_dump())
    return made
