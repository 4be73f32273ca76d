"""Compare the actual state with the commit records and the action log.

From cheap to expensive: records against the log, names and sizes, footers of Parquet files, the content of a sample or
of all files; then the chains of approvals and tags, and what should be running.
"""

import random
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import dagster as dg

from radix_assets.operations.destroy import owners
from radix_assets.orchestration.column_schema import event_metadata
from radix_assets.pipeline.stage import Stage, Step, Tools, components_of, steps
from radix_assets.pipeline.status import assemble
from radix_assets.pipeline.tools import elsewhere, tools_in_use, tools_of
from radix_assets.project.settings import INFRASTRUCTURE, PROJECT_FILE, Project, slug
from radix_resources.action_log.audit import audit
from radix_resources.action_log.chain import HEAD
from radix_resources.action_log.reading import Filter, entries
from radix_resources.action_log.reconcile import dead_runs
from radix_resources.action_log.stream import MADE, rows
from radix_resources.errors import RadixError, StorageError
from radix_resources.home import Home
from radix_resources.providers.base import Provider, Request
from radix_resources.storage.base import Commit
from radix_resources.storage.inspection import footers, hashed, sizes

SAMPLE = 20
"""Number of files whose content is read, unless all are requested."""


@dataclass(frozen=True)
class Difference:
    """A difference, and its fix."""

    subject: str
    found: str
    fix: str
    fixed: bool = False
    """Whether it is fixed already."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; `mend` and `mended` are earlier names of two keys, which scripts may read."""
        return {**asdict(self), "mend": self.fix, "mended": self.fixed}


def verify(
    instance: dg.DagsterInstance,
    home: Home,
    projects: list[Project],
    stages: tuple[Stage, ...],
    *,
    everything: bool = False,
    only: str | None = None,
) -> list[Difference]:
    """Return every difference, and fix those that need no user.

    Check all projects that have commits, or `only` one. `everything` reads the content of every file.
    """
    differences: list[Difference] = []
    everywhere: dict[str, list[Commit]] = {}
    in_use = [
        (tools, _commits(tools, only, elsewhere(home, projects, name), differences))
        for name, tools in tools_in_use(home, projects).items()
    ]
    differences += [
        Difference(f"run {run.run_id[:8]}", "is marked as active, and its process has ended", "radix reconcile")
        for run in dead_runs(instance)
    ]
    for tools, commits in in_use:
        differences += _events(instance, tools, commits)
        differences += _snapshots(tools, commits, everything=everything)
        everywhere |= commits
    differences += _chains(instance, home, everywhere)
    for project in projects:
        if only in {None, project.name}:
            tools = tools_of(project, home)
            differences += _external_state(project, tools, stages)
            differences += _provisioned(project, stages, everywhere, tools.provider)
    if only is None:
        differences += _abandoned(home, projects)
    return differences


def _commits(
    tools: Tools, only: str | None, foreign: Collection[str], differences: list[Difference]
) -> dict[str, list[Commit]]:
    """Return the commits at one provider by asset, except those of `foreign` projects, which run elsewhere by now.

    Those that cannot be read are appended to `differences`.
    """
    commits: dict[str, list[Commit]] = {}
    for name in tools.storage.assets():
        project = name.partition("/")[0]
        if only in {None, project} and project not in foreign:
            try:
                commits[name] = tools.storage.history(name)
            except StorageError as error:
                differences.append(Difference(name, error.found, error.hint))
    return commits


def emit_missing_events(instance: dg.DagsterInstance, tools: Tools, foreign: Collection[str] = ()) -> list[Difference]:
    """Emit the missing events of assets whose newest commit is not the one that Dagster shows; one query if none is.

    Assets of `foreign` projects, which run at another provider by now, are ignored.
    """
    names = [name for name in tools.storage.assets() if name.partition("/")[0] not in foreign]
    newest = {name: commit for name in names if (commit := tools.storage.latest(name))}
    shown = instance.get_latest_materialization_events([dg.AssetKey(name.split("/")) for name in newest])
    behind = {}
    for name, commit in newest.items():
        entry = shown.get(dg.AssetKey(name.split("/")))
        logged = (
            entry.asset_materialization.metadata.get("radix/version") if entry and entry.asset_materialization else None
        )
        if logged is None or logged.value != commit.sequence:
            behind[name] = tools.storage.history(name)
    return list(_events(instance, tools, behind)) if behind else []


def _events(instance: dg.DagsterInstance, tools: Tools, commits: dict[str, list[Commit]]) -> Iterator[Difference]:
    """Compare commit records with the log. No data is read."""
    logged: dict[str, dict[int, str]] = defaultdict(dict)
    destroyed = _destroyed(instance)
    for row in rows(instance, types=(MADE,), ascending=True):
        metadata = row.metadata()
        before = row.storage_id < destroyed.get(row.key.partition("/")[0], 0)
        if isinstance(metadata.get("radix/version"), int) and not before:
            logged[row.key][metadata["radix/version"]] = str(metadata.get("dagster/data_version", ""))
    for name, history in commits.items():
        missing = [
            commit for commit in history if commit.sequence not in logged[name] and not _under_way(instance, commit)
        ]
        for commit in missing:
            yield _emit_again(instance, tools, commit)
        if missing and missing[-1] != history[-1]:
            _emit_again(instance, tools, history[-1])  # Dagster takes the last event for the newest version
        for commit in history:
            event = logged[name].get(commit.sequence, commit.data_version)
            if event != commit.data_version:
                hashes = f"{commit.data_version[:12]} by its record and {event[:12]} by the log"
                yield Difference(
                    name,
                    f"version {commit.sequence} is {hashes}",
                    "find out who changed one of them; `radix status --verify --all` compares the data with the record",
                )
    for name, versions in logged.items():
        newest = commits[name][-1].sequence if commits.get(name) else 0
        if name in commits and max(versions, default=0) > newest:
            yield Difference(
                name,
                f"the log knows version {max(versions)}, the newest record is {newest}",
                "restore the records from a copy of RADIX_HOME, or run the project, which rebuilds it",
            )


def _destroyed(instance: dg.DagsterInstance) -> dict[str, int]:
    """Return the storage id of the event that last removed the storage of each project: versions restart after it."""
    removals: dict[str, int] = {}
    for entry in entries(instance, Filter(kind="release"), made=False):
        action = entry.action
        place, _, component = action.subject.partition("/")
        if action.outcome == "ok" and place == INFRASTRUCTURE and component.endswith("/storage"):
            removals.setdefault(action.project, entry.storage_id)
    return removals


def _under_way(instance: dg.DagsterInstance, commit: Commit) -> bool:
    """Return whether the run of a commit is active, so that it will emit the event itself."""
    run = instance.get_run_by_id(commit.run_id) if commit.run_id else None
    return run is not None and not run.is_finished


def _emit_again(instance: dg.DagsterInstance, tools: Tools, commit: Commit) -> Difference:
    """Emit an event that a crash prevented, or that was lost with the database."""
    problem = f"version {commit.sequence} was not in the log"
    try:
        metadata = event_metadata(tools.storage, commit)
    except StorageError as error:
        return Difference(commit.asset, problem, error.hint)
    instance.report_runless_asset_event(
        dg.AssetMaterialization(
            commit.asset.split("/"),
            metadata=metadata,
            tags={"dagster/data_version": commit.data_version},
        )
    )
    for verdict in commit.shown.get("checks", []):
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=dg.AssetKey(commit.asset.split("/")),
                check_name=slug(verdict["name"]),
                passed=verdict["passed"],
                severity=dg.AssetCheckSeverity(verdict["severity"]),
                description=verdict["description"],
            )
        )
    return Difference(commit.asset, problem, "nothing: it was emitted again from its commit record", fixed=True)


def _snapshots(tools: Tools, commits: dict[str, list[Commit]], *, everything: bool) -> Iterator[Difference]:
    whole: list[Commit] = []
    for history in commits.values():
        for commit in history:
            wrong = list(sizes(tools.storage, commit)) or list(footers(tools.storage, commit))
            if not wrong:
                whole.append(commit)
            for problem in wrong:
                yield Difference(commit.asset, f"version {commit.sequence}: {problem}", _rebuild_command(commit.asset))
    files = [(commit, name) for commit in whole for name in sorted(commit.files)]
    for commit, name in files if everything else random.sample(files, min(SAMPLE, len(files))):
        flaw = hashed(tools.storage, commit, name)
        if flaw:
            yield Difference(commit.asset, f"version {commit.sequence}: {flaw}", _rebuild_command(commit.asset))


def _rebuild_command(asset: str) -> str:
    project, _, name = asset.partition("/")
    return f"restore it from a copy, or rebuild it: radix run {project} --again {name}"


def _chains(instance: dg.DagsterInstance, home: Home, commits: dict[str, list[Commit]]) -> Iterator[Difference]:
    heads: dict[str, list[Any]] = defaultdict(list)
    for name, history in commits.items():
        heads[name.partition("/")[0]] += [commit.shown[HEAD] for commit in history if commit.shown.get(HEAD)]
    newest = {
        project: sorted(project_heads, key=lambda head: int(head["sequence"]))
        for project, project_heads in heads.items()
    }
    for flaw in audit(instance, home, newest):
        yield Difference(f"approvals and tags of {flaw.project}", flaw.found, flaw.fix, flaw.fixed)


def _external_state(project: Project, tools: Tools, stages: tuple[Stage, ...]) -> Iterator[Difference]:
    """Check what should exist outside of the storage, such as a running endpoint."""
    for step in steps(project, stages):
        if not _is_current(project, step, tools):
            yield Difference(
                step.key, "its newest version does not match the actual state", f"radix up, or radix run {project.name}"
            )


def _provisioned(
    project: Project, stages: tuple[Stage, ...], commits: dict[str, list[Commit]], provider: Provider
) -> Iterator[Difference]:
    """Check the components that materialized assets require."""
    missing: dict[str, Difference] = {}
    for step in steps(project, stages):
        if step.key not in commits:
            continue
        for component in components_of(step.stage, provider):
            change = component.plan(project.name, Request())
            if change.action != "none":
                fix = f"radix run {project.name} --again {step.name}"
                problem = f"missing from {project.name}: {change.what} (required by {step.name})"
                missing.setdefault(change.component, Difference(change.component, problem, fix))
    yield from missing.values()


def _abandoned(home: Home, projects: list[Project]) -> Iterator[Difference]:
    """Check for components of projects that do not exist any more."""
    names = {project.name for project in projects}
    for owner, components in owners(home).items():
        if owner not in names and not (home.projects / owner / PROJECT_FILE).exists():
            problem = f"has something in {', '.join(components)}, and there is no such project"
            yield Difference(owner, problem, f"radix destroy {owner}, or restore its folder")


def _is_current(project: Project, step: Step, tools: Tools) -> bool:
    try:
        commit = tools.storage.latest(step.key)
        return commit is None or step.stage.is_current(assemble(project, step, tools, commit))
    except (RadixError, OSError):
        return True  # its snapshot is damaged, which is reported as such
