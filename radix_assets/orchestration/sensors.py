"""What happens by itself: new data, edited tags, and carrying each project onward.

The three sensors look at how things stand, not at what happened, so a lost tick, a restart or a change made while
nobody looked costs nothing: the next tick sees it.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import dagster as dg

from radix_assets.budget.hold import asset_statuses
from radix_assets.execution.tools import tools
from radix_assets.orchestration.idle_endpoints import release_idle
from radix_assets.orchestration.infrastructure import emit
from radix_assets.orchestration.run_tags import LAUNCHED_WITH, PROJECT_TAG, has_active_run
from radix_assets.pipeline.stage import Stage, Tools
from radix_assets.pipeline.status import AssetStatus
from radix_assets.project.settings import DESTROYED, FileSource, Project, load_projects
from radix_assets.sources.read.files import was_just_written
from radix_assets.stages import STAGES
from radix_resources.action_log.reconcile import reconcile_runs
from radix_resources.home import Home
from radix_resources.providers import provider

MOST_TRIES = 3
DATABASE_SECONDS = 600
"""Between two looks at a database, whose answer takes a pass over its tables."""
SETTLE_SECONDS = 3.0
"""A file that was written to within so long is not read by itself: whoever copies it may not be done."""
ALL_ASSETS = "all_assets"
"""The job of all sensors. With a selection each its own, each would build the whole graph once more at load."""


def build_sensors() -> list[dg.SensorDefinition]:
    """One set for all projects, on from the start. The first stale asset of a project says whose turn it is."""
    return [
        _sensor("source_data", "New or changed source data: reads the tables again, and goes on.", {"raw"}, seconds=60),
        _sensor("edited_tags", "An edited tags.yaml: checks it, and goes on once it is confirmed.", {"tags"}),
        _sensor(
            "carry_onward",
            "Makes what is missing or out of date: to the end, or until a person is needed.",
            {stage.name for stage in STAGES} - {"raw", "tags"},
        ),
        _releases(),
    ]


def _releases() -> dg.SensorDefinition:
    @dg.sensor(
        name="idle_endpoints",
        description="Stops endpoints whose time is over, and writes down which have stopped.",
        job_name=ALL_ASSETS,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        home = Home.from_environment()
        before = json.loads(context.cursor or "{}")
        seen = release_idle(context.instance, home, tools(home), before)
        if seen.keys() != before.keys():
            emit(context.instance, provider(home).components["endpoint"])
        return dg.SensorResult(cursor=json.dumps(seen))

    return sensor


def build_schedules(projects: Iterable[Project]) -> list[dg.ScheduleDefinition]:
    """The regular full run of each project that asks for one."""
    return [
        dg.ScheduleDefinition(
            name=f"{project.name}_schedule",
            cron_schedule=project.schedule,
            target=dg.AssetSelection.groups(project.name),
            default_status=dg.DefaultScheduleStatus.RUNNING,
            tags={PROJECT_TAG: project.name, LAUNCHED_WITH: project.mark},
            should_execute=_unless_one_waits(project.name),
            owners=project.owners,
            description=f"The regular run of {project.name}; what has not changed is not computed again.",
        )
        for project in projects
        if project.schedule
    ]


def _unless_one_waits(project: str) -> Callable[[dg.ScheduleEvaluationContext], bool]:
    """A run that waits in the queue does what the next one would do, so they do not pile up."""
    waiting = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]

    def is_due(context: dg.ScheduleEvaluationContext) -> bool:
        regular = {PROJECT_TAG: project, "dagster/schedule_name": f"{project}_schedule"}
        return not context.instance.get_run_ids(dg.RunsFilter(tags=regular, statuses=waiting), limit=1)

    return is_due


def _sensor(name: str, description: str, turn: set[str], seconds: int = 15) -> dg.SensorDefinition:
    @dg.sensor(
        name=name,
        description=description,
        job_name=ALL_ASSETS,
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        home = Home.from_environment()
        tries: dict[str, Any] = json.loads(context.cursor or "{}")
        found = list(requests(context.instance, home, tools(home), turn, tries, STAGES))
        return dg.SensorResult(run_requests=found, cursor=json.dumps(tries))

    return sensor


def requests(
    instance: dg.DagsterInstance,
    home: Home,
    stand_on: Tools,
    turn: set[str],
    tries: dict[str, Any],
    stages: tuple[Stage, ...],
) -> Iterator[dg.RunRequest]:
    """One run for each project that has something to do and is not at work already.

    `tries` counts how often just the same was asked for, by project: a step whose process dies is not asked for
    without end. A run whose process is gone, and whose end nobody could write down, is at work no more.
    """
    reconcile_runs(instance)
    projects, _ = load_projects(home.projects)
    for project in projects:
        if (project.folder / DESTROYED).exists():
            continue
        unsettled = _unsettled(project) if "raw" in turn else set()
        statuses = asset_statuses(project, stages, stand_on, ask=_asked(project, turn, unsettled, tries))
        todo = [status for status in statuses if status.state == "stale"]
        if not todo or todo[0].step.stage.name not in turn or has_active_run(instance, project.name):
            continue
        if unsettled.intersection(one.step.table for one in todo):
            continue  # it was never read, and is to be read whole
        wish = _hash(todo)
        same, count = tries.get(project.name, ["", 0])
        if same == wish and count >= MOST_TRIES:
            continue
        tries[project.name] = [wish, count + 1 if same == wish else 1]
        yield dg.RunRequest(
            asset_selection=[dg.AssetKey(one.step.key.split("/")) for one in todo],
            tags={PROJECT_TAG: project.name, LAUNCHED_WITH: project.mark, "radix/actor": "sensor"},
        )


def _unsettled(project: Project) -> set[str | None]:
    """Tables of whose files one may be half-copied: they are left for the next tick."""
    files = [source for source in project.sources if isinstance(source, FileSource)]
    return {source.table for source in files if was_just_written(source, project.folder, SETTLE_SECONDS)}


def _asked(
    project: Project, turn: set[str], unsettled: set[str | None], tries: dict[str, Any]
) -> Callable[[str], bool]:
    """Whose sources are asked at this tick: files each time, databases now and then, since answering costs them."""
    if "raw" not in turn:
        return lambda _table: False
    seen = f"databases of {project.name}"
    due = time.time() - tries.get(seen, 0) >= DATABASE_SECONDS
    if due:
        tries[seen] = int(time.time())
    return lambda table: table not in unsettled and (due or isinstance(project.source_of(table), FileSource))


def _hash(todo: list[AssetStatus]) -> str:
    content = [
        (one.step.key, one.reason, one.commit.sequence if one.commit else 0, (one.error or {}).get("stamp"))
        for one in todo
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
