"""Enforce the budget: steps that exceed it wait for an approval, without occupying a worker."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from radix_assets.pipeline.stage import Stage, Tools
from radix_assets.pipeline.status import AssetStatus, unbudgeted_statuses
from radix_assets.project.settings import Project
from radix_resources.errors import BudgetError

if TYPE_CHECKING:
    from radix_assets.budget.plan import Plan


def hold_back(project: Project, statuses: Sequence[AssetStatus], tools: Tools) -> list[AssetStatus]:
    """Return the statuses with stale assets as waiting if the plan exceeds the budget without an approval."""
    error = over_budget(project, statuses, tools)
    if error is None:
        return list(statuses)
    wish = f"{error.code}: {error.found}; {error.hint}"
    return [replace(status, state="waiting", reason=wish) if status.state == "stale" else status for status in statuses]


def over_budget(project: Project, statuses: Sequence[AssetStatus], tools: Tools) -> BudgetError | None:
    """Return why the project may not continue, or None. Nothing is computed if the project has no budget."""
    if not project.budget.limited or not any(status.state == "stale" for status in statuses):
        return None
    from radix_assets.budget.approvals import approved_plan
    from radix_assets.budget.plan import make_plan  # a plan reads footers, for which it loads pyarrow

    plan = make_plan(project, statuses, tools)
    if not plan.beyond or approved_plan(project.folder, plan):
        return None
    return beyond(project, plan)


def beyond(project: Project, plan: "Plan") -> BudgetError:
    """Return the error for a plan that exceeds the budget."""
    return BudgetError(
        "RDX-BUD-001",
        f"plan {plan.hash} is beyond the budget: {', '.join(plan.beyond)}",
        expected="a plan within `budget:` of the project file",
        hint=f"look at it: radix plan {project.name}; then: radix approve {plan.hash} --why …, or raise the budget",
        project=project.name,
        plan=plan.hash,
    )


def demand_budget(project: Project, stages: tuple[Stage, ...], tools: Tools) -> None:
    """Raise BudgetError RDX-BUD-001 if the stale assets exceed the budget without an approval."""
    if project.budget.limited:
        error = over_budget(project, unbudgeted_statuses(project, stages, tools, ask=lambda _table: False), tools)
        if error:
            raise error


def asset_statuses(
    project: Project, stages: tuple[Stage, ...], tools: Tools, *, ask: Callable[[str], bool] = lambda _table: True
) -> list[AssetStatus]:
    """Return the status of every asset in topological order. Stale assets that exceed the budget wait for an approval.

    `ask` says for which tables the source is checked for changes; the others are assumed to be unchanged.
    """
    statuses = unbudgeted_statuses(project, stages, tools, ask=ask)
    return hold_back(project, statuses, tools) if project.budget.limited else statuses
