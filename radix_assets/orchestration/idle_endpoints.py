"""Stop endpoints that have exceeded their hours, and log those that have stopped."""

import time
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from radix_assets.pipeline.stage import Tools
from radix_assets.pipeline.tools import elsewhere, tools_in_use
from radix_assets.project.load import load_projects
from radix_assets.project.settings import Project
from radix_resources.action_log.log import logged_action, record
from radix_resources.action_log.schema import Action
from radix_resources.home import Home

if TYPE_CHECKING:
    import dagster as dg

Sightings = dict[str, dict[str, Any]]
"""By project: since when its endpoint has been seen running (UTC, seconds since 1970), and its version."""


def release_idle(
    instance: "dg.DagsterInstance",
    home: Home,
    seen: Sightings,
    now: float | None = None,
    *,
    projects: Iterable[Project] | None = None,
) -> Sightings:
    """Stop every endpoint that has answered for longer than its project's `endpoint_hours`; return what is seen now.

    An endpoint that has stopped since it was last seen, because it had no requests or by `radix down`, is logged.
    Address and version are remembered, so that `radix up` starts it again. `projects` are those of the installation if
    they are not given.
    """
    now = time.time() if now is None else now
    by_name = {project.name: project for project in (load_projects(home.projects)[0] if projects is None else projects)}
    running: Sightings = {}
    for place, tools in tools_in_use(home, by_name.values()).items():
        foreign = elsewhere(home, by_name.values(), place)
        running |= _release_idle(instance, tools, by_name, foreign, seen, now)
    return running


def _release_idle(
    instance: "dg.DagsterInstance",
    tools: Tools,
    projects: Mapping[str, Project],
    foreign: Collection[str],
    seen: Sightings,
    now: float,
) -> Sightings:
    """Stop the idle endpoints of one provider, except those of `foreign` projects, which run elsewhere by now."""
    running: Sightings = {}
    for deployed in tools.endpoint.list():
        if deployed.project in foreign:
            continue
        before = seen.get(deployed.project)
        if deployed.state != "running":
            if before and deployed.state == "stopped":
                record(
                    instance, tools.home, _release(deployed.project, "it was stopped, or received no request for long")
                )
            continue
        since = before["since"] if before and before["version"] == deployed.version else now
        limit = projects[deployed.project].infrastructure.endpoint_hours if deployed.project in projects else None
        if limit is None or now - since < limit * 3600:
            running[deployed.project] = {"since": since, "version": deployed.version}
            continue
        with logged_action(instance, tools.home, _release(deployed.project, f"it has answered for {limit:g} hours")):
            tools.endpoint.stop(deployed.project)
    return running


def _release(project: str, reason: str) -> Action:
    return Action(
        kind="release", subject=f"{project}/endpoint", project=project, actor="sensor", reason=reason, outcome="ok"
    )
