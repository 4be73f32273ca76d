"""radix tags."""

from typing import Annotated

import typer

from radix_assets.cli.common import By, Json, Name, out, place, relative


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(tags)


def tags(
    name: Name,
    confirm: Annotated[bool, typer.Option("--confirm", help="Confirm the tags.")] = False,  # noqa: FBT002
    edits: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Set a role (table.column=ignore) or another tag (table.column.unit=kg).",
        ),
    ] = None,
    target: Annotated[str | None, typer.Option(help="What to predict: table.column or a comparison.")] = None,
    time_index: Annotated[
        list[str] | None,
        typer.Option(help="Time of a row: table.column, table.(year, month, day) or table=none."),
    ] = None,
    primary_key: Annotated[
        list[str] | None, typer.Option(help="Primary key: table.column, table.(a, b) or table=none.")
    ] = None,
    relationship: Annotated[
        list[str] | None, typer.Option(help="Add a relationship, such as 'orders.customer_id -> customers.id'.")
    ] = None,
    no_relationship: Annotated[
        list[str] | None, typer.Option(help="Remove a relationship, written as in the file.")
    ] = None,
    rule: Annotated[
        list[str] | None, typer.Option(help="Add a rule, such as 'orders.amount >= 0' or 'block: orders.id is unique'.")
    ] = None,
    no_rule: Annotated[list[str] | None, typer.Option(help="Remove a rule, written as in the file.")] = None,
    preview: Annotated[  # noqa: FBT002 typer's options
        bool, typer.Option("--preview", help="Dry run: what would be rebuilt, time and cost.")
    ] = False,
    explain: Annotated[str | None, typer.Option(help="Show the history of table.column.")] = None,
    by: By = None,
    if_version: Annotated[
        str | None, typer.Option(help="Fail unless tags.yaml has this version, as printed by --json.")
    ] = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Show, edit or confirm the tags (role, type and meaning of each column), so that the run continues.

    Example: radix tags shop --set customers.email=ignore --confirm
    """
    from radix_assets.cli import tags_actions
    from radix_assets.cli.tags_options import Options

    here = place()
    project = here.project(name)
    options = Options(
        sets=edits or (),
        target=target,
        time_index=time_index or (),
        primary_key=primary_key or (),
        add=relationship or (),
        remove=no_relationship or (),
        add_rules=rule or (),
        remove_rules=no_rule or (),
        confirm=confirm,
    )
    if explain:
        tags_actions.explain(here, project, explain, as_json=as_json)
        return
    if preview:
        tags_actions.preview(here, project, options, by=by, as_json=as_json)
        return
    if options.any:
        tags_actions.edit(here, project, options, by=by, if_version=if_version)
        out.print(f"[green]✓[/] {relative(project.tags_path)}", soft_wrap=True) if not as_json else None
    tags_actions.show(here, project, as_json=as_json)
