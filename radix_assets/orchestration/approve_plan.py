"""Approving a plan: the file that decides, and the action in the log."""

from typing import TYPE_CHECKING

from radix_assets.budget.approvals import approve_plan
from radix_assets.budget.plan import make_plan
from radix_assets.pipeline.status import unbudgeted_statuses
from radix_assets.pipeline.tools import tools_of
from radix_assets.project.settings import Project, load_projects
from radix_resources.action_log.log import logged_action
from radix_resources.action_log.schema import Action
from radix_resources.errors import BudgetError
from radix_resources.home import Home

if TYPE_CHECKING:
    import dagster as dg


def approve_by_hash(home: Home, instance: "dg.DagsterInstance", wanted: str, *, by: str, why: str) -> Project:
    """Approve the plan with this hash, whosever it is, and return its project.

    Raises BudgetError RDX-BUD-002 where no project has such a plan now, with the plans that wait.
    """
    from radix_assets.stages import STAGES

    waiting = {}
    for project in load_projects(home.projects)[0]:
        if not project.budget.limited:
            continue
        tools = tools_of(project, home)
        plan = make_plan(project, unbudgeted_statuses(project, STAGES, tools), tools)
        if plan.hash == wanted:
            action = Action(
                kind="approve",
                subject=f"{project.name}/plan",
                project=project.name,
                actor=by,
                reason=why,
                input_hash=plan.hash,
                after={"inputs": plan.inputs, "at most": plan.most.model_dump()},
            )
            with logged_action(instance, action):
                approve_plan(project.folder, plan, by=by, why=why)
            return project
        if plan.beyond:
            waiting[project.name] = plan.hash
    raise BudgetError(
        "RDX-BUD-002",
        f"no project has the plan {wanted}",
        expected=", ".join(f"{plan} ({name})" for name, plan in waiting.items()) or "a plan beyond a budget; none is",
        hint="what it computes from or its cost has changed since; look again with: radix plan NAME",
    )
