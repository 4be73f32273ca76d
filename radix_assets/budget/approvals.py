"""Approvals of plans that exceed the budget, in `projects/<name>/plans.yaml`, durable and under version control."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from radix_assets.budget.meter import Totals
from radix_assets.budget.plan import Plan
from radix_assets.common.yaml_log import append_entry

PLANS_FILE = "plans.yaml"


def approve_plan(folder: Path, plan: Plan, *, by: str, why: str) -> None:
    """Add an approval of exactly this plan, up to its upper bounds. Repeating it does nothing."""
    if any(entry["plan"] == plan.hash and why in {entry["why"], ""} for entry in _entries(folder)):
        return
    path = folder / PLANS_FILE
    now = datetime.now(UTC).isoformat(timespec="seconds")
    entry = {"plan": plan.hash, "inputs": plan.inputs, "by": by, "why": why, "at": now, **plan.most.model_dump()}
    append_entry(path, "Approved plans that exceed the budget.", entry)


def approved_plan(folder: Path, plan: Plan) -> str | None:
    """Return who approved it, or None.

    An approval is valid while the inputs of the plan are unchanged, and up to the upper bounds that it names.
    """
    for entry in _entries(folder):
        covered = Totals(**{name: entry.get(name, 0.0) for name in Totals.model_fields})
        within = all(getattr(plan.expected, name) <= getattr(covered, name) for name in Totals.model_fields)
        if entry["inputs"] == plan.inputs and within:
            return str(entry["by"])
    return None


def approved_plans(folder: Path) -> set[str]:
    """Return the hashes of all plans that were ever approved."""
    return {entry["plan"] for entry in _entries(folder)}


def _entries(folder: Path) -> list[dict[str, Any]]:
    path = folder / PLANS_FILE
    if not path.exists():
        return []
    return [entry for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or [] if "plan" in entry]
