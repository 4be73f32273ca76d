"""What was done, as one list: actions by machine or person, and assets that were made or failed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import dagster as dg

from radix_assets.project import Project
from radix_resources.action_log import events, read


def entries(instance: dg.DagsterInstance, projects: Sequence[Project], limit: int) -> list[dict[str, Any]]:
    """Newest first: when, what, subject, who, outcome."""
    found: list[tuple[float, dict[str, Any]]] = []

    @cache
    def actor(run_id: str) -> str:
        run = instance.get_run_by_id(run_id) if run_id else None
        return run.tags.get("radix/actor", "a person in the UI") if run else ""

    for project in projects:
        for entry in read(instance, project=project.name, limit=limit):
            action = entry.action
            ended = action.outcome or "begun"
            said = {
                "what": action.kind,
                "subject": action.subject,
                "who": action.actor,
                "outcome": f"{ended} {action.error_code or ''}".strip(),
            }
            found.append((entry.timestamp, said))
        for event in events(instance, project=project.name, limit=limit):
            kept = "unchanged" if event.facts.get("radix/unchanged") else event.state
            outcome = str(event.facts.get("code", "")) if event.state == "failed" else kept
            said = {"what": "materialize", "subject": event.key, "who": actor(event.run_id), "outcome": outcome}
            found.append((event.timestamp, said))
    found.sort(key=lambda one: -one[0])
    return [{"when": _moment(when), **said} for when, said in found[:limit]]


def _moment(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M:%S")
