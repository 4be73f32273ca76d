"""Automation: sensors that read sources, apply edited tags, materialize what is stale and stop idle endpoints.

The sensors compare the current state with the commit records instead of following events, so a lost tick, a restart or
a change made while Radix was not running costs nothing: the next tick sees it.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import dagster as dg
from dagster._core.definitions.target import ANONYMOUS_ASSET_JOB_PREFIX
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from radix_assets.budget.hold import asset_statuses
from radix_assets.orchestration.idle_endpoints import release_idle
from radix_assets.orchestration.infrastructure import emit
from radix_assets.orchestration.jobs import Projects, projects_of
from radix_assets.orchestration.renamed_sensors import take_over
from radix_assets.orchestration.run_tags import PROJECT_TAG, has_active_run, request_tags
from radix_assets.pipeline.stage import Stage
from radix_assets.pipeline.status import AssetStatus
from radix_assets.pipeline.tools import tools_in_use, tools_of
from radix_assets.project.settings import DESTROYED, Project
from radix_assets.sources.kinds.base import SourceContext
from radix_assets.stages import STAGES
from radix_resources.action_log.reconcile import reconcile_runs
from radix_resources.credentials.lookup import credentials
from radix_resources.home import Home

MOST_TRIES = 3
DATABASE_SECONDS = 600
"""Seconds between two inspections of a database, each of which scans its tables."""
SETTLE_SECONDS = 3.0
"""A file that was written to more recently than this is not read yet: it may still be being copied."""
Job = UnresolvedAssetJobDefinition

_JOB = f"{ANONYMOUS_ASSET_JOB_PREFIX}_sensors"
"""With this prefix the runs page shows the assets of a run instead of the job's name."""


def sensor_job(selection: dg.AssetSelection, name: str = _JOB) -> Job:
    """Build the job that sensors request runs of: one for all, as each builds the whole graph once more at load."""
    return dg.define_asset_job(
        name, selection, description="Runs that sensors request.", executor_def=dg.in_process_executor
    )


def build_sensors(
    projects: Projects = projects_of, *, prefix: str = "", job: Job | str | None = None
) -> list[dg.SensorDefinition]:
    """Build one set of sensors for all projects, running by default. A project's first stale asset decides which acts.

    `prefix` is put before their names, for code locations that have sensors of their own; `job` is the job they request
    runs of, or its name; by default one of all assets.
    """
    job = job or sensor_job(dg.AssetSelection.all())
    return [
        _sensor(
            f"{prefix}source_data",
            "Reads new or changed source data, and materializes what depends on it.",
            {"raw"},
            projects,
            job,
            seconds=60,
        ),
        _sensor(
            f"{prefix}edited_tags",
            "Checks an edited tags.yaml, and materializes what depends on it once it is confirmed.",
            {"tags"},
            projects,
            job,
        ),
        _sensor(
            f"{prefix}materialize_stale",
            "Materializes missing and stale assets until all are up to date or a person is needed.",
            {stage.name for stage in STAGES} - {"raw", "tags"},
            projects,
            job,
        ),
        _idle_endpoints(projects, prefix),
    ]


def _idle_endpoints(projects: Projects, prefix: str) -> dg.SensorDefinition:
    @dg.sensor(
        name=f"{prefix}idle_endpoints",
        description="Stops endpoints that have exceeded their endpoint_hours, and logs those that have stopped.",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        home = Home.from_environment()
        before = json.loads(context.cursor or "{}")
        seen = release_idle(context.instance, home, before, projects=projects(home))
        if seen.keys() != before.keys():
            for tools in tools_in_use(home, projects(home)).values():
                emit(context.instance, tools.provider.components["endpoint"])
        return dg.SensorResult(cursor=json.dumps(seen))

    return sensor


def build_schedules(projects: Iterable[Project]) -> list[dg.ScheduleDefinition]:
    """Build the schedule of each project that has one."""
    return [
        dg.ScheduleDefinition(
            name=f"{project.name}_schedule",
            cron_schedule=project.schedule,
            target=dg.AssetSelection.groups(project.name),
            default_status=dg.DefaultScheduleStatus.RUNNING,
            tags=request_tags(project, "schedule"),
            should_execute=_unless_queued(project.name),
            description=f"Materializes {project.name} regularly; what is up to date is not computed again.",
        )
        for project in projects
        if project.schedule
    ]


def _unless_queued(project: str) -> Callable[[dg.ScheduleEvaluationContext], bool]:
    """Skip a tick while an earlier run is queued: it would do the same."""
    waiting = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]

    def is_due(context: dg.ScheduleEvaluationContext) -> bool:
        regular = {PROJECT_TAG: project, "dagster/schedule_name": f"{project}_schedule"}
        return not context.instance.get_run_ids(dg.RunsFilter(tags=regular, statuses=waiting), limit=1)

    return is_due


def _sensor(
    name: str, description: str, turn: set[str], projects: Projects, job: Job | str, seconds: int = 15
) -> dg.SensorDefinition:
    @dg.sensor(
        name=name,
        description=description,
        job=None if isinstance(job, str) else job,
        job_name=job if isinstance(job, str) else None,
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        cursor = context.cursor
        if cursor is None:
            stopped, cursor = take_over(context.instance, name)
            if stopped:
                return dg.SensorResult(skip_reason="stopped, as under its old name", cursor=cursor or "{}")
        home = Home.from_environment()
        tries: dict[str, Any] = json.loads(cursor or "{}")
        run_requests = list(requests(context.instance, home, turn, tries, STAGES, projects))
        return dg.SensorResult(run_requests=run_requests, cursor=json.dumps(tries))

    return sensor


def requests(
    instance: dg.DagsterInstance,
    home: Home,
    turn: set[str],
    tries: dict[str, Any],
    stages: tuple[Stage, ...],
    projects: Projects = projects_of,
) -> Iterator[dg.RunRequest]:
    """Yield one run request for each project that has stale assets and no active run.

    `turn` names the stages whose staleness is this sensor's business. `tries` counts, by project, how often the same
    request was made, so that a step whose process dies is not requested forever. Runs whose process has ended without
    recording it are ended first.
    """
    reconcile_runs(instance)
    for project in projects(home):
        if (project.folder / DESTROYED).exists():
            continue
        unsettled = _tables_being_written(project, home) if "raw" in turn else set()
        tools = tools_of(project, home)
        statuses = asset_statuses(project, stages, tools, ask=_inspected_tables(project, turn, unsettled, tries))
        stale = [status for status in statuses if status.state == "stale"]
        if not stale or stale[0].step.stage.name not in turn or has_active_run(instance, project.name):
            continue
        if unsettled.intersection(status.step.table for status in stale):
            continue  # it was never read, and has to be read whole
        request = _hash(stale)
        last, count = tries.get(project.name, ["", 0])
        if last == request and count >= MOST_TRIES:
            continue
        tries[project.name] = [request, count + 1 if last == request else 1]
        yield dg.RunRequest(
            asset_selection=[dg.AssetKey(status.step.key.split("/")) for status in stale],
            tags=request_tags(project, "sensor"),
        )


def _tables_being_written(project: Project, home: Home) -> set[str | None]:
    """Return the tables whose source may still be written, such as half-copied files; they wait for the next tick."""
    context = SourceContext(project.folder, credentials(home.state))
    unsettled = [source for source in project.sources if source.is_settling(context, SETTLE_SECONDS)]
    return {table for source in unsettled for table in source.list_tables()}


def _inspected_tables(
    project: Project, turn: set[str], unsettled: set[str | None], tries: dict[str, Any]
) -> Callable[[str], bool]:
    """Return which tables to inspect at this tick: files every time, databases less often, as it costs a scan."""
    if "raw" not in turn:
        return lambda _table: False
    cursor_key = f"databases of {project.name}"
    due = time.time() - tries.get(cursor_key, 0) >= DATABASE_SECONDS
    if due:
        tries[cursor_key] = int(time.time())
    return lambda table: table not in unsettled and (due or project.source_of(table).version_is_cheap)


def _hash(stale: list[AssetStatus]) -> str:
    content = [
        (
            status.step.key,
            status.reason,
            status.commit.sequence if status.commit else 0,
            (status.error or {}).get("stamp"),
        )
        for status in stale
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
