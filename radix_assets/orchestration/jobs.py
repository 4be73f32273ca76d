"""The job whose launchpad approves a plan."""

import dagster as dg
from pydantic import Field

from radix_assets.orchestration.approve_plan import approve_by_hash
from radix_resources.errors import BudgetError
from radix_resources.home import Home


class PlanApproval(dg.Config):
    """A person's word on a plan that is beyond its project's budget."""

    plan: str = Field(description="The hash that `radix plan NAME`, or what waits, shows.")
    why: str = Field("", description="Kept with the approval.")
    by: str = Field("a person in the UI", description="Who says so.")


@dg.op(name="approve")
def _approve(context: dg.OpExecutionContext, config: PlanApproval) -> None:
    home = Home.from_environment()
    try:
        project = approve_by_hash(home, context.instance, config.plan, by=config.by, why=config.why)
    except BudgetError as error:
        raise dg.Failure(description=str(error), metadata=error.attrs(), allow_retries=False) from None
    context.log.info("approved plan %s of %s", config.plan, project.name)


@dg.job(name="approve_plan", description="Lets a plan go beyond the budget; what waits for it goes on by itself.")
def _approve_plan() -> None:
    _approve()


def build_approval() -> dg.JobDefinition:
    """The job."""
    return _approve_plan
