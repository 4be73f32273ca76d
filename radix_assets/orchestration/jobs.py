"""The job whose launchpad approves a plan."""

from collections.abc import Callable, Iterable

import dagster as dg
from pydantic import Field

from radix_assets.orchestration.approve_plan import approve_by_hash
from radix_assets.project.load import load_projects
from radix_assets.project.settings import Project
from radix_resources.errors import BudgetError
from radix_resources.home import Home

Projects = Callable[[Home], Iterable[Project]]
"""Loads the projects that a job or a sensor looks after."""


class PlanApproval(dg.Config):
    """Approval of a plan that exceeds its project's budget."""

    plan: str = Field(description="The plan's hash, as `radix plan NAME` and the waiting asset show it.")
    why: str = Field("", description="Reason, stored with the approval.")
    by: str = Field("a person in the UI", description="Approver's name.")


def projects_of(home: Home) -> list[Project]:
    """Load the projects of the installation that can be loaded."""
    return load_projects(home.projects)[0]


def build_approval(projects: Projects = projects_of, name: str = "approve_plan") -> dg.JobDefinition:
    """Build the job that approves a plan of one of these projects."""

    @dg.op(name=f"{name}_op" if name != "approve_plan" else "approve")
    def approve(context: dg.OpExecutionContext, config: PlanApproval) -> None:
        home = Home.from_environment()
        try:
            project = approve_by_hash(projects(home), home, context.instance, config.plan, by=config.by, why=config.why)
        except BudgetError as error:
            raise dg.Failure(description=str(error), metadata=error.attrs(), allow_retries=False) from None
        context.log.info("approved plan %s of %s", config.plan, project.name)

    @dg.job(name=name, description="Approves a plan that exceeds the budget; sensors then run what waited for it.")
    def job() -> None:
        approve()

    return job
