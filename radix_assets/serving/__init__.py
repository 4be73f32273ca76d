"""Serving: a model answers, by request or for many rows at once."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_assets.serving.batch import make_predictions, predict_file, predict_moments, predict_rows
    from radix_assets.serving.deployment import Served, load_served, make_endpoint
    from radix_assets.serving.predictor import Predictor, load_predictor

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
]

__getattr__ = lazily(
    __name__,
    batch="make_predictions predict_file predict_moments predict_rows",
    deployment="Served load_served make_endpoint",
    predictor="Predictor load_predictor",
)
