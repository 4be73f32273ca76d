"""Finish, roll back or report what a crash left behind: at the start of `radix up` and `radix run`, and on request."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import dagster as dg

from radix_assets.budget.approvals import approved_plans
from radix_assets.models.approvals import approved
from radix_assets.operations.verify import emit_missing_events
from radix_assets.orchestration.infrastructure import emit_missing
from radix_assets.pipeline.stage import Tools
from radix_assets.pipeline.tools import elsewhere, tools_in_reach, tools_in_use, tools_of
from radix_assets.pipeline.tools import tools as default_tools
from radix_assets.project.load import load_projects
from radix_assets.project.settings import INFRASTRUCTURE, Project
from radix_resources.action_log.fold import folded
from radix_resources.action_log.log import has_ended, record
from radix_resources.action_log.reading import Entry, Filter, entries
from radix_resources.action_log.reconcile import reconcile_runs
from radix_resources.action_log.schema import Action, Outcome
from radix_resources.home import Home
from radix_resources.providers.base import Component
from radix_resources.provisioner import resolve_intent

_RUN = "RDX-RUN-001"
_DAY = 86400.0


@dataclass(frozen=True)
class Leftover:
    """A leftover, and what was done about it."""

    subject: str
    found: str
    done: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def reconcile(
    instance: dg.DagsterInstance, home: Home, *, actor: str = "command line", thorough: bool = True
) -> list[Leftover]:
    """Finish, roll back or report everything that a crash, a kill or a lost database left behind.

    Files that only take up disk space are looked for once a day, unless `thorough`.
    """
    projects = load_projects(home.projects)[0]
    in_use = tools_in_use(home, projects)
    leftovers = [*_runs(instance, home, actor), *_intents(instance, home, projects)]
    for name, tools in in_use.items():
        events = emit_missing_events(instance, tools, elsewhere(home, projects, name))
        leftovers += [Leftover(event.subject, event.found, event.fix) for event in events]
        leftovers += _endpoints(home, tools)
    emit_missing(instance, in_use.values())
    if thorough or _is_daily_pass_due(home):
        for tools in in_use.values():
            leftovers += _unreferenced(instance, home, tools, actor)
        leftovers += _compute_logs(home)
    return leftovers


def _is_daily_pass_due(home: Home) -> bool:
    mark = home.state / "cache" / "tidied"
    if mark.exists() and time.time() - mark.stat().st_mtime < _DAY:
        return False
    mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.touch()
    return True


def _runs(instance: dg.DagsterInstance, home: Home, actor: str) -> Iterator[Leftover]:
    for run_id in reconcile_runs(instance):
        run = instance.get_run_by_id(run_id)
        project = run.tags.get("radix/project", "") if run else ""
        for subject in _unfinished_assets(instance, run_id):
            record(
                instance,
                home,
                Action(
                    kind="materialize",
                    subject=subject,
                    project=subject.partition("/")[0],
                    actor=run.tags.get("radix/actor", actor) if run else actor,
                    reason="its process was killed, or the machine was restarted",
                    outcome="failed",
                    error_code=_RUN,
                    after={"hint": f"radix run {subject.partition('/')[0]}"},
                    run_id=run_id,
                ),
            )
        yield Leftover(
            f"run {run_id[:8]}", f"was marked as running; its process has ended ({project})", "marked as failed"
        )


def _unfinished_assets(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Return the assets that a run was computing when its process ended."""
    begun: dict[str, str] = {}
    planned: dict[str, str] = {}
    ended: set[str] = set()
    for entry in instance.all_logs(run_id):
        event = entry.dagster_event
        if event is None:
            continue
        kind, step = event.event_type, event.step_key or ""
        if kind == dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED and event.asset_key:
            planned["__".join(event.asset_key.path)] = "/".join(event.asset_key.path)
        elif kind == dg.DagsterEventType.STEP_START:
            begun[step] = step
        elif kind in {dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE}:
            ended.add(step)
    return [planned[step] for step in begun if step not in ended and step in planned]


def _intents(instance: dg.DagsterInstance, home: Home, projects: list[Project]) -> Iterator[Leftover]:
    state = folded(instance, home.folded_log)
    own = {project.name: project for project in projects}
    for project, totals in state.projects.items():
        if not totals.open:
            continue
        first = min(float(brief["when"]) for brief in totals.open.values())
        for entry in entries(instance, Filter(project=project, since=first - 1), made=False, ascending=True):
            action = entry.action
            if action.phase == "intent" and action.id in totals.open and _is_interrupted(instance, home, entry):
                component = _component(action, home, projects)
                tools = tools_of(own[project], home) if project in own else default_tools(home)
                outcome, why = resolve_intent(component, action) if component else _outcome_of(action, home, tools)
                _close(instance, home, entry, outcome, why)
                yield Leftover(action.subject, f"{action.kind} was started and has no outcome", f"{outcome}: {why}")


def _is_interrupted(instance: dg.DagsterInstance, home: Home, intent: Entry) -> bool:
    if intent.action.run_id:
        run = instance.get_run_by_id(intent.action.run_id)
        return run is None or run.is_finished
    return has_ended(intent.action.process, intent.timestamp, sole=not home.metadata.shared)


def _component(action: Action, home: Home, projects: list[Project]) -> Component | None:
    """Return the component of a provider that an action is about, if it is about one."""
    place, _, rest = action.subject.partition("/")
    name, _, capability = rest.partition("/")
    if place != INFRASTRUCTURE or action.kind not in {"provision", "resize", "release"}:
        return None
    tools = tools_in_reach(home, projects).get(name)
    return tools.provider.components.get(capability) if tools else None


def _outcome_of(action: Action, home: Home, tools: Tools) -> tuple[Outcome, str]:
    """Determine the outcome of an action by inspecting its subject, before anything is tried again."""
    if action.kind == "approve" and action.input_hash:
        folder = home.projects / action.project
        exists = action.input_hash in {*approved(folder), *approved_plans(folder)}
        return ("ok", "it is in approvals.yaml") if exists else ("failed", "it is not in approvals.yaml")
    history = tools.storage.history(action.subject)
    if action.kind == "collect" and "version" in action.before:
        exists = action.before["version"] in {commit.sequence for commit in history}
        return ("failed", "the version still exists") if exists else ("ok", "the version was removed")
    published = [commit.sequence for commit in history if action.input_hash and commit.fingerprint == action.input_hash]
    if published:
        return "ok", f"it was published, as version {published[-1]}"
    if action.input_hash and action.kind in {"tag", "suggest", "promote"}:
        return "failed", "nothing was published; the previous state is unchanged"
    if action.subject != f"{action.project}/endpoint":
        return "unknown", "it cannot be inspected from here"
    deployed = tools.endpoint.inspect(action.project)
    now = f"version {deployed.version} is {deployed.state}" if deployed else "there is no endpoint"
    return "unknown", f"{now}; the next run compares and deploys what is missing"


def _close(instance: dg.DagsterInstance, home: Home, entry: Entry, outcome: Outcome, why: str) -> None:
    changed = {
        "phase": "outcome",
        "outcome": outcome,
        "process": "",
        "error_code": None if outcome == "ok" else _RUN,
        "reason": f"{entry.action.reason} (interrupted; {why})".strip(),
        "after": {**entry.action.after, "reconciled": True},
    }
    record(instance, home, entry.action.model_copy(update=changed))


def _endpoints(home: Home, tools: Tools) -> Iterator[Leftover]:
    for deployed in tools.endpoint.list():
        if not (home.projects / deployed.project).is_dir():
            report = f"reported only: radix destroy {deployed.project}"
            yield Leftover(f"{deployed.project}/endpoint", f"is {deployed.state}, and there is no such project", report)
        elif deployed.state == "failed":
            yield Leftover(f"{deployed.project}/endpoint", "has no process", "reported only: radix up starts it again")


def _unreferenced(instance: dg.DagsterInstance, home: Home, tools: Tools, actor: str) -> Iterator[Leftover]:
    removed = tools.storage.collect(older_than_seconds=home.retention_days * _DAY)
    if removed:
        collected = Action(
            kind="collect",
            subject=tools.provider.components["storage"].subject,
            project="",
            actor=actor,
            reason=f"{len(removed)} unreferenced directories",
            outcome="ok",
            after={"directories": removed[:100]},
        )
        record(instance, home, collected)
    for directory in removed:
        yield Leftover(directory, "is unreferenced, and past its retention", "removed")


def _compute_logs(home: Home) -> Iterator[Leftover]:
    """Remove the output of runs past its retention. That of an active run is never that old."""
    horizon = time.time() - home.retention_days * _DAY
    for folder in sorted(home.state.glob("*-*-*-*-*/compute_logs")):
        files = [file.stat().st_mtime for file in folder.rglob("*") if file.is_file()]
        if max(files, default=folder.stat().st_mtime) < horizon:
            shutil.rmtree(folder, ignore_errors=True)
            yield Leftover(f"run {folder.parent.name[:8]}", "its output is past its retention", "removed")
