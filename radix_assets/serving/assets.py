"""The stages `endpoint` (online predictions) and `predictions` (batch predictions)."""

from pathlib import Path
from typing import TYPE_CHECKING

from radix_assets.models.stored import load_champion
from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.project.settings import slug

if TYPE_CHECKING:
    from radix_assets.serving.predictions import Previous


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


def _is_current(work: Work) -> bool:
    """Return whether the endpoint needs no action. One that was stopped on purpose or when idle is not restarted."""
    if load_champion(work.input("champion")).model_id is None:
        return True
    deployed = work.tools.endpoint.inspect(work.project.name)
    return deployed is not None and deployed.state != "failed"


ENDPOINT = Stage(
    name="endpoint",
    action="provision",
    description="The champion as an HTTP endpoint: supervised, with health checks, an OpenAPI page and validated "
    "input. The metadata has an example request.",
    kinds=("fastapi",),
    requires=("endpoint",),
    deps=("champion", "raw", "labels"),
    checks={
        "answers": "The endpoint answers.",
    },
    compute=_deploy,
    is_current=_is_current,
)


def _predict(work: Work) -> Output:
    from radix_assets.privacy import read_seal
    from radix_assets.serving.predictions import make_predictions

    seal = read_seal(work.tools.home.state)
    output = make_predictions(work.input("champion"), _tables(work), work.out, seal, _previous(work))
    versions = {name: snapshot.data_version for name, snapshot in work.inputs.items()}
    output.state = versions | {"model": load_champion(work.input("champion")).model_id, "of": output.shown.get("of")}
    return output


def _previous(work: Work) -> "Previous | None":
    """Return the last predictions, if they are by the same model and the snapshots that they were made of are there."""
    from radix_assets.serving.predictions import UNKNOWN, Previous

    state = work.previous.shown.get("state", {}) if work.previous else {}
    if work.previous is None or state.get("of") != UNKNOWN:
        return None
    if state.get("model") != load_champion(work.input("champion")).model_id:
        return None
    storage, tables = work.tools.storage, {}
    for table in work.raw():
        key = f"raw/{slug(table)}"
        history = reversed(storage.history(work.project.key("raw", table)))
        commit = next((item for item in history if item.data_version == state.get(key)), None)
        if commit is None or not storage.is_there(commit):
            return None
        tables[table] = storage.path(commit)
    return Previous(storage.path(work.previous), tables)


PREDICTIONS = Stage(
    name="predictions",
    description="The champion's predictions of the rows with an unknown outcome or, if there are none, of the test "
    "rows.",
    kinds=("parquet",),
    deps=("champion", "raw", "labels"),
    checks={
        "every_row_has_a_prediction": "Every row has a prediction.",
        "probabilities_add_up": "The probabilities of each row are between 0 and 1 and sum to 1.",
        "predictions_differ": "The predictions are not all equal.",
    },
    compute=_predict,
)
