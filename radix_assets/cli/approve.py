"""radix approve."""

from typing import TYPE_CHECKING, Annotated

import typer

from radix_assets.cli.common import PERSON, err, out, place
from radix_resources.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from radix_assets.cli.common import Place
    from radix_assets.project.settings import Project


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(approve)


def approve(
    name: Annotated[str, typer.Argument(help="Project whose model waits for approval, or the hash of a plan.")],
    why: Annotated[str, typer.Option(help="Reason, stored with the approval.")] = "",
    by: Annotated[str | None, typer.Option(help="Approver's name (default: login).")] = None,
    batch: Annotated[  # noqa: FBT002 typer's options
        bool, typer.Option("--batch", help="Accept the new data although they break a blocking rule.")
    ] = False,
) -> None:
    """Approve the waiting model of a project, its new data, or a plan that exceeds the budget.

    Example: radix approve shop --why "reviewed with sales"
    """
    from radix_assets.cli.common import login
    from radix_assets.cli.plan import approve_plan_of, is_plan
    from radix_assets.models.approvals import approve as record
    from radix_assets.models.stored import load_card, load_champion
    from radix_assets.pipeline.status import latest
    from radix_resources.action_log.log import logged_action
    from radix_resources.action_log.schema import Action

    here = place()
    if is_plan(here, name):
        approve_plan_of(here, name, by=by or login(), why=why)
        return
    try:
        project = here.project(name)
    except ConfigError as error:
        if error.code == "RDX-CFG-005":
            error.expected += ", or the 12-digit hash of a plan"
        raise
    storage = here.tools(project).storage
    if batch:
        _accept_batch(here, project, latest(storage, project, "rules"), by=by or login(), why=why)
        return
    newest = latest(storage, project, "model")
    if newest is None:
        err.print(f"[yellow]you are needed:[/] {name} has no model yet; next: radix run {name}", soft_wrap=True)
        raise typer.Exit(PERSON)
    card, approver = load_card(newest), by or login()
    serving = latest(storage, project, "champion")
    if not card.accepted:
        out.print(
            f"no model waits for approval: the newest was refused. {card.reason.removeprefix('Refused: ')}",
            soft_wrap=True,
        )
        raise typer.Exit(PERSON)
    if serving and load_champion(serving).model_id == card.model_id:
        out.print("no model waits for approval: the newest serves already")
        return
    model = card.model_id
    action = Action(
        kind="approve", subject=project.key("champion"), project=name, actor=approver, reason=why, input_hash=model
    )
    with logged_action(here.instance, here.home, action):
        record(project.folder, model, by=approver, why=why)
    out.print(f"[green]✓[/] approved model {model[:12]}; next: radix run {name}")


def _accept_batch(here: "Place", project: "Project", rules: "Path | None", *, by: str, why: str) -> None:
    """Accept the data that break a blocking rule; the next data are checked again."""
    from radix_assets.rules.acceptances import accept_batch
    from radix_assets.rules.schema import load_results
    from radix_resources.action_log.log import logged_action
    from radix_resources.action_log.schema import Action

    batch = load_results(rules).batch if rules else ""
    if not batch:
        out.print("no data wait for approval: no blocking rule is broken")
        return
    action = Action(
        kind="approve", subject=project.key("rules"), project=project.name, actor=by, reason=why, input_hash=batch
    )
    with logged_action(here.instance, here.home, action):
        accept_batch(project.folder, batch, by=by, why=why)
    out.print(f"[green]✓[/] accepted the data {batch}; next: radix run {project.name}", soft_wrap=True)
