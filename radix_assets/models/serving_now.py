"""The model that serves, in the words of the commands: which version, how good, since when, and what it knows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from radix_assets.models.stored import CARD, load_card, load_champion

if TYPE_CHECKING:
    from radix_assets.project.settings import Project
    from radix_resources.storage.base import Commit, Storage

_SERVING = "serving"


@dataclass(frozen=True)
class ServingNow:
    """The decision which model serves, as it stands."""

    model: str | None
    """None if no model serves."""
    version: str | None
    metric: str
    score: float | None
    since: str
    """UTC, ISO 8601: when it was promoted, or the oldest record of it if that of its promotion is no longer kept."""
    fitted_on: str
    """What it was judged on and fitted on, in a sentence; empty if an earlier version of Radix promoted it."""
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return asdict(self)


def in_words(serving: Mapping[str, Any]) -> str:
    """Return which model serves, how good it is and since when, in one line."""
    if serving["model"] is None:
        return f"nothing: {serving['reason']}"
    score = f"{serving['metric']} {serving['score']:.4g} when it was tested" if serving["score"] is not None else ""
    parts = [
        (f"version {serving['version']}" if serving["version"] else f"model {serving['model']}")
        + (f" ({score or 'no score'})"),
        serving["since"] and f"since {serving['since'][:16].replace('T', ' ')} UTC",
    ]
    return "; ".join(filter(None, parts))


def serving_now(storage: "Storage", project: "Project") -> ServingNow | None:
    """Return the decision which model serves; None before the first one."""
    newest = storage.latest(project.key("champion"))
    if newest is None or not storage.is_there(newest):
        return None
    path = storage.path(newest)
    decision = load_champion(path)
    return ServingNow(
        model=decision.model_id,
        version=decision.version,
        metric=decision.metric,
        score=decision.score.value if decision.score else None,
        since=decision.since or _since(storage, newest),
        fitted_on=load_card(path).fitted_on if decision.model_id and (path / CARD).is_file() else "",
        reason=decision.reason,
    )


def _since(storage: "Storage", newest: "Commit") -> str:
    """Return when the first of the latest commits was made that have one decision."""
    since = newest.created
    for commit in reversed(storage.history(newest.asset)):
        if _shown(commit).get(_SERVING) != _shown(newest).get(_SERVING):
            break
        since = commit.created
    return since


def _shown(commit: "Commit") -> dict[str, Any]:
    return dict(commit.shown.get("shown", {}))
