"""Approval of a plan: the approvals file of its project, and the action in the log."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from radix_assets.budget.approvals import approve_plan
from radix_assets.budget.plan import make_plan
from radix_assets.pipeline.status import unbudgeted_statuses
from radix_assets.pipeline.tools import tools_of
from radix_assets.project.settings import Project
from radix_resources.action_log.log import logged_action
from radix_resources.action_log.schema import Action
from radix_resources.errors import BudgetError
from radix_resources.home import Home

if TYPE_CHECKING:
    import dagster as dg


def approve_by_hash(
    projects: Iterable[Project], home: Home, instance: "dg.DagsterInstance", plan_hash: str, *, by: str, why: str
) -> Project:
    """Approve the plan with this hash, and return the project that it belongs to.

    Raise BudgetError RDX-BUD-002, with the plans that wait, if none of the projects has such a plan now.
    """
    from radix_assets.stages import STAGES

    waiting = {}
    for project in projects:
        if not project.budget.limited:
            continue
        tools = tools_of(project, home)
        plan = make_plan(project, unbudgeted_statuses(project, STAGES, tools), tools)
        if plan.hash == plan_hash:
            action = Action(
                kind="approve",
                subject=f"{project.name}/plan",
                project=project.name,
                actor=by,
                reason=why,
                input_hash=plan.hash,
                after={"inputs": plan.inputs, "at most": plan.most.model_dump()},
            )
            with logged_action(instance, home, action):
                approve_plan(project.folder, plan, by=by, why=why)
            return project
        if plan.beyond:
            waiting[project.name] = plan.hash
    raise BudgetError(
        "RDX-BUD-002",
        f"no project has the plan {plan_hash}",
        expected=", ".join(f"{waits} ({name})" for name, waits in waiting.items())
        or "the hash of a plan that exceeds its budget; no such plan is waiting",
        hint="its inputs or its cost have changed since; show the current plan: radix plan NAME",
    )
