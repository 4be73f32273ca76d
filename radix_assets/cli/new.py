"""radix new."""

from typing import Annotated, Literal

import typer
from rich.markup import escape

from radix_assets.cli.common import Name, out, place, relative
from radix_assets.common.plural import counted
from radix_assets.project.settings import PROJECT_FILE


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(new)


def new(
    name: Name,
    sources: Annotated[
        list[str], typer.Argument(help="Files, folders, glob patterns, or URLs of files, buckets and databases.")
    ],
    target: Annotated[
        str | None,
        typer.Option(
            help="What to predict: table.column, a comparison such as 'flights.delay > 15', "
            "or a question {for_each: …, predict: …, within: …}."
        ),
    ] = None,
    accept: Annotated[
        Literal["human", "auto"],
        typer.Option(
            help="Who confirms the tags: human (you) or auto (suggestions are accepted as they are).",
        ),
    ] = "human",
) -> None:
    """Create projects/NAME/project.yaml for these sources. Passwords are never stored in it.

    Example: radix new shop data/*.csv --target orders.total
    """
    from radix_assets.cli.new_project import create_project, empty_tables

    here = place()
    secrets, project, left_out = create_project(here.home, name, sources, target=target, accept=accept)
    out.print(
        f"[green]✓[/] {relative(here.home.projects / name / PROJECT_FILE)}: {counted(len(project.tables), 'table')}"
    )
    for file in left_out:
        out.print(f"[yellow]![/] {escape(file.as_warning()['message'])}", soft_wrap=True)
    for table in empty_tables(project, here.home):
        out.print(f"[yellow]![/] {escape(table)} is empty: fill its file, or remove the table from project.yaml")
    for secret in secrets:
        out.print(f"[yellow]![/] the password is not stored; set it once: radix credentials set {secret}")
    out.print(f"next: radix run {name}")
