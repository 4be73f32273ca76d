"""What packages offer is loaded when it is first asked for, so that who needs one part of it carries no other."""

import importlib
from collections.abc import Callable
from typing import Any


def lazily(package: str, **homes: str) -> Callable[[str], Any]:
    """A package's `__getattr__` (PEP 562).

    `homes` says by module of the package which names are found in it, separated by spaces. None may be called like a
    module of the package, which Python puts in its place.
    """
    found = {name: home for home, names in homes.items() for name in names.split()}

    def load(name: str) -> Any:
        if name not in found:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{package}.{found[name]}"), name)

    return load
