"""radix destroy."""

import sys
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from radix_assets.cli.common import PERSON, By, Name, demand_known, out, place
from radix_assets.project.settings import PROJECT_FILE


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(destroy)


def destroy(
    name: Name,
    yes: Annotated[  # noqa: FBT002 typer's options
        bool, typer.Option("--yes-delete-data", help="Do not ask; snapshots and models are deleted permanently.")
    ] = False,
    files: Annotated[bool, typer.Option("--files", help="Delete project.yaml and tags.yaml too.")] = False,  # noqa: FBT002
    why: Annotated[str, typer.Option(help="Reason, stored in the log.")] = "",
    by: By = None,
) -> None:
    """List what a project stores and provisions, then delete it. The sources and your own files stay.

    Example: radix destroy shop
    """
    from radix_assets.cli.common import login
    from radix_assets.operations.destroy import abandoned, approve_deletion, inventory
    from radix_assets.operations.destroy import destroy as remove
    from radix_assets.orchestration.infrastructure import emit
    from radix_resources.action_log.reconcile import reconcile_runs

    here = place()
    left = abandoned(here.home, name)
    if left is None and not (here.home.projects / name / PROJECT_FILE).exists():
        demand_known(here, name)
        out.print("nothing to remove")
        return
    project = left or here.project(name)
    reconcile_runs(here.instance)
    holdings = inventory(project, here.home, files=files)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for part, holding in holdings.items():
        size = f"{holding.bytes / 1e6:,.1f} MB" if holding.bytes else ""
        table.add_row(part, escape(holding.what), size, "[yellow]data[/]" if holding.data else "")
    out.print(table if holdings else "nothing is stored for this project")
    suffices = project.policy.delete == "auto"
    actor = by or login()
    if any(holding.data for holding in holdings.values()) and not (yes and suffices):
        if not _confirmed_by_typing(name):
            way = f"radix destroy {name} --yes-delete-data" if suffices else f"radix destroy {name}, at a terminal"
            out.print(f"[yellow]confirmation needed:[/] nothing was deleted; {way}")
            raise typer.Exit(PERSON)
        approve_deletion(here.instance, here.home, project, holdings, by=actor, why=why)
    removed = remove(project, here.home, here.instance, by=actor, why=why, files=files)
    for component in here.tools(project).provider.components.values():
        if component.capability in removed:
            emit(here.instance, component)
    out.print(f"[green]✓[/] deleted; its log stays: radix log {name}" if holdings else "nothing to remove")


def _confirmed_by_typing(name: str) -> bool:
    if not sys.stdin.isatty():
        return False
    words = f"data are deleted permanently; type {name} to continue"
    return bool(typer.prompt(words, default="", show_default=False) == name)
