"""Record a tested model in the tracking store."""

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from radix_assets.models.schema import FOLDER, ModelCard
from radix_assets.project.sections import Search

if TYPE_CHECKING:
    from radix_resources.tracking.base import Tracking

REGISTRATION = "registration.json"
_UNUSABLE = re.compile(r"[^\w\-. /:]")
"""Characters that a name of a metric may not have in MLflow, such as the percent signs of a blend."""
LOADER = "radix_assets.models.loader"
"""The module that MLflow loads the model with."""


class Registration(BaseModel):
    """The run and version of a model in the tracking store. They differ between machines, so the card omits them."""

    run_id: str | None = None
    version: str | None = None


def register(tracking: "Tracking", card: ModelCard, search: Search, out: Path, name: str) -> Registration:
    """Record the run, and register a version if the model was accepted. The same model is recorded once."""
    metrics = {
        card.metric: card.score.value,
        f"{card.metric}_low": card.score.low,
        f"{card.metric}_high": card.score.high,
    }
    metrics |= {name: score.value for name, score in card.metrics.items()}
    metrics |= {f"baseline/{name}": score.value for name, score in card.baselines.items()}
    metrics |= {f"alternative/{_UNUSABLE.sub('', name)}": score.value for name, score in card.alternatives.items()}
    if card.random_score:
        metrics[f"random_split_{card.metric}"] = card.random_score.value
    if card.improvement:
        metrics["improvement"] = card.improvement.value
    served = {"served_rows": card.served_rows, "served_until": card.served_until} if card.served_rows else {}
    recorded = tracking.record(
        name,
        key=hashlib.sha256((out / "model.json").read_bytes()).hexdigest()[:32],
        params={
            "trials": search.trials,
            "seed": search.seed,
            "estimator": card.estimator,
            "split": card.split,
            **served,
        },
        metrics=metrics,
        tags={
            "target": card.target,
            "problem": card.problem,
            "accepted": str(card.accepted).lower(),
            "reason": card.reason,
            "model_id": card.model_id,
            **({"judged_id": card.judged_id} if card.judged_id else {}),
        },
        files=out / FOLDER,
        loader=LOADER,
        register=card.accepted,
    )
    registration = Registration(run_id=recorded.run_id, version=recorded.version)
    (out / REGISTRATION).write_text(registration.model_dump_json(indent=1), encoding="utf-8")
    return registration


def load_registration(path: Path) -> Registration:
    """Read the registration of a snapshot; empty if it was never recorded."""
    file = path / REGISTRATION
    return Registration.model_validate_json(file.read_text(encoding="utf-8")) if file.is_file() else Registration()
