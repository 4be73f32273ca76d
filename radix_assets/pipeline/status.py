"""The status of a project: which assets are up to date, which are stale, and what it waits for.

Only the commit records decide: an asset is fresh if its newest record has the fingerprint of its current inputs and
settings. So a change made while nothing was running cannot be missed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from radix_assets.pipeline.credentials import is_task, stamp_of, task_of
from radix_assets.pipeline.output import Snapshot
from radix_assets.pipeline.stage import Stage, Step, Tools, Work, fingerprint, is_fresh, steps
from radix_assets.pipeline.vanished import is_vanished, vanished_task
from radix_assets.project.settings import Project
from radix_resources.errors import ConfigError, EmptySourceError, RadixError
from radix_resources.storage.base import Commit, Storage

_UNKNOWN = "unknown:"
State = Literal["fresh", "stale", "failed", "waiting", "blocked"]
"""`stale`: to be materialized. `failed`: with exactly this input. `waiting`: for a person. `blocked`: by a failure."""


@dataclass(frozen=True)
class AssetStatus:
    """The status of one asset."""

    step: Step
    state: State
    reason: str
    commit: Commit | None = None
    error: dict[str, Any] | None = None


def unbudgeted_statuses(
    project: Project, stages: tuple[Stage, ...], tools: Tools, *, ask: Callable[[str], bool] = lambda _table: True
) -> list[AssetStatus]:
    """Return the status of each asset, regardless of the budget. `ask` says of which tables the source is inspected."""
    statuses: dict[str, AssetStatus] = {}
    for step in steps(project, stages):
        commit = tools.storage.latest(step.key)
        if not (step.deps or step.optional_deps) and not ask(step.table or ""):
            statuses[step.name] = _uninspected(project, step, tools, commit)
        else:
            statuses[step.name] = (
                _missing_snapshot(step, commit, tools)
                or _from_dependencies(step, commit, statuses)
                or _from_fingerprint(project, step, tools, commit, stages)
            )
    return list(statuses.values())


def _uninspected(project: Project, step: Step, tools: Tools, commit: Commit | None) -> AssetStatus:
    failure = tools.storage.failure(step.key)
    if failure:
        return _after_failure(project, step, commit, dict(failure.error), tools)
    return AssetStatus(step, "fresh" if commit else "stale", "" if commit else "never materialized", commit)


def _missing_snapshot(step: Step, commit: Commit | None, tools: Tools) -> AssetStatus | None:
    """Return `stale` for a snapshot that was deleted; it is rebuilt, and so is what depends on it."""
    if commit is None or tools.storage.is_there(commit):
        return None
    return AssetStatus(step, "stale", "its snapshot is missing", commit)


def _from_dependencies(step: Step, commit: Commit | None, before: dict[str, AssetStatus]) -> AssetStatus | None:
    """Return the status that follows from its upstream assets alone, or None."""
    needs = [before[name] for name in step.deps]
    wants = [before[name] for name in step.optional_deps]
    for need in needs:
        goes_on = need.commit and (is_task(need.error) or is_vanished(need.error, need.commit))
        if need.state == "waiting" and not goes_on:
            return AssetStatus(step, "waiting", need.reason, commit)
        if need.commit is None and need.state in {"failed", "blocked"}:
            return AssetStatus(step, "blocked", f"{need.step.name} failed", commit)
    for upstream in needs + wants:
        if upstream.state == "stale":
            return AssetStatus(step, "stale", f"{upstream.step.name} is stale", commit)
    if wants and not needs and not any(want.commit for want in wants):
        for want in wants:
            if want.state == "waiting":
                return AssetStatus(step, "waiting", want.reason, commit)
        return AssetStatus(step, "blocked", "no table could be read", commit)
    return None


def _from_fingerprint(
    project: Project, step: Step, tools: Tools, commit: Commit | None, stages: tuple[Stage, ...]
) -> AssetStatus:
    """Return the status that follows from its fingerprint."""
    work = replace(assemble(project, step, tools, commit), stages=stages)
    try:
        wish = step.stage.pending_action(work)
        mark = fingerprint(work)
    except RadixError as error:
        wish, mark = None, failed_mark(error)
    if wish:
        return AssetStatus(step, "waiting", wish, commit)
    if is_fresh(work, mark):
        return AssetStatus(step, "fresh", "", commit)
    failure = tools.storage.failure(step.key)
    if failure and failure.fingerprint == mark:
        return _after_failure(project, step, commit, dict(failure.error), tools, answered=mark.startswith(_UNKNOWN))
    return AssetStatus(step, "stale", "never materialized" if commit is None else "its input changed", commit)


def _after_failure(
    project: Project, step: Step, commit: Commit | None, error: dict[str, Any], tools: Tools, *, answered: bool = False
) -> AssetStatus:
    """Return the status of an asset that failed with exactly this input.

    If a credential was missing or refused, it waits for a person, and is stale once a credential is set, unless the
    source was asked just now (`answered`) with the same result. So does a table that does not exist any more.
    """
    if commit is not None and step.table is not None and is_vanished(error, commit):
        return AssetStatus(step, "waiting", vanished_task(step.table, commit, error), commit, error)
    if not is_task(error):
        return AssetStatus(step, "failed", str(error.get("found", "")), commit, error)
    now = stamp_of(project, tools.home)
    if not answered and now != error.get("stamp"):
        return AssetStatus(step, "stale", "a credential was set or changed", commit, {"stamp": now})
    return AssetStatus(step, "waiting", task_of(error), commit, error)


def blocked_by_credentials(statuses: list[AssetStatus]) -> set[str]:
    """Return the names of assets that wait for their first credential, and of all that depend on them.

    Those of them that failed may have failed because a table is missing, so the credential comes first.
    """
    names: set[str] = set()
    for status in statuses:
        waits = status.state == "waiting" and is_task(status.error) and status.commit is None
        if waits or names.intersection(status.step.deps + status.step.optional_deps):
            names.add(status.step.name)
    return names


def left_out(statuses: list[AssetStatus]) -> set[str]:
    """Return the names of assets of tables without rows. The others continue without them.

    A table that had rows before is not among them: its old rows are used, and a person should know.
    """
    names: set[str] = set()
    for status in statuses:
        empty = status.state == "failed" and (status.error or {}).get("kind") == EmptySourceError.__name__
        if (empty and status.commit is None) or (status.state == "blocked" and names.intersection(status.step.deps)):
            names.add(status.step.name)
    return names


def verdict(statuses: list[AssetStatus]) -> Literal["done", "waiting", "failed", "stale"]:
    """Return the state of the project: the worst of its assets."""
    skipped, blocked = left_out(statuses), blocked_by_credentials(statuses)
    states = {status.state for status in statuses if status.step.name not in skipped}
    if any(status.state in {"failed", "blocked"} and status.step.name not in skipped | blocked for status in statuses):
        return "failed"
    return "stale" if "stale" in states else "waiting" if "waiting" in states else "done"


def assemble(project: Project, step: Step, tools: Tools, previous: Commit | None, *, demand: bool = False) -> Work:
    """Return a step with the inputs that are committed now; it has no directory to write to yet.

    With `demand`, raise ConfigError RDX-CFG-004 if a required input is missing.
    """
    inputs, seconds = {}, {}
    for name in step.deps + step.optional_deps:
        commit = tools.storage.latest(f"{project.name}/{name}")
        if commit and tools.storage.is_there(commit):
            inputs[name] = Snapshot(tools.storage.path(commit), commit.data_version)
            seconds[name] = commit.seconds
        elif demand and name in step.deps:
            raise ConfigError(
                "RDX-CFG-004",
                f"{step.name} requires {name}, which is missing",
                expected="all of its inputs",
                hint=f"materialize {name} and its upstream assets, or: radix run {project.name}",
                project=project.name,
            )
    present = previous if previous and tools.storage.is_there(previous) else None
    return Work(project, step, inputs, Path(), tools, present, seconds)


def failed_mark(error: RadixError) -> str:
    """Return what replaces the fingerprint if the source could not be asked."""
    return f"{_UNKNOWN}{error.code}:{error.found}"


def latest(storage: Storage, project: Project, name: str) -> Path | None:
    """Return the directory of an asset's newest snapshot, or None."""
    commit = storage.latest(f"{project.name}/{name}")
    return storage.path(commit) if commit else None
