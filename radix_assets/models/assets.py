"""Models: the challenger, and the decision which model serves."""

import shutil
from pathlib import Path

import dagster as dg
from pydantic import Field

from radix_assets.graph import Stage, Work
from radix_assets.models import decide, load_card, load_champion, train
from radix_assets.models.approvals import approve, approved
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


def _previous(work: Work) -> Path | None:
    return work.tools.storage.path(work.previous) if work.previous else None


def _decide(work: Work) -> Output | None:
    output = decide(
        work.input("model"),
        _previous(work),
        work.input("features"),
        challenger_version=work.inputs["model"].data_version,
        approval=work.project.policy.deploy,
        approved=approved(work.project.folder),
        out=work.out,
    )
    if output is not None:
        _keep_plan(work)
    return output


def _keep_plan(work: Work) -> None:
    """Put the feature plan and the tags that the serving model was trained with beside it."""
    champion = load_champion(work.out)
    previous = _previous(work)
    if champion.model is None:
        return
    if champion.promoted or previous is None:
        for stage, names in {"features": ["features.json", "definitions.json"], "tags": ["tags.json"]}.items():
            (work.out / stage).mkdir()
            for name in names:
                shutil.copyfile(work.input(stage) / name, work.out / stage / name)
    else:
        for stage in ("features", "tags"):
            shutil.copytree(previous / stage, work.out / stage)


def _asks(work: Work) -> str | None:
    if work.project.policy.deploy == "auto":
        return None
    version = work.inputs["model"].data_version
    if version in approved(work.project.folder) or not load_card(work.input("model")).accepted:
        return None
    return (
        f"model {version[:12]} is ready to go live: `radix approve {work.project.name}`, "
        "or the launchpad of this asset with `approve: true`"
    )


def _before(work: Work, approval: Approval | None) -> None:
    if approval is not None and approval.approve:
        approve(work.project.folder, work.inputs["model"].data_version, by=approval.by, why=approval.why)


def _outside(work: Work) -> list[str]:
    version = work.inputs["model"].data_version
    return [name for name in approved(work.project.folder) if name == version]


CHAMPION = Stage(
    name="champion",
    description="Which model serves, and why: a challenger takes over only if it beats the one that serves, and where "
    "the project says so only once a person approved it (in the launchpad, or with `radix approve`).",
    kinds=("mlflow",),
    needs=("tags", "features", "model"),
    compute=_decide,
    settings=lambda project, _table: project.policy.deploy,
    outside=_outside,
    asks=_asks,
    launchpad=Approval,
    before=_before,
)
