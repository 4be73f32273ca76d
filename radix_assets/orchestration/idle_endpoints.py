"""Endpoints that nobody asks, or whose time is over, are released, and the log says so."""

import time
from typing import TYPE_CHECKING, Any

from radix_assets.pipeline.stage import Tools
from radix_assets.project.settings import load_projects
from radix_resources.action_log.log import logged_action, record
from radix_resources.action_log.schema import Action
from radix_resources.home import Home

if TYPE_CHECKING:
    import dagster as dg

Seen = dict[str, dict[str, Any]]
"""By project: since when its endpoint was seen to answer (UTC, seconds since 1970), and with which version."""


def release_idle(
    instance: "dg.DagsterInstance", home: Home, tools: Tools, seen: Seen, now: float | None = None
) -> Seen:
    """Stop every endpoint that has answered for longer than its project's `endpoint_hours`; returns what is seen now.

    One that has stopped since it was last seen, because nobody asked it for long or by `radix down`, is written down.
    Address and version are remembered, so that `radix up` starts it again.
    """
    now = time.time() if now is None else now
    hours = {one.name: one.infrastructure.endpoint_hours for one in load_projects(home.projects)[0]}
    found: Seen = {}
    for deployed in tools.endpoint.list():
        before = seen.get(deployed.project)
        if deployed.state != "running":
            if before and deployed.state == "stopped":
                record(instance, _release(deployed.project, "it was stopped, or nobody asked it for long"))
            continue
        since = before["since"] if before and before["version"] == deployed.version else now
        limit = hours.get(deployed.project)
        if limit is None or now - since < limit * 3600:
            found[deployed.project] = {"since": since, "version": deployed.version}
            continue
        with logged_action(instance, _release(deployed.project, f"it has answered for {limit:g} hours")):
            tools.endpoint.stop(deployed.project)
    return found


def _release(project: str, reason: str) -> Action:
    return Action(
        kind="release", subject=f"{project}/endpoint", project=project, actor="sensor", reason=reason, outcome="ok"
    )
