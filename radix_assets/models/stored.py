"""Read the cards of model and champion snapshots without importing what fits a model."""

from pathlib import Path

from radix_assets.models.registry import load_registration
from radix_assets.models.schema import Champion, ModelCard
from radix_resources.errors import ModelError

CARD, CHAMPION = "model.json", "champion.json"


def load_card(path: Path) -> ModelCard:
    """Read the card of a model or champion snapshot, with its MLflow registration if there is one.

    Raise ModelError RDX-MOD-002 if there is no model.
    """
    file = path / CARD
    if not file.is_file():
        raise ModelError("RDX-MOD-002", "there is no model", expected=CARD, hint="materialize the model", file=path)
    card = ModelCard.model_validate_json(file.read_text(encoding="utf-8"))
    registration = load_registration(path)
    return card.model_copy(update={"run_id": registration.run_id, "version": registration.version})


def load_champion(path: Path) -> Champion:
    """Read the decision of a champion snapshot. Raise ModelError RDX-MOD-002 if there is none."""
    file = path / CHAMPION
    if not file.is_file():
        raise ModelError(
            "RDX-MOD-002", "there is no champion", expected=CHAMPION, hint="materialize the champion", file=path
        )
    return Champion.model_validate_json(file.read_text(encoding="utf-8"))
