"""A person's word that a plan may go beyond the budget, in `projects/<name>/plans.yaml`, durable and in its history."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from radix_assets.budget.meter import Totals
from radix_assets.budget.plan import Plan
from radix_assets.common.yaml_log import append_entry

PLANS_FILE = "plans.yaml"


def approve_plan(folder: Path, plan: Plan, *, by: str, why: str) -> None:
    """Add an approval of exactly this plan, and of what it comes to at most. Saying it twice is harmless."""
    if any(entry["plan"] == plan.hash and why in {entry["why"], ""} for entry in _entries(folder)):
        return
    path = folder / PLANS_FILE
    now = datetime.now(UTC).isoformat(timespec="seconds")
    entry = {"plan": plan.hash, "inputs": plan.inputs, "by": by, "why": why, "at": now, **plan.most.model_dump()}
    append_entry(path, "Plans beyond the budget that a person approved.", entry)


def approved_plan(folder: Path, plan: Plan) -> str | None:
    """Who approved it, or None.

    An approval holds while nothing that the plan computes from has changed, and up to what it said the plan comes to at
    most.
    """
    for entry in _entries(folder):
        covered = Totals(**{name: entry.get(name, 0.0) for name in Totals.model_fields})
        within = all(getattr(plan.expected, name) <= getattr(covered, name) for name in Totals.model_fields)
        if entry["inputs"] == plan.inputs and within:
            return str(entry["by"])
    return None


def approved_plans(folder: Path) -> set[str]:
    """Hashes of all plans that were ever approved."""
    return {entry["plan"] for entry in _entries(folder)}


def _entries(folder: Path) -> list[dict[str, Any]]:
    path = folder / PLANS_FILE
    if not path.exists():
        return []
    return [entry for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or [] if "plan" in entry]
