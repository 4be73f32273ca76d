"""Whether a run computes with the settings it was asked for with, written down in its tags."""

from typing import TYPE_CHECKING

from radix_assets.project import Project

if TYPE_CHECKING:
    import dagster as dg

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
