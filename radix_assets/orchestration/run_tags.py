"""Whether a run computes with the settings it was asked for with, written down in its tags."""

import dagster as dg

from radix_assets.project.settings import Project

LAUNCHED_WITH = "radix/settings"
"""The run tag with the mark of the project's settings when the run was asked for."""
STARTED_WITH = "radix/settings_at_start"
"""The run tag with the mark of those that it computes with, where the project was edited in between."""


def note_edit(context: "dg.AssetExecutionContext", project: Project) -> None:
    """Write down, in the run's tags and its log, that the project was edited between launch and start."""
    launched = context.run.tags.get(LAUNCHED_WITH, project.mark)
    if launched == project.mark:
        return
    context.instance.add_run_tags(context.run.run_id, {STARTED_WITH: project.mark})
    context.log.warning(
        "project.yaml of %s was edited after this run was asked for (settings %s); it is computed as edited (%s)",
        project.name,
        launched,
        project.mark,
    )


ACTIVE = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


PROJECT_TAG = "radix/project"


def has_active_run(instance: dg.DagsterInstance, project: str) -> bool:
    """Whether a run of the project is queued or going on."""
    return bool(instance.get_run_ids(dg.RunsFilter(tags={PROJECT_TAG: project}, statuses=ACTIVE), limit=1))
