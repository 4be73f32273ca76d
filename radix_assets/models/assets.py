"""Models: the challenger, and the decision which model serves."""

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from radix_assets.models.approvals import approve, approved
from radix_assets.models.registry import load_registration
from radix_assets.models.stored import load_card, load_champion
from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work

if TYPE_CHECKING:
    from radix_assets.models.launchpad import Approval
    from radix_assets.models.masking import Hidden
    from radix_assets.project.settings import Search


def _train(work: Work) -> Output:
    from radix_assets.models.metadata import tracked
    from radix_assets.models.train import train

    output = train(
        work.input("features"),
        work.project.search,
        work.out,
        tracking=work.tools.tracking,
        name=work.project.name,
        keep=_kept(work),
        hidden=_hidden(work),
    )
    output.shown |= tracked(work.tools.tracking.uri, work.project.name, load_registration(work.out))
    return output


def _hidden(work: Work) -> "Hidden":
    """What of the question may not be told; the seal's key is made when it is first needed."""
    from radix_assets.labels.stage import load_question
    from radix_assets.models.masking import Hidden
    from radix_assets.privacy import Seal, make_seal

    tags = load_question(work.input("labels")).tags
    hidden = Hidden.of(tags, Seal())
    sealed = hidden.target or hidden.key or hidden.name is not None
    return Hidden.of(tags, make_seal(work.tools.home.state)) if sealed else hidden


def _forget(work: Work, snapshot: Path) -> None:
    """The run that an earlier model was recorded with holds its files. That of a model that may go on serving stays."""
    run_id = load_registration(snapshot).run_id
    champion = work.tools.storage.latest(work.project.key("champion"))
    if champion:
        path = work.tools.storage.path(champion)
        if load_registration(path).run_id == run_id and not _outdated(work, path):
            return
    if run_id is not None:
        work.tools.tracking.forget(work.project.name, run_id)


def _kept(work: Work) -> set[str]:
    """Features made only of columns that a person kept although they look like leaks."""
    from radix_assets.exploration.explore import load_exploration
    from radix_assets.features.stage import load_features
    from radix_assets.labels.stage import load_question

    kept = set(load_exploration(work.input("exploration")).kept(load_question(work.input("labels")).tags))
    features = load_features(work.input("features")).features
    return {feature.name for feature in features if kept.issuperset(feature.columns)}


def _search_settings(search: "Search") -> dict[str, object]:
    """Return what a model depends on: with the learners of other packages, the versions of these packages."""
    from radix_assets.models.learners.registry import learner_versions

    settings = search.model_dump()
    return settings if search.learners is None else settings | {"learners": learner_versions(search.learners)}


MODEL = Stage(
    name="model",
    description="The best model that a bounded, seeded search found, judged on rows it never saw, against trivial "
    "predictors. One that does not beat them is refused, and the reason is here.",
    kinds=("flaml", "mlflow"),
    requires=("tracking",),
    deps=("labels", "exploration", "features"),
    checks={
        "beats_baselines": "The model is better than trivial predictors, beyond chance.",
        "no_engineered_leak": "No single feature nearly knows the answer.",
        "not_too_good_to_be_true": "The score is not so good that something must have leaked.",
        "classes_large_enough": "Every class has enough rows to be judged.",
    },
    compute=_train,
    on_withdraw=_forget,
    estimate=lambda work, need: need.model_copy(update={"rounds": work.project.search.trials}),
    settings=lambda project, _table: _search_settings(project.search),
)


PLAN = {"features": "features", "tags": "labels"}
"""What serving needs beside the model: by folder, the stage whose definitions (its JSON files) are in it."""


def _launchpad() -> type:
    from radix_assets.models.launchpad import Approval

    return Approval


def _previous(work: Work) -> Path | None:
    return work.tools.storage.path(work.previous) if work.previous else None


def _decide(work: Work) -> Output | None:
    from radix_assets.models.champion import decide

    output = decide(
        work.input("model"),
        _previous(work),
        work.input("features"),
        approval=work.project.policy.deploy,
        approved=set(approved(work.project.folder)),
        out=work.out,
        data_version=work.inputs["model"].data_version,
        hidden=_hidden(work),
        outdated=_outdated(work, _previous(work)),
    )
    if output is not None:
        _keep_plan(work)
    return output


def _outdated(work: Work, champion: Path | None) -> list[str]:
    """Columns that are private now, and that the champion holds values of, since they were not when it was made."""
    if champion is None or not (champion / "tags").is_dir():
        return []
    from radix_assets.features.stage import load_features
    from radix_assets.labels.stage import load_question
    from radix_assets.models.masking import reveals
    from radix_assets.tags.stage import load_tags

    then, now = load_tags(champion / "tags"), load_question(work.input("labels")).tags
    new = {
        name: now.tables[name].private - (then.tables[name].private if name in then.tables else set())
        for name in now.tables
    }
    table = then.target.table
    asked = {then.target.column, *(then.tables[table].time_index if table in then.tables else ())}
    found = {f"{table}.{column}" for column in asked.intersection(new.get(table, ()))}
    for feature in load_features(champion / "features").features:
        if reveals(feature, now) and not reveals(feature, then):
            found |= {column for column in feature.columns if column in _names(new)}
    return sorted(found)


def _names(columns: Mapping[str, Collection[str]]) -> set[str]:
    return {f"{table}.{column}" for table, names in columns.items() for column in names}


def _keep_plan(work: Work) -> None:
    """Put the feature plan and the tags that the serving model was trained with beside it."""
    serving = load_champion(work.out).model_id
    if serving is None:
        return
    previous = _previous(work)
    if previous and load_champion(previous).model_id == serving:
        for folder in PLAN:
            shutil.copytree(previous / folder, work.out / folder)
        return
    for folder, stage in PLAN.items():
        (work.out / folder).mkdir()
        for file in work.input(stage).glob("*.json"):
            shutil.copyfile(file, work.out / folder / file.name)


def _asks(work: Work) -> str | None:
    card = load_card(work.input("model"))
    if work.project.policy.deploy == "auto" or not card.accepted or card.model_id in approved(work.project.folder):
        return None
    previous = _previous(work)
    if previous and load_champion(previous).model_id == card.model_id:
        return None
    return (
        f"model {card.model_id[:12]} is ready to go live: `radix approve {work.project.name}`, "
        "or the launchpad of this asset with `approve: true`"
    )


def _before(work: Work, approval: "Approval | None") -> None:
    if approval is not None and approval.approve:
        approve(work.project.folder, load_card(work.input("model")).model_id, by=approval.by, why=approval.why)


def _outside(work: Work) -> bool:
    return load_card(work.input("model")).model_id in approved(work.project.folder)


CHAMPION = Stage(
    name="champion",
    action="promote",
    description="Which model serves, and why: a challenger takes over only if it beats the one that serves, and where "
    "the project says so only once a person approved it (in the launchpad, or with `radix approve`).",
    kinds=("mlflow",),
    deps=("labels", "features", "model"),
    checks={
        "a_model_serves": "There is a model that may serve.",
    },
    compute=_decide,
    settings=lambda project, _table: project.policy.deploy,
    external_state=_outside,
    pending_action=_asks,
    launchpad=_launchpad,
    apply_config=_before,
)
