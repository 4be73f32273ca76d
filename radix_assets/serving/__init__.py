"""Serving: a model answers, by request or for many rows at once."""

from radix_assets.serving.batch import make_predictions, predict_file, predict_moments, predict_rows
from radix_assets.serving.deployment import Served, load_served, make_endpoint
from radix_assets.serving.predictor import Predictor, load_predictor
from radix_assets.serving.smoke import smoke

__all__ = [
    "Predictor",
    "Served",
    "load_predictor",
    "load_served",
    "make_endpoint",
    "make_predictions",
    "predict_file",
    "predict_moments",
    "predict_rows",
    "smoke",
]
