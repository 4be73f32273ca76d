"""The asset graph of a project, as plain data: what is computed, from what, in which order."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radix_assets.pipeline.output import Output, Snapshot
from radix_assets.project.settings import Project, slug

if TYPE_CHECKING:
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
    """What the stages of a project may use: the installation, and the project's provider with its backends."""

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
    """What the step published last time."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long each input took."""
    record: "Callable[[Action], None]" = lambda _action: None
    """Writes an action into the log that a person or Radix did outside of computing, such as an edit of a file."""
    stages: "tuple[Stage, ...]" = ()
    """All stages of the pipeline, where the step is about to be computed."""

    @property
    def table(self) -> str:
        """The table that a stage per table is about; empty of other stages."""
        return self.step.table or ""

    def input(self, stage: str) -> Path:
        """The snapshot directory of a stage."""
        return self.inputs[stage].path

    def raw(self) -> dict[str, Path]:
        """Table name to raw snapshot, of the tables that could be read."""
        return self._tables("raw")

    def profiles(self) -> dict[str, Path]:
        """Table name to profile snapshot, of the tables that could be read."""
        return self._tables("profile")

    def _tables(self, stage: str) -> dict[str, Path]:
        keys = {table: f"{stage}/{slug(table)}" for table in self.project.tables}
        return {table: self.inputs[key].path for table, key in keys.items() if key in self.inputs}


Compute = Callable[[Work], Output | None]
"""Writes the step's files and says what to show. None: nothing to publish yet, a person is needed first."""


@dataclass(frozen=True)
class Stage:
    """One kind of asset. Its `assets.py` declares it."""

    name: str
    description: str
    """Text for the UI: what the asset means to its reader."""
    compute: Compute
    kinds: tuple[str, ...] = ()
    per_table: bool = False
    deps: tuple[str, ...] = ()
    """Stages without which it cannot be. Of a stage per table: the same table, or all tables that could be read."""
    optional_deps: tuple[str, ...] = ()
    """Stages that it uses where they are there."""
    checks: Mapping[str, str] = field(default_factory=dict)
    """Name to what it guards against."""
    version: str = "1"
    """To be raised when the stage computes something else from the same input."""
    settings: Callable[[Project, str], Any] = lambda _project, _table: None
    """What of the project file it depends on, as JSON."""
    external_state: Callable[["Work"], Any] = lambda _work: None
    """What it depends on beside snapshots and the project file (a source, the tags file), as JSON. Cheap."""
    pending_action: Callable[["Work"], str | None] = lambda _work: None
    """What a person must do before it can go on, or None."""
    is_current: Callable[["Work"], bool] = lambda _work: True
    """Whether what the last commit says is still so in the world, such as a running endpoint. Cheap."""
    action: "Kind | None" = None
    """What the action log calls it when this is computed: an intent is written before, the outcome after."""
    may_hold_private: bool = False
    """Whether its snapshots may hold private values. Those of all others are withdrawn once they are replaced, where
    they were made before a column was known to be private."""
    on_withdraw: Callable[["Work", Path], None] = lambda _work, _snapshot: None
    """What else is to be removed with such a snapshot, which is still there."""
    estimate: Callable[["Work", "Need"], "Need"] = lambda _work, need: need
    """What it computes on, where that is not what its inputs' tables say, which it is given. Cheap."""
    requires: tuple[str, ...] = ()
    """Capabilities that are provisioned before it is computed, beside storage and compute, which all stand on."""
    credentials: Callable[[Project], bool] = lambda _project: False
    """Whether it may need one in this project. Where it is missing or refused a person is needed; nothing failed."""
    launchpad: Callable[[], type] | None = None
    """Loads the dg.Config that the launchpad offers. Such a stage may wait for a person."""
    apply_config: Callable[["Work", Any], None] = lambda _work, _config: None
    """Carries out what the launchpad asked, before anything is computed. Without a launchpad it gets None."""

    def may_wait(self, project: Project) -> bool:
        """Whether it may come to nothing because a person is needed, although nothing failed."""
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
    """All assets of a project, each after what it stands on."""
    per_table = {stage.name for stage in stages if stage.per_table}
    names = [slug(table) for table in project.tables]

    def expand(needed: tuple[str, ...], table: str | None) -> tuple[str, ...]:
        found: list[str] = []
        for name in needed:
            if name not in per_table:
                found.append(name)
            else:
                found += [f"{name}/{one}" for one in ([slug(table)] if table is not None else names)]
        return tuple(found)

    found = []
    for stage in stages:
        for table in project.tables if stage.per_table else [None]:
            needs = expand(stage.deps, table)
            wants = expand(stage.optional_deps, table)
            if table is None:
                # A table that cannot be read must not stop the others, so no single table is indispensable.
                wants += tuple(name for name in needs if "/" in name)
                needs = tuple(name for name in needs if "/" not in name)
            found.append(Step(stage, project.name, table, needs, wants))
    return found


def reduced_deps(found: list[Step]) -> dict[str, list[str]]:
    """What each step stands on, without what follows from the rest: an arrow for each step of the way, no more."""
    above: dict[str, set[str]] = {}
    shown = {}
    for step in found:
        direct = set(step.deps + step.optional_deps)
        implied = set().union(*(above[name] for name in direct))
        above[step.name] = direct | implied
        shown[step.name] = sorted(direct - implied)
    return shown


def components_of(stage: Stage, provider: "Provider") -> "list[Component]":
    """What of a provider a stage stands on."""
    return [provider.components[name] for name in dict.fromkeys((*_ALWAYS, *stage.requires))]


def is_fresh(work: Work, mark: str) -> bool:
    """Whether the last commit was made from just these inputs and still holds."""
    return work.previous is not None and work.previous.fingerprint == mark and work.step.stage.is_current(work)


def fingerprint(work: Work) -> str:
    """Hash of everything that the step's result depends on."""
    step = work.step
    content = {
        "stage": step.stage.name,
        "version": step.stage.version,
        "settings": step.stage.settings(work.project, work.table),
        "outside": step.stage.external_state(work),
        "inputs": {name: snapshot.data_version for name, snapshot in sorted(work.inputs.items())},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
