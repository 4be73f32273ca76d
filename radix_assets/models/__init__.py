"""Stage: models."""

from radix_assets.models.champion import decide, load_champion
from radix_assets.models.fitted import FittedModel, Predictions, load_model, model_id
from radix_assets.models.model import Champion, ModelCard, Score
from radix_assets.models.train import load_card, train

__all__ = [
    "Champion",
    "FittedModel",
    "ModelCard",
    "Predictions",
    "Score",
    "decide",
    "load_card",
    "load_champion",
    "load_model",
    "model_id",
    "train",
]
