"""The launchpad of the champion: approve the model that waits."""

import dagster as dg
from pydantic import Field


class Approval(dg.Config):
    """The approval of the model that waits."""

    approve: bool = Field(False, description="Promote the model that waits for approval.")
    why: str = Field("", description="Reason, stored with the approval.")
    by: str = Field("a person in the UI", description="Name of the approver.")
