"""Runs a project in this process: missing and stale assets, until all are up to date or a person is needed."""

import difflib
import logging
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import dagster as dg

from radix_assets.budget.hold import asset_statuses
from radix_assets.orchestration.assets import build_assets
from radix_assets.orchestration.progress import PROGRESS
from radix_assets.orchestration.run_tags import FORCE, request_tags
from radix_assets.pipeline.credentials import is_task
from radix_assets.pipeline.stage import Stage, Tools, steps
from radix_assets.pipeline.status import AssetStatus, left_out, verdict
from radix_assets.project.settings import DESTROYED, Project
from radix_resources.action_log.reconcile import end_own_runs, process_tags, reconcile_runs
from radix_resources.errors import ConfigError
from radix_resources.metadata.base import run_claim
from radix_resources.metadata.db_errors import coded

Listener = Callable[[str, str, dict[str, Any]], None]
"""Called with an asset's key, its state (start, sampled, made, fresh, failed, waiting) and details."""

_ONE_AT_A_TIME = threading.Lock()
"""Runs of one process are executed one after another. When a run begins, Dagster reconfigures Python's logging: it
holds the lock of `logging` and acquires that of every handler, while a run in progress holds its own handler's lock as
it writes an event and acquires that of `logging`, so the two would deadlock. Besides, usage is measured by process."""


@dataclass
class Report:
    """The result of a run."""

    project: str
    state: Literal["done", "waiting", "failed"] = "done"
    statuses: list[AssetStatus] = field(default_factory=list)
    made: dict[str, float] = field(default_factory=dict)
    """Seconds by asset key, of what was computed in this run."""
    seconds: float = 0.0

    @property
    def wishes(self) -> list[str]:
        """Return the actions a user must take next, each once, however many assets wait for it."""
        return list(dict.fromkeys(status.reason for status in self.statuses if status.state == "waiting"))

    @property
    def failed(self) -> list[AssetStatus]:
        """The assets that failed, without those that are left out."""
        missed = left_out(self.statuses)
        return [status for status in self.statuses if status.state == "failed" and status.step.name not in missed]


def run(
    project: Project,
    tools: Tools,
    instance: dg.DagsterInstance,
    listen: Listener,
    stages: tuple[Stage, ...],
    *,
    again: Collection[str] = (),
) -> Report:
    """Materialize the missing and stale assets of a project; `again` names assets to rebuild even if up to date.

    A table that cannot be read does not stop the others: what depends on several tables is computed without it, in a
    further round. Runs of several threads are executed one after another. Raise MetadataError RDX-MET-001, -005 or
    -006 if the database of runs and events fails: what is published by then stays, and the next run continues; and
    ConfigError RDX-CFG-017 if the project has no such asset.
    """
    with _ONE_AT_A_TIME, coded():
        return _run(project, tools, instance, listen, stages, _keys(project, stages, again))


def _run(
    project: Project,
    tools: Tools,
    instance: dg.DagsterInstance,
    listen: Listener,
    stages: tuple[Stage, ...],
    again: list[str],
) -> Report:
    started = time.monotonic()
    (project.folder / DESTROYED).unlink(missing_ok=True)
    end_own_runs(instance)
    reconcile_runs(instance)
    report = Report(project.name)
    handler = _Handler(listen, report)
    PROGRESS.addHandler(handler)
    PROGRESS.setLevel(logging.INFO)
    PROGRESS.propagate = False
    try:
        if again:
            _execute(project, stages, tools, instance, again, {FORCE: "true"})
        tried: set[str] = set(again)
        while True:
            statuses = asset_statuses(project, stages, tools)
            missed = left_out(statuses)
            todo = [
                status
                for status in statuses
                if status.state == "stale"
                or (
                    (status.state in {"failed", "blocked"} or is_task(status.error))
                    and status.step.key not in tried
                    and status.step.name not in missed
                )
            ]
            if not todo:
                break
            before = _signature(statuses)
            _execute(project, stages, tools, instance, [status.step.key for status in todo])
            tried |= {status.step.key for status in todo}
            if _signature(asset_statuses(project, stages, tools)) == before:
                break
    finally:
        PROGRESS.removeHandler(handler)
    report.statuses = asset_statuses(project, stages, tools)
    state = verdict(report.statuses)
    report.state = "failed" if state == "stale" else state
    report.seconds = time.monotonic() - started
    return report


def _keys(project: Project, stages: tuple[Stage, ...], names: Collection[str]) -> list[str]:
    keys = {step.name: step.key for step in steps(project, stages)}
    names = [name.removeprefix(f"{project.name}/") for name in names]
    for name in names:
        if name not in keys:
            near = difflib.get_close_matches(name, keys, n=1)
            raise ConfigError(
                "RDX-CFG-017",
                f"{project.name} has no asset {name!r}",
                expected=", ".join(keys),
                hint=f"did you mean {near[0]}?" if near else "use one of these",
            )
    return [keys[name] for name in names]


def _execute(
    project: Project,
    stages: tuple[Stage, ...],
    tools: Tools,
    instance: dg.DagsterInstance,
    keys: list[str],
    tags: Mapping[str, str] | None = None,
) -> None:
    definitions = dg.Definitions(
        assets=build_assets(project, stages, tools), resources=tools.backends, executor=dg.in_process_executor
    )
    job, run_id = definitions.resolve_implicit_global_asset_job_def(), str(uuid.uuid4())
    with tools.home.metadata.claims.hold(run_claim(run_id)):
        job.execute_in_process(
            run_id=run_id,
            instance=instance,
            asset_selection=[dg.AssetKey(key.split("/")) for key in keys],
            tags={
                **request_tags(project, "command line"),
                **process_tags(),
                **(tags or {}),
            },
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )


def _signature(statuses: list[AssetStatus]) -> list[tuple[str, str, int]]:
    return [(status.step.key, status.state, status.commit.sequence if status.commit else 0) for status in statuses]


class _Handler(logging.Handler):
    """Passes the progress messages of assets to the listener."""

    def __init__(self, listen: Listener, report: Report) -> None:
        super().__init__()
        self._listen = listen
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        fields = vars(record)
        key, state, details = fields["step"].key, fields["state"], fields["details"]
        if state == "made":
            self._report.made[key] = details["seconds"]
        self._listen(key, state, details)
