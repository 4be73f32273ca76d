"""Backends as Dagster resources."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from radix_assets.pipeline.stage import Tools

if TYPE_CHECKING:
    import dagster as dg


def resources(providers: Iterable[Tools]) -> "dict[str, dg.ConfigurableResource[Any]]":
    """Return the backends of several providers as Dagster resources, named such as `local_storage`.

    The UI shows their settings, and a run may change them.
    """
    import dagster as dg

    resources = {}
    for name, backend in (item for tools in providers for item in tools.backends.items()):
        kind = type(backend)
        names = {"__doc__": kind.__doc__, "__module__": kind.__module__}
        resource = type(kind.__name__, (kind, dg.ConfigurableResource), names)
        resources[name] = resource(**backend.model_dump())
    return resources
