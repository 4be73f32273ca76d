"""What the snapshots of models and champions say of themselves. Nothing of what fits a model is loaded."""

from pathlib import Path

from radix_assets.models.registry import load_registration
from radix_assets.models.schema import Champion, ModelCard
from radix_resources.errors import ModelError

CARD, CHAMPION = "model.json", "champion.json"


def load_card(path: Path) -> ModelCard:
    """The card of a model's snapshot, or of a champion's, with the registration where there is one."""
    file = path / CARD
    if not file.is_file():
        raise ModelError("RDX-MOD-002", "there is no model", expected=CARD, hint="materialize the model", file=path)
    card = ModelCard.model_validate_json(file.read_text(encoding="utf-8"))
    registration = load_registration(path)
    return card.model_copy(update={"run_id": registration.run_id, "version": registration.version})


def load_champion(path: Path) -> Champion:
    """Of a champion's snapshot. Raises ModelError RDX-MOD-002 where it holds none."""
    file = path / CHAMPION
    if not file.is_file():
        raise ModelError(
            "RDX-MOD-002", "there is no champion", expected=CHAMPION, hint="materialize the champion", file=path
        )
    return Champion.model_validate_json(file.read_text(encoding="utf-8"))
