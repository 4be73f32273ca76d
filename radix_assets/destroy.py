"""Removing what a project provisioned and made: what there is, and taking it away, in an order that a kill may cut off.

The action log stays: it is the record of all that was done. So do the sources, and the files that a person wrote.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from radix_assets.budget.approvals import PLANS_FILE
from radix_assets.graph import Tools
from radix_assets.models.approvals import APPROVALS_FILE
from radix_assets.project import PROJECT_FILE, TAGS_FILE, Project
from radix_assets.sensors import DESTROYED, at_work
from radix_resources.action_log import Action, Filter, doing, entries, open_intents, record
from radix_resources.errors import ConfigError

if TYPE_CHECKING:
    import dagster as dg

_MADE = (APPROVALS_FILE, PLANS_FILE, f".{TAGS_FILE}.radix")
_WRITTEN = (TAGS_FILE, PROJECT_FILE)


@dataclass(frozen=True)
class Held:
    """One thing that a project has."""

    component: str
    """`endpoint`, `tracking`, `snapshots`, `notes`, `files`."""
    what: str
    bytes: int
    data: bool
    """Whether it holds data, or a model made of them, that would have to be computed again."""


def inventory(project: Project, tools: Tools, *, files: bool = False) -> list[Held]:
    """What there is now; empty of a project of which nothing was made. With `files`, a person's own files too."""
    found = []
    deployed = tools.endpoint.inspect(project.name)
    if deployed is not None:
        found.append(Held("endpoint", f"{deployed.address} ({deployed.state})", 0, data=False))
    runs = tools.tracking.count(project.name)
    if runs is not None:
        found.append(Held("tracking", f"an MLflow experiment with {runs} runs, its models", 0, data=True))
    commits, size = tools.storage.held(project.name)
    if commits or size:
        found.append(Held("snapshots", f"{commits} commit records and their snapshots", size, data=True))
    notes = [path.name for path in _there(project.folder, _MADE)]
    if notes:
        found.append(Held("notes", ", ".join(notes), 0, data=False))
    written = [path.name for path in _there(project.folder, _WRITTEN)] if files else []
    if written:
        found.append(Held("files", ", ".join(written), 0, data=True))
    return found


def destroy(
    project: Project, tools: Tools, instance: "dg.DagsterInstance", *, by: str, why: str = "", files: bool = False
) -> list[Held]:
    """Remove it all, each component with intent and outcome in the log; returns what there was.

    What was cut off is done by calling again. Raises ConfigError RDX-CFG-016 while a run of the project goes on.
    """
    if at_work(instance, project.name):
        raise ConfigError(
            "RDX-CFG-016",
            f"a run of {project.name} is going on",
            expected="a project that is not at work",
            hint="wait until it ends, or end it in the UI; then run the command again",
            project=project.name,
        )
    (project.folder / DESTROYED).touch()
    found = inventory(project, tools, files=files)
    for held in found:
        action = Action(
            kind="release",
            subject=f"{project.name}/{held.component}",
            project=project.name,
            actor=by,
            reason=why or "radix destroy",
            before={"what": held.what, "bytes": held.bytes},
        )
        with doing(instance, action):
            _remove(project, tools, held.component)
    _close_cut_off(project, instance)
    if files:
        (project.folder / DESTROYED).unlink(missing_ok=True)
        if not any(project.folder.iterdir()):
            project.folder.rmdir()
    return found


def _remove(project: Project, tools: Tools, component: str) -> None:
    if component == "endpoint":
        tools.endpoint.release(project.name)
    elif component == "tracking":
        tools.tracking.remove(project.name)
    elif component == "snapshots":
        tools.storage.remove(project.name)
    else:
        for path in _there(project.folder, _MADE if component == "notes" else _WRITTEN):
            path.unlink()


def _there(folder: Path, names: tuple[str, ...]) -> Iterator[Path]:
    return (folder / name for name in names if (folder / name).exists())


def _close_cut_off(project: Project, instance: "dg.DagsterInstance") -> None:
    """What an earlier call was killed in the middle of has come to its end with this one."""
    released = entries(instance, Filter(project=project.name, kind="release"), made=False)
    for entry in open_intents(released):
        ended = {"phase": "outcome", "outcome": "ok", "reason": f"{entry.action.reason} (finished by a later call)"}
        record(instance, entry.action.model_copy(update=ended))
