"""Stage: features. featuretools decides what to compute, Radix computes it, strictly as of each row's own time."""

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
