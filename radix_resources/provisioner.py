"""Provisioning: what a step stands on is planned, made, and taken away, each written down before and after."""

from typing import TYPE_CHECKING

from radix_resources.action_log.log import logged_action
from radix_resources.action_log.schema import Action, Outcome
from radix_resources.providers.base import Change, Component, Request

if TYPE_CHECKING:
    import dagster as dg


def provision(
    instance: "dg.DagsterInstance",
    component: Component,
    project: str,
    request: Request,
    *,
    actor: str,
    reason: str,
    run_id: str | None = None,
) -> Change:
    """Have a component there for a project; the change that this was. What is there is left alone, without a word.

    Whether it may cost that much was decided before (see the budget's plan, which holds the same changes).
    """
    change = component.plan(project, request)
    if change.action == "none":
        return change
    action = Action(
        kind="provision" if change.action == "create" else "resize",
        subject=component.subject,
        project=project,
        actor=actor,
        reason=f"{change.what}, {reason}",
        after={"request": request.model_dump(), **change.rate.model_dump()},
        run_id=run_id,
    )
    with logged_action(instance, action):
        component.apply(project, request)
    return change


def remove(instance: "dg.DagsterInstance", component: Component, project: str, *, actor: str, reason: str) -> None:
    """Take away what a project has of a component, for good; nothing is written down where it has nothing."""
    held = component.inspect(project)
    if held is None:
        return
    action = Action(
        kind="release",
        subject=component.subject,
        project=project,
        actor=actor,
        reason=reason,
        before={"what": held.what, "bytes": held.bytes},
    )
    with logged_action(instance, action):
        component.release(project)
        component.destroy(project)


def resolve_intent(component: Component, intent: Action) -> tuple[Outcome, str]:
    """Of an intent whose outcome was never written: looked up where the thing itself is."""
    if intent.kind == "release":
        held = component.inspect(intent.project)
        return ("ok", "nothing of it is left") if held is None else ("failed", f"there is still {held.what}")
    change = component.plan(intent.project, Request.model_validate(intent.after.get("request", {})))
    return ("ok", "it is there") if change.action == "none" else ("failed", f"there is still to make: {change.what}")
