"""What is beyond the budget does not start: it waits for a person, and holds no worker meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from radix_assets.budget.approvals import approved_plan
from radix_assets.budget.plan import Plan, make_plan
from radix_assets.pipeline.stage import Stage, Tools
from radix_assets.pipeline.status import AssetStatus, unbudgeted_statuses
from radix_assets.project.settings import Project
from radix_resources.errors import BudgetError


def hold_back(project: Project, statuses: Sequence[AssetStatus], tools: Tools) -> list[AssetStatus]:
    """The same standings; what is to be made waits where the plan is beyond the budget and nobody approved it."""
    error = over_budget(project, statuses, tools)
    if error is None:
        return list(statuses)
    wish = f"{error.code}: {error.found}; {error.hint}"
    return [replace(one, state="waiting", reason=wish) if one.state == "stale" else one for one in statuses]


def over_budget(project: Project, statuses: Sequence[AssetStatus], tools: Tools) -> BudgetError | None:
    """Why the project may not go on, or None. Nothing is looked at where the project has no budget."""
    if not project.budget.limited or not any(one.state == "stale" for one in statuses):
        return None
    plan = make_plan(project, statuses, tools)
    if not plan.beyond or approved_plan(project.folder, plan):
        return None
    return beyond(project, plan)


def beyond(project: Project, plan: Plan) -> BudgetError:
    """In words."""
    return BudgetError(
        "RDX-BUD-001",
        f"plan {plan.hash} is beyond the budget: {', '.join(plan.beyond)}",
        expected="a plan within `budget:` of the project file",
        hint=f"look at it: radix plan {project.name}; then: radix approve {plan.hash} --why …, or raise the budget",
        project=project.name,
        plan=plan.hash,
    )


def demand_budget(project: Project, stages: tuple[Stage, ...], tools: Tools) -> None:
    """Raises BudgetError RDX-BUD-001 where what is to be made is beyond the budget and nobody approved it."""
    if project.budget.limited:
        error = over_budget(project, unbudgeted_statuses(project, stages, tools, ask=lambda _table: False), tools)
        if error:
            raise error


def asset_statuses(
    project: Project, stages: tuple[Stage, ...], tools: Tools, *, ask: Callable[[str], bool] = lambda _table: True
) -> list[AssetStatus]:
    """Every asset of a project, each after what it stands on. What is beyond the budget waits for a person.

    `ask` says of which tables the source is asked whether it has changed; the others are taken to be as they were when
    they were last read.
    """
    found = unbudgeted_statuses(project, stages, tools, ask=ask)
    if not project.budget.limited:
        return found

    return hold_back(project, found, tools)
