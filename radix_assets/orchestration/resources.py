"""Which backend of each capability an installation uses."""

from typing import TYPE_CHECKING, Any

from radix_assets.pipeline.stage import Tools

if TYPE_CHECKING:
    import dagster as dg


def resources(found: Tools) -> "dict[str, dg.ConfigurableResource[Any]]":
    """The same as Dagster resources: it shows their settings, and a run may change them."""
    import dagster as dg

    made = {}
    for name, backend in found.backends.items():
        kind = type(backend)
        names = {"__doc__": kind.__doc__, "__module__": kind.__module__}
        resource = type(kind.__name__, (kind, dg.ConfigurableResource), names)
        made[name] = resource(**backend.model_dump())
    return made
