"""The stages `model` (train a challenger) and `champion` (decide which model serves)."""

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from radix_assets.models.approvals import approve, approved
from radix_assets.models.registry import load_registration
from radix_assets.models.stored import load_card, load_champion
from radix_assets.pipeline.output import Output
from radix_assets.pipeline.reads import Reads
from radix_assets.pipeline.stage import Stage, Work

if TYPE_CHECKING:
    from radix_assets.models.launchpad import Approval
    from radix_assets.models.masking import Masking
    from radix_assets.project.sections import Search


def _train(work: Work) -> Output:
    from radix_assets.models.metadata import tracked
    from radix_assets.models.train import train

    output = train(
        work.input("features"),
        work.project.search,
        work.out,
        tracking=work.tools.tracking,
        name=work.project.name,
        keep=_confirmed_features(work),
        masking=_masking(work),
    )
    output.shown |= tracked(work.tools.tracking.uri, work.project.name, load_registration(work.out))
    return output


def _masking(work: Work) -> "Masking":
    """Return what is private in the question. The key of the seal is created when it is first needed."""
    from radix_assets.labels.stage import load_question
    from radix_assets.models.masking import Masking
    from radix_assets.privacy import Seal, make_seal

    tags = load_question(work.input("labels")).tags
    masking = Masking.of(tags, Seal())
    sealed = masking.target or masking.key or masking.name is not None
    return Masking.of(tags, make_seal(work.tools.home.state)) if sealed else masking


def _delete_tracked_run(work: Work, snapshot: Path) -> None:
    """Delete the MLflow run of a withdrawn model, since it holds the model's files, unless that model still serves."""
    run_id = load_registration(snapshot).run_id
    champion = work.tools.storage.latest(work.project.key("champion"))
    if champion:
        path = work.tools.storage.path(champion)
        if load_registration(path).run_id == run_id and not _outdated(work, path):
            return
    if run_id is not None:
        work.tools.tracking.forget(work.project.name, run_id)


def _confirmed_features(work: Work) -> set[str]:
    """Return features built only from columns that look like leaks and that a person confirmed."""
    from radix_assets.exploration.explore import load_exploration
    from radix_assets.features.stage import load_features
    from radix_assets.labels.stage import load_question

    confirmed = set(load_exploration(work.input("exploration")).kept(load_question(work.input("labels")).tags))
    features = load_features(work.input("features")).features
    return {feature.name for feature in features if confirmed.issuperset(feature.columns)}


def _search_settings(search: "Search") -> dict[str, object]:
    """Return what a model depends on: with the learners of other packages, the versions of these packages."""
    settings = search.model_dump()
    if search.learners is None:
        return settings
    from radix_assets.models.learners.registry import learner_versions  # loads NumPy, which a status must not

    return settings | {"learners": learner_versions(search.learners)}


MODEL = Stage(
    name="model",
    description="The simplest model that is as good as the best of a bounded, seeded search, judged on rows that it "
    "was not trained on. One that is no better than guessing is refused, and the reason is shown here; an accepted one "
    "is then refitted on all rows.",
    kinds=("flaml", "mlflow"),
    requires=("tracking",),
    deps=("labels", "exploration", "features"),
    checks={
        "beats_baselines": "The model is significantly better than trivial baselines.",
        "no_engineered_leak": "No single feature predicts the target almost perfectly.",
        "not_too_good_to_be_true": "The score is not so good that a leak is likely.",
        "no_row_decides": "No few rows make up most of the squared error.",
        "rows_are_independent": "No row is a copy of another.",
        "classes_large_enough": "Every class has enough rows to learn and to test.",
    },
    compute=_train,
    on_withdraw=_delete_tracked_run,
    estimate=lambda work, need: need.model_copy(update={"rounds": work.project.search.trials}),
    settings=lambda project, _table: _search_settings(project.search),
)


PLAN = {"features": "features", "tags": "labels"}
"""Inputs of serving besides the model: each folder, and the stage whose JSON files it holds."""


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
        masking=_masking(work),
        withdrawal=_withdrawal(work, _previous(work)),
    )
    if output is not None:
        _keep_plan(work)
    return output


def _withdrawal(work: Work, champion: Path | None) -> str:
    """Return why the champion may serve no longer, in one sentence; empty if it may."""
    if outdated := _outdated(work, champion):
        return f"The champion was made of what is private now: {', '.join(outdated[:5])}."
    if excluded := _excluded(work, champion):
        return f"The champion reads what is tagged leak or ignore now: {', '.join(excluded[:5])}."
    return ""


def _excluded(work: Work, champion: Path | None) -> list[str]:
    """Return columns that the champion's features read and that have become leaks or are ignored since."""
    if champion is None or not (champion / "tags").is_dir():
        return []
    from radix_assets.features.stage import load_features
    from radix_assets.labels.stage import load_question
    from radix_assets.tags.stage import load_tags

    then, now = load_tags(champion / "tags"), load_question(work.input("labels")).tags
    excluded = {
        f"{table}.{column}"
        for table, tags in now.tables.items()
        if table in then.tables
        for column in set(tags.with_role("leak", "ignore")) - set(then.tables[table].with_role("leak", "ignore"))
    }
    read = {column for feature in load_features(champion / "features").features for column in feature.columns}
    return sorted(excluded & read)


def _outdated(work: Work, champion: Path | None) -> list[str]:
    """Return columns that became private after the champion was trained, so that it holds their values."""
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
    question_columns = {then.target.column, *(then.tables[table].time_index if table in then.tables else ())}
    outdated = {f"{table}.{column}" for column in question_columns.intersection(new.get(table, ()))}
    for feature in load_features(champion / "features").features:
        if reveals(feature, now) and not reveals(feature, then):
            outdated |= {column for column in feature.columns if column in _names(new)}
    return sorted(outdated)


def _names(columns: Mapping[str, Collection[str]]) -> set[str]:
    return {f"{table}.{column}" for table, names in columns.items() for column in names}


def _keep_plan(work: Work) -> None:
    """Copy the feature plan and the tags of the serving model's training next to the model."""
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


def _pending_action(work: Work) -> str | None:
    card = load_card(work.input("model"))
    if work.project.policy.deploy == "auto" or not card.accepted or card.model_id in approved(work.project.folder):
        return None
    previous = _previous(work)
    if previous and load_champion(previous).model_id == card.model_id:
        return None
    return (
        f"model {card.model_id[:12]} waits for approval: `radix approve {work.project.name}`, "
        "or `approve: true` in the launchpad of this asset"
    )


def _apply_config(work: Work, approval: "Approval | None") -> None:
    if approval is not None and approval.approve:
        approve(work.project.folder, load_card(work.input("model")).model_id, by=approval.by, why=approval.why)


def _approved_state(work: Work) -> bool:
    return load_card(work.input("model")).model_id in approved(work.project.folder)


def _reads(snapshot: Path) -> Reads | None:
    from radix_assets.models.reads import reads_of_champion

    return reads_of_champion(snapshot)


CHAMPION = Stage(
    name="champion",
    action="promote",
    description="The model that serves, and why. A challenger is promoted only if it beats the champion; with "
    "`policy.deploy: human` it also needs approval, in the launchpad or with `radix approve`.",
    kinds=("mlflow",),
    deps=("labels", "features", "model"),
    checks={
        "a_model_serves": "A model serves.",
    },
    compute=_decide,
    reads=_reads,
    settings=lambda project, _table: project.policy.deploy,
    external_state=_approved_state,
    pending_action=_pending_action,
    launchpad=_launchpad,
    apply_config=_apply_config,
)
