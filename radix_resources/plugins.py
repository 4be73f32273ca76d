"""Extensions of other packages, found by entry point.

Radix offers three groups: `radix.sources`, `radix.providers` and `radix.learners`. What Radix ships is registered in
code; an installed package adds to it with an entry point of its own. An entry point is loaded when it is first used.
"""

import functools
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from radix_resources.errors import ConfigError

Group = Literal["radix.sources", "radix.providers", "radix.learners"]


@functools.cache
def plugins(group: Group) -> dict[str, EntryPoint]:
    """Return the entry points of a group by name.

    Raise ConfigError RDX-CFG-019 if two packages claim the same name.
    """
    points: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        registered = points.setdefault(point.name, point)
        if registered.value != point.value:
            raise ConfigError(
                "RDX-CFG-019",
                f"the {group} extension {point.name!r} is defined twice: {registered.value} and {point.value}",
                expected="one installed package for each name",
                hint="uninstall one of the two packages",
            )
    return points


def load_plugin(group: Group, name: str) -> Any:
    """Import the object that an entry point names.

    Raise ConfigError RDX-CFG-019 if no package offers it or its import fails.
    """
    point = plugins(group).get(name)
    if point is None:
        raise ConfigError(
            "RDX-CFG-019",
            f"no installed package offers {name!r} in the entry point group {group}",
            expected=", ".join(plugins(group)) or "an installed package with such an entry point",
            hint="install the package that provides it, or correct the name",
        )
    try:
        return point.load()
    except Exception as error:
        raise ConfigError(
            "RDX-CFG-019",
            f"the {group} extension {name!r} ({point.value}) cannot be imported: {type(error).__name__}: {error}",
            expected="a module that imports",
            hint="repair or uninstall the package that provides it",
        ) from error
