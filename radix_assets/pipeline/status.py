"""How a project stands: which assets are as they should be, which must be made, and what it waits for.

The commit records decide, nothing else: an asset is fresh when its newest record has the fingerprint that its inputs
and settings have now. So nothing that happened while nobody looked can be missed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from radix_assets.pipeline.credentials import is_task, stamp_of, task_of
from radix_assets.pipeline.output import Snapshot
from radix_assets.pipeline.stage import Stage, Step, Tools, Work, fingerprint, is_fresh, steps
from radix_assets.project.settings import Project
from radix_resources.errors import ConfigError, EmptySourceError, RadixError
from radix_resources.storage.base import Commit, Storage

_UNKNOWN = "unknown:"
State = Literal["fresh", "stale", "failed", "waiting", "blocked"]
"""`stale`: to be made. `failed`: this very input was tried. `waiting`: for a person. `blocked`: by one that failed."""


@dataclass(frozen=True)
class AssetStatus:
    """One asset."""

    step: Step
    state: State
    reason: str
    commit: Commit | None = None
    error: dict[str, Any] | None = None


def unbudgeted_statuses(
    project: Project, stages: tuple[Stage, ...], tools: Tools, *, ask: Callable[[str], bool] = lambda _table: True
) -> list[AssetStatus]:
    """The same, whatever it costs."""
    found: dict[str, AssetStatus] = {}
    for step in steps(project, stages):
        commit = tools.storage.latest(step.key)
        if not (step.deps or step.optional_deps) and not ask(step.table or ""):
            found[step.name] = _unasked(project, step, tools, commit)
        else:
            found[step.name] = (
                _gone(step, commit, tools) or _inherited(step, commit, found) or _judged(project, step, tools, commit)
            )
    return list(found.values())


def _unasked(project: Project, step: Step, tools: Tools, commit: Commit | None) -> AssetStatus:
    failure = tools.storage.failure(step.key)
    if failure:
        return _tried(project, step, commit, dict(failure.error), tools)
    return AssetStatus(step, "fresh" if commit else "stale", "" if commit else "never made", commit)


def _gone(step: Step, commit: Commit | None, tools: Tools) -> AssetStatus | None:
    """A snapshot that somebody took away is made anew, and so is all that stands on it."""
    if commit is None or tools.storage.is_there(commit):
        return None
    return AssetStatus(step, "stale", "its snapshot is gone", commit)


def _inherited(step: Step, commit: Commit | None, before: dict[str, AssetStatus]) -> AssetStatus | None:
    """What follows from the assets before it alone."""
    needs = [before[name] for name in step.deps]
    wants = [before[name] for name in step.optional_deps]
    for need in needs:
        if need.state == "waiting" and not (is_task(need.error) and need.commit):
            return AssetStatus(step, "waiting", need.reason, commit)
        if need.commit is None and need.state in {"failed", "blocked"}:
            return AssetStatus(step, "blocked", f"{need.step.name} failed", commit)
    for other in needs + wants:
        if other.state == "stale":
            return AssetStatus(step, "stale", f"{other.step.name} is to be made", commit)
    if wants and not needs and not any(want.commit for want in wants):
        for want in wants:
            if want.state == "waiting":
                return AssetStatus(step, "waiting", want.reason, commit)
        return AssetStatus(step, "blocked", "no table could be read", commit)
    return None


def _judged(project: Project, step: Step, tools: Tools, commit: Commit | None) -> AssetStatus:
    """What follows from its fingerprint."""
    work = assemble(project, step, tools, commit)
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
        return _tried(project, step, commit, dict(failure.error), tools, answered=mark.startswith(_UNKNOWN))
    return AssetStatus(step, "stale", "never made" if commit is None else "its input changed", commit)


def _tried(
    project: Project, step: Step, commit: Commit | None, error: dict[str, Any], tools: Tools, *, answered: bool = False
) -> AssetStatus:
    """This very input was tried, in vain.

    Where a credential was missing or refused it waits for a person, and is tried again once one is given; unless it was
    asked just now and the answer is the same.
    """
    if not is_task(error):
        return AssetStatus(step, "failed", str(error.get("found", "")), commit, error)
    now = stamp_of(project, tools.home)
    if not answered and now != error.get("stamp"):
        return AssetStatus(step, "stale", "a credential was given or changed", commit, {"stamp": now})
    return AssetStatus(step, "waiting", task_of(error), commit, error)


def blocked_by_credentials(statuses: list[AssetStatus]) -> set[str]:
    """Names of the assets that wait for a credential and have never been made, and of all that stand on them.

    What of these failed may have failed for want of a table, so that a person's task comes first.
    """
    found: set[str] = set()
    for one in statuses:
        waits = one.state == "waiting" and is_task(one.error) and one.commit is None
        if waits or found.intersection(one.step.deps + one.step.optional_deps):
            found.add(one.step.name)
    return found


def left_out(statuses: list[AssetStatus]) -> set[str]:
    """Names of the assets of tables that hold no row. The others miss nothing by going on without them.

    A table that had rows before is not among them: its old rows stand in, and a person should know.
    """
    found: set[str] = set()
    for one in statuses:
        empty = one.state == "failed" and (one.error or {}).get("kind") == EmptySourceError.__name__
        if (empty and one.commit is None) or (one.state == "blocked" and found.intersection(one.step.deps)):
            found.add(one.step.name)
    return found


def verdict(statuses: list[AssetStatus]) -> Literal["done", "waiting", "failed", "stale"]:
    """How the project stands as a whole: the worst of its assets."""
    missed, held = left_out(statuses), blocked_by_credentials(statuses)
    states = {one.state for one in statuses if one.step.name not in missed}
    if any(one.state in {"failed", "blocked"} and one.step.name not in missed | held for one in statuses):
        return "failed"
    return "stale" if "stale" in states else "waiting" if "waiting" in states else "done"


def assemble(project: Project, step: Step, tools: Tools, previous: Commit | None, *, demand: bool = False) -> Work:
    """A step's inputs as they are committed now; it has no directory to write to yet.

    With `demand`, raises ConfigError RDX-CFG-004 where an indispensable input has not been made.
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
                f"{step.name} needs {name}, which is not there",
                expected="its inputs first",
                hint=f"materialize {name} and what it stands on, or: radix run {project.name}",
                project=project.name,
            )
    there = previous if previous and tools.storage.is_there(previous) else None
    return Work(project, step, inputs, Path(), tools, there, seconds)


def failed_mark(error: RadixError) -> str:
    """Stands for a fingerprint where the outside could not even be asked."""
    return f"{_UNKNOWN}{error.code}:{error.found}"


def latest(storage: Storage, project: Project, name: str) -> Path | None:
    """The newest snapshot of one asset, or None."""
    commit = storage.latest(f"{project.name}/{name}")
    return storage.path(commit) if commit else None
