"""Models: the challenger, and the decision which model serves."""

import shutil
from typing import Any

import dagster as dg
from pydantic import Field

from radix_assets.graph import Stage, Work
from radix_assets.models import approve, approved, decide, train, waits_for_approval
from radix_assets.output import Output


def _train(work: Work) -> Output:
    return train(
        work.input("features"), work.project.search, work.out, tracking=work.tools.tracking, name=work.project.name
    )


MODEL = Stage(
    name="model",
    description="The best model that a bounded, seeded search found, judged on rows it never saw, against trivial "
    "predictors. One that does not beat them is refused, and the reason is here.",
    kinds=("flaml", "mlflow"),
    needs=("features",),
    checks={
        "beats_baselines": "The model is better than trivial predictors, beyond chance.",
        "no_engineered_leak": "No single feature nearly knows the answer.",
    },
    compute=_train,
    settings=lambda project, _table: project.search.model_dump(),
)


class Approval(dg.Config):
    """A person's word on the model that waits."""

    approve: bool = Field(False, description="True: the waiting model may go live.")  # noqa: FBT003 pydantic's signature
    why: str = Field("", description="Kept with the approval.")
    by: str = Field("a person in the UI", description="Who says so.")
