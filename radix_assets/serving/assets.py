"""Serving: the endpoint that answers, and batch predictions."""

from pathlib import Path

from radix_assets.models.stored import load_champion
from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work


def _tables(work: Work) -> dict[str, Path]:
    from radix_assets.labels.stage import load_question

    return work.raw() | load_question(work.input("labels")).tables


def _deploy(work: Work) -> Output:
    from radix_assets.serving.deployment import make_endpoint

    return make_endpoint(
        work.project.name,
        work.input("champion"),
        _tables(work),
        work.tools.endpoint,
        work.out,
        tracking=work.tools.tracking,
    )


def _is_up(work: Work) -> bool:
    """One that was stopped on purpose, or because nobody asked it for long, is not started behind a person's back."""
    if load_champion(work.input("champion")).model_id is None:
        return True
    deployed = work.tools.endpoint.inspect(work.project.name)
    return deployed is not None and deployed.state != "failed"


ENDPOINT = Stage(
    name="endpoint",
    action="provision",
    description="The champion behind an address of this machine: supervised, with health, an OpenAPI page and checked "
    "input. An example request is in the metadata.",
    kinds=("fastapi",),
    requires=("endpoint",),
    deps=("champion", "raw", "labels"),
    checks={
        "answers": "The endpoint answers.",
    },
    compute=_deploy,
    is_current=_is_up,
)


def _predict(work: Work) -> Output:
    from radix_assets.privacy import read_seal
    from radix_assets.serving.batch import make_predictions

    return make_predictions(work.input("champion"), _tables(work), work.out, read_seal(work.tools.home.state))


PREDICTIONS = Stage(
    name="predictions",
    description="The champion's answers for the rows whose outcome is not known yet; where there are none, for the "
    "rows that were held out.",
    kinds=("parquet",),
    deps=("champion", "raw", "labels"),
    checks={
        "every_row_has_a_prediction": "No row is left without an answer.",
        "probabilities_add_up": "The probabilities of a row lie between 0 and 1 and add up to 1.",
        "predictions_differ": "Not all rows get the same answer.",
    },
    compute=_predict,
)
