"""The asset graph of a project as plain data: stages, steps and their inputs."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radix_assets.pipeline.output import Output, Snapshot
from radix_assets.project.settings import Project, slug

if TYPE_CHECKING:
    from radix_assets.pipeline.reads import Reads
    from radix_resources.action_log.schema import Action, Kind
    from radix_resources.endpoint.base import Endpoint
    from radix_resources.home import Home
    from radix_resources.providers.base import Component, Provider
    from radix_resources.sizing.schema import Need
    from radix_resources.storage.base import Commit, Storage
    from radix_resources.tracking.base import Tracking


_ALWAYS = ("storage", "compute")
_BACKENDS = ("storage", "tracking", "endpoint")


@dataclass(frozen=True)
class Tools:
    """The resources of a project's stages: the installation, and the project's provider with its backends."""

    home: "Home"
    storage: "Storage"
    tracking: "Tracking"
    endpoint: "Endpoint"
    provider: "Provider"

    @property
    def resource_names(self) -> dict[str, str]:
        """The names of the backends as Dagster resources, such as `local_storage`, by capability."""
        return {capability: f"{self.provider.name}_{capability}" for capability in _BACKENDS}

    @property
    def backends(self) -> "dict[str, Storage | Tracking | Endpoint]":
        """The backends by the names of their Dagster resources."""
        return {name: getattr(self, capability) for capability, name in self.resource_names.items()}


@dataclass(frozen=True)
class Work:
    """One step about to be computed: its inputs, its tools and the empty directory for its files."""

    project: Project
    step: "Step"
    inputs: Mapping[str, Snapshot]
    """By key without the project: `raw/Order_Details`, `tags`."""
    out: Path
    tools: Tools
    previous: "Commit | None"
    """The last commit of the step."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Seconds that each input took to compute."""
    record: "Callable[[Action], None]" = lambda _action: None
    """Writes an action into the log that is not a computation, such as an edit of a file."""
    stages: "tuple[Stage, ...]" = ()
    """All stages of the pipeline, if they are known."""

    @property
    def table(self) -> str:
        """The table of a stage per table; empty for other stages."""
        return self.step.table or ""

    def input(self, stage: str) -> Path:
        """Return the snapshot directory of a stage."""
        return self.inputs[stage].path

    def raw(self) -> dict[str, Path]:
        """Return the raw snapshots by table, of the tables that could be read."""
        return self._tables("raw")

    def profiles(self) -> dict[str, Path]:
        """Return the profile snapshots by table, of the tables that could be read."""
        return self._tables("profile")

    def _tables(self, stage: str) -> dict[str, Path]:
        keys = {table: f"{stage}/{slug(table)}" for table in self.project.tables}
        return {table: self.inputs[key].path for table, key in keys.items() if key in self.inputs}


Compute = Callable[[Work], Output | None]
"""Writes the step's files and returns what to show. None: nothing is published; a person is needed first."""


@dataclass(frozen=True)
class Stage:
    """One kind of asset. Its `assets.py` declares it."""

    name: str
    description: str
    """Description of the asset in the UI."""
    compute: Compute
    kinds: tuple[str, ...] = ()
    per_table: bool = False
    deps: tuple[str, ...] = ()
    """Stages it requires. For a stage per table: the same table; otherwise all tables that could be read."""
    optional_deps: tuple[str, ...] = ()
    """Stages that it uses if they have been materialized."""
    checks: Mapping[str, str] = field(default_factory=dict)
    """Name to description, for the UI."""
    version: str = "1"
    """To be changed when the stage computes something else from the same input."""
    settings: Callable[[Project, str], Any] = lambda _project, _table: None
    """The settings of the project file that it depends on, as JSON."""
    external_state: Callable[["Work"], Any] = lambda _work: None
    """The state it depends on besides snapshots and the project file (a source, the tags file), as JSON. Cheap."""
    pending_action: Callable[["Work"], str | None] = lambda _work: None
    """The action a user must take before it can be computed, or None."""
    is_current: Callable[["Work"], bool] = lambda _work: True
    """Whether the last commit still describes the world, such as a running endpoint. Cheap."""
    pending_details: Callable[["Work"], Mapping[str, Any]] = lambda _work: {}
    """What the user needs to decide about `pending_action`, as `Output.shown`."""
    reads: "Callable[[Path], Reads | None]" = lambda _snapshot: None
    """Returns the raw columns that a snapshot of it depends on; None if it is not the place to ask."""
    action: "Kind | None" = None
    """Kind of its action in the log: the intent is written before it is computed, the outcome after."""
    may_hold_private: bool = False
    """Whether its snapshots may hold private values. Snapshots of other stages are withdrawn once they are replaced, if
    they are older than the knowledge that a column is private."""
    on_withdraw: Callable[["Work", Path], None] = lambda _work, _snapshot: None
    """Removes what else belongs to such a snapshot, before the snapshot is removed."""
    estimate: Callable[["Work", "Need"], "Need"] = lambda _work, need: need
    """Returns the size of its input, given that of its inputs' tables. Cheap."""
    requires: tuple[str, ...] = ()
    """Capabilities that are provisioned before it is computed, besides storage and compute, which all require."""
    credentials: Callable[[Project], bool] = lambda _project: False
    """Whether it may require a credential in this project. If one is missing or refused, it waits for a person."""
    launchpad: Callable[[], type] | None = None
    """Loads the dg.Config of its launchpad. Such a stage may wait for a person."""
    apply_config: Callable[["Work", Any], None] = lambda _work, _config: None
    """Applies the launchpad's configuration before anything is computed; None without a launchpad."""

    def may_wait(self, project: Project) -> bool:
        """Return whether it may publish nothing because a person is needed, although nothing failed."""
        return self.launchpad is not None or self.credentials(project)


@dataclass(frozen=True)
class Step:
    """One asset of one project."""

    stage: Stage
    project: str
    table: str | None
    deps: tuple[str, ...]
    optional_deps: tuple[str, ...]

    @property
    def name(self) -> str:
        """The key without the project."""
        return f"{self.stage.name}/{slug(self.table)}" if self.table is not None else self.stage.name

    @property
    def key(self) -> str:
        """The asset key, joined by slashes."""
        return f"{self.project}/{self.name}"


def steps(project: Project, stages: tuple[Stage, ...]) -> list[Step]:
    """Return all assets of a project, each after those it depends on."""
    per_table = {stage.name for stage in stages if stage.per_table}
    names = [slug(table) for table in project.tables]

    def expand(needed: tuple[str, ...], table: str | None) -> tuple[str, ...]:
        dependencies: list[str] = []
        for name in needed:
            if name not in per_table:
                dependencies.append(name)
            else:
                dependencies += [
                    f"{name}/{table_slug}" for table_slug in ([slug(table)] if table is not None else names)
                ]
        return tuple(dependencies)

    ordered = []
    for stage in stages:
        for table in project.tables if stage.per_table else [None]:
            needs = expand(stage.deps, table)
            wants = expand(stage.optional_deps, table)
            if table is None:
                # A table that cannot be read must not stop the others, so no single table is required.
                wants += tuple(name for name in needs if "/" in name)
                needs = tuple(name for name in needs if "/" not in name)
            ordered.append(Step(stage, project.name, table, needs, wants))
    return ordered


def reduced_deps(ordered: list[Step]) -> dict[str, list[str]]:
    """Return the transitive reduction of the dependencies: by step, its direct dependencies that no other implies."""
    above: dict[str, set[str]] = {}
    shown = {}
    for step in ordered:
        direct = set(step.deps + step.optional_deps)
        implied = set().union(*(above[name] for name in direct))
        above[step.name] = direct | implied
        shown[step.name] = sorted(direct - implied)
    return shown


def components_of(stage: Stage, provider: "Provider") -> "list[Component]":
    """Return the components of a provider that a stage requires."""
    return [provider.components[name] for name in dict.fromkeys((*_ALWAYS, *stage.requires))]


def is_fresh(work: Work, mark: str) -> bool:
    """Return whether the last commit was computed from exactly these inputs and is still current."""
    return work.previous is not None and work.previous.fingerprint == mark and work.step.stage.is_current(work)


def fingerprint(work: Work) -> str:
    """Return the hash of everything that the step's result depends on."""
    step = work.step
    content = {
        "stage": step.stage.name,
        "version": step.stage.version,
        "settings": step.stage.settings(work.project, work.table),
        "outside": step.stage.external_state(work),
        "inputs": {name: snapshot.data_version for name, snapshot in sorted(work.inputs.items())},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
