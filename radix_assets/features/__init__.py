"""Stage: features. featuretools decides what to compute, Radix computes it, strictly as of each row's own time.

The names are imported when they are first asked for, so that who only computes a plan loads nothing that made it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radix_assets.features.make import load_features, make_features
    from radix_assets.features.model import CUTOFF, GROUP, ROW, TARGET, Feature, FeatureSet
    from radix_assets.features.prepared import InputColumn, Prepared, prepare

__all__ = [
    "CUTOFF",
    "GROUP",
    "ROW",
    "TARGET",
    "Feature",
    "FeatureSet",
    "InputColumn",
    "Prepared",
    "load_features",
    "make_features",
    "prepare",
]

_HOMES = {"make": ("load_features", "make_features"), "prepared": ("InputColumn", "Prepared", "prepare")}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    home = next((module for module, names in _HOMES.items() if name in names), "model")
    return getattr(import_module(f"radix_assets.features.{home}"), name)
