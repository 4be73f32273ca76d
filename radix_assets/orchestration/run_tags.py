"""Tags of Radix's runs: the project, who requested it, its settings, and what it waits for."""

import dagster as dg

from radix_assets.project.settings import Project

ACTOR = "radix/actor"
"""Who requested the run."""
PROJECT_TAG = "radix/project"
WAITING_FOR = "radix/waiting_for"
"""The action a user must take before the project can continue, in a few words."""
FORCE = "radix/force"
"""The tag of a run that rebuilds its assets even if they are up to date."""

LAUNCHED_WITH = ".dagster/radix_settings"
"""The hash of the project's settings when the run was asked for. The UI shows no tag below `.dagster/`."""
STARTED_WITH = ".dagster/radix_settings_at_start"
"""The hash of the settings that the run computes with, if the project was edited in between."""
_LAUNCHED_WITH_BEFORE = "radix/settings"
"""The name of LAUNCHED_WITH in runs that an earlier version of Radix asked for."""

ACTIVE = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]

_LONGEST = 80
"""Characters of a tag that the runs page shows."""


def request_tags(project: Project, actor: str) -> dict[str, str]:
    """Return the tags of a run that is about to be asked for."""
    return {PROJECT_TAG: project.name, LAUNCHED_WITH: project.mark, ACTOR: actor}


def actor_of(context: dg.AssetExecutionContext) -> str:
    """Return who requested the run of an asset."""
    return str(context.run.tags.get(ACTOR, "a person in the UI"))


def note_edit(context: dg.AssetExecutionContext, project: Project) -> None:
    """Record in the run's tags and its log that the project was edited between launch and start."""
    tags = context.run.tags
    launched = tags.get(LAUNCHED_WITH) or tags.get(_LAUNCHED_WITH_BEFORE) or project.mark
    if launched == project.mark:
        return
    context.instance.add_run_tags(context.run.run_id, {STARTED_WITH: project.mark})
    context.log.warning(
        "project.yaml of %s was edited after this run was requested (settings %s); the run uses the edited file (%s)",
        project.name,
        launched,
        project.mark,
    )


def note_waiting(instance: dg.DagsterInstance, run_id: str, task: str) -> None:
    """Record in the run's tags what it waits for, so that the runs page shows it."""
    run = instance.get_run_by_id(run_id)
    before = run.tags.get(WAITING_FOR, "") if run else ""
    headline = headline_of(task)
    if headline not in before:
        instance.add_run_tags(run_id, {WAITING_FOR: "; ".join(filter(None, [before, headline]))})


def headline_of(task: str) -> str:
    """Return the first clause of a task: of `confirm the tags: look at tags.yaml, …` it is `confirm the tags`."""
    code, _, rest = task.partition(": ")
    clause = (rest.partition(";")[0] if code.startswith("RDX-") else code).strip()
    return clause if len(clause) <= _LONGEST else f"{clause[: _LONGEST - 1]}…"


def has_active_run(instance: dg.DagsterInstance, project: str) -> bool:
    """Return whether a run of the project is queued or in progress."""
    return bool(instance.get_run_ids(dg.RunsFilter(tags={PROJECT_TAG: project}, statuses=ACTIVE), limit=1))
