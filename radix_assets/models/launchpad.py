"""What the launchpad of a project's champion offers."""

import dagster as dg
from pydantic import Field


class Approval(dg.Config):
    """A person's word on the model that waits."""

    approve: bool = Field(False, description="True: the waiting model may go live.")
    why: str = Field("", description="Kept with the approval.")
    by: str = Field("a person in the UI", description="Who says so.")
