"""Provisioning: plan, create and remove the components that steps require, with an intent and an outcome in the log."""

from typing import TYPE_CHECKING

from radix_resources.action_log.log import logged_action
from radix_resources.action_log.schema import Action, Outcome
from radix_resources.providers.base import Change, Component, Request

if TYPE_CHECKING:
    import dagster as dg

    from radix_resources.home import Home


def provision(
    instance: "dg.DagsterInstance",
    home: "Home",
    component: Component,
    project: str,
    request: Request,
    *,
    actor: str,
    reason: str,
    run_id: str | None = None,
) -> Change:
    """Create or resize a component for a project, and return the change. Log nothing if it exists already.

    The budget was checked before: its plan contains the same changes.
    """
    change = component.plan(project, request)
    if change.action == "none":
        return change
    action = Action(
        kind="provision" if change.action == "create" else "resize",
        subject=component.subject,
        project=project,
        actor=actor,
        reason=f"{change.what} ({reason})" if reason else change.what,
        after={"request": request.model_dump(), **change.rate.model_dump()},
        run_id=run_id,
    )
    with logged_action(instance, home, action):
        component.apply(project, request)
    return change


def remove(
    instance: "dg.DagsterInstance", home: "Home", component: Component, project: str, *, actor: str, reason: str
) -> None:
    """Remove what a project has of a component, permanently. Log nothing if it has nothing."""
    holding = component.inspect(project)
    if holding is None:
        return
    action = Action(
        kind="release",
        subject=component.subject,
        project=project,
        actor=actor,
        reason=reason,
        before={"what": holding.what, "bytes": holding.bytes},
    )
    with logged_action(instance, home, action):
        component.release(project)
        component.destroy(project)


def resolve_intent(component: Component, intent: Action) -> tuple[Outcome, str]:
    """Determine the outcome of an intent without one, by inspecting the component itself."""
    if intent.kind == "release":
        holding = component.inspect(intent.project)
        return ("ok", "nothing of it is left") if holding is None else ("failed", f"there is still {holding.what}")
    change = component.plan(intent.project, Request.model_validate(intent.after.get("request", {})))
    return ("ok", "it exists") if change.action == "none" else ("failed", f"not created: {change.what}")
