"""Remove what a project provisioned and materialized, in an order that may be interrupted and repeated.

The action log, the sources and the files that a user wrote stay.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from radix_assets.budget.approvals import PLANS_FILE
from radix_assets.models.approvals import APPROVALS_FILE
from radix_assets.orchestration.run_tags import has_active_run
from radix_assets.pipeline.tools import tools_in_reach, tools_in_use, tools_of
from radix_assets.project.load import load_projects
from radix_assets.project.settings import DESTROYED, PROJECT_FILE, TAGS_FILE, Project
from radix_resources.action_log.log import logged_action, record
from radix_resources.action_log.reading import Filter, entries, open_intents
from radix_resources.action_log.schema import Action
from radix_resources.errors import ConfigError, RadixError
from radix_resources.home import Home
from radix_resources.providers.base import Component, Holding
from radix_resources.provisioner import remove

if TYPE_CHECKING:
    import dagster as dg

NOTES, FILES = "notes", "files"
_OWN = {NOTES: (APPROVALS_FILE, PLANS_FILE, f".{TAGS_FILE}.radix"), FILES: (TAGS_FILE, PROJECT_FILE)}
_ORDER = ("endpoint", "compute", "tracking", "storage", "metadata")
"""Components are removed before those that they require."""


def inventory(project: Project, home: Home, *, files: bool = False) -> dict[str, Holding]:
    """Return what exists of a project, by component; empty for a project that has nothing.

    With `files`, the user's own files are included.
    """
    components = _components(project, home)
    holdings = {part: holding for part, component in components.items() if (holding := component.inspect(project.name))}
    for part in (NOTES, FILES) if files else (NOTES,):
        names = [path.name for path in _existing_files(project.folder, part)]
        if names:
            holdings[part] = Holding(state="ready", what=", ".join(names), data=part == FILES)
    return holdings


def approve_deletion(
    instance: "dg.DagsterInstance", home: Home, project: Project, holdings: dict[str, Holding], *, by: str, why: str
) -> None:
    """Log that a user approved the deletion of exactly this."""
    data = {part: {"what": holding.what, "bytes": holding.bytes} for part, holding in holdings.items() if holding.data}
    approval = Action(
        kind="approve",
        subject=f"{project.name}/deletion",
        project=project.name,
        actor=by,
        reason=why,
        outcome="ok",
        input_hash=hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest(),
        before=data,
    )
    record(instance, home, approval)


def destroy(
    project: Project, home: Home, instance: "dg.DagsterInstance", *, by: str, why: str = "", files: bool = False
) -> dict[str, Holding]:
    """Remove everything of a project, each component with intent and outcome in the log; return what existed.

    Call it again after an interruption. Raise ConfigError RDX-CFG-016 while a run of the project is active.
    """
    if has_active_run(instance, project.name):
        raise ConfigError(
            "RDX-CFG-016",
            f"a run of {project.name} is active",
            expected="a project without an active run",
            hint="wait until it ends, or end it in the UI; then run the command again",
            project=project.name,
        )
    if project.folder.is_dir():
        (project.folder / DESTROYED).touch()
    holdings = inventory(project, home, files=files)
    reason = why or "radix destroy"
    for component in _components(project, home).values():
        remove(instance, home, component, project.name, actor=by, reason=reason)
    for part in sorted(holdings.keys() & {NOTES, FILES}):
        action = Action(
            kind="release",
            subject=f"{project.name}/{part}",
            project=project.name,
            actor=by,
            reason=reason,
            before={"what": holdings[part].what},
        )
        with logged_action(instance, home, action):
            for path in _existing_files(project.folder, part):
                path.unlink()
    _close_cut_off(project, home, instance)
    if files and project.folder.is_dir():
        (project.folder / DESTROYED).unlink(missing_ok=True)
        if not any(project.folder.iterdir()):
            project.folder.rmdir()
    return holdings


def owners(home: Home) -> dict[str, list[str]]:
    """Return who has something at any provider: by project, the names of the components."""
    projects = load_projects(home.projects)[0]
    in_use = tools_in_use(home, projects)
    components_of: dict[str, list[str]] = {}
    for name, tools in tools_in_reach(home, projects).items():
        for component in tools.provider.components.values():
            for owner in component.owners() if name in in_use else _owners(component):
                components_of.setdefault(owner, []).append(component.subject)
    return dict(sorted(components_of.items()))


def abandoned(home: Home, name: str) -> Project | None:
    """Return a project whose folder is missing but which still has components, so that they can be destroyed."""
    if (home.projects / name / PROJECT_FILE).exists() or name not in owners(home):
        return None
    return Project.model_construct(name=name, folder=home.projects / name, sources=[])


def _components(project: Project, home: Home) -> dict[str, Component]:
    """Return the components of the project's provider by capability, in the order of removal.

    Where the project has left something at another provider, that one's too, by names such as `local/storage`.
    """
    provider = tools_of(project, home).provider
    components = {name: provider.components[name] for name in _ORDER}
    for tools in tools_in_reach(home, [project]).values():
        elsewhere = tools.provider
        if elsewhere.name != provider.name:
            capabilities = [name for name in _ORDER if project.name in _owners(elsewhere.components[name])]
            components |= {f"{elsewhere.name}/{name}": elsewhere.components[name] for name in capabilities}
    return components


def _owners(component: Component) -> list[str]:
    """Return the owners at a provider that is not in use: if it needs an account that is missing, none are known."""
    try:
        return component.owners()
    except RadixError:
        return []


def _existing_files(folder: Path, part: str) -> Iterator[Path]:
    return (folder / name for name in _OWN[part] if (folder / name).exists())


def _close_cut_off(project: Project, home: Home, instance: "dg.DagsterInstance") -> None:
    """Close the intents that earlier, interrupted calls left open."""
    released = entries(instance, Filter(project=project.name, kind="release"), made=False)
    for entry in open_intents(released):
        ended = {"phase": "outcome", "outcome": "ok", "reason": f"{entry.action.reason} (finished by a later call)"}
        record(instance, home, entry.action.model_copy(update=ended))
