"""Stage: models."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_assets.models.champion import decide
    from radix_assets.models.fitted import FittedModel, Predictions, load_model, model_id
    from radix_assets.models.model import Champion, ModelCard, Score
    from radix_assets.models.stored import load_card, load_champion

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
]

__getattr__ = lazily(
    __name__,
    champion="decide",
    fitted="FittedModel Predictions load_model model_id",
    model="Champion ModelCard Score",
    stored="load_card load_champion",
)
