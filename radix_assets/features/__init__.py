"""Stage: features. featuretools decides what to compute, Radix computes it, strictly as of each row's own time."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

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

__getattr__ = lazily(
    __name__,
    make="load_features make_features",
    model="CUTOFF GROUP ROW TARGET Feature FeatureSet",
    prepared="InputColumn Prepared prepare",
)
