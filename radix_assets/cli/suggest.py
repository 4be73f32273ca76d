"""The command `radix suggest`."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from radix_assets.cli.common import FAILED, OK, err, out, place, say_json
from radix_assets.common.plural import counted
from radix_resources.credentials.environment import Environment
from radix_resources.credentials.lookup import Credentials, credentials

if TYPE_CHECKING:
    from radix_assets.suggestions.folder import Reading

_MOST_LINES = 60
"""The most columns to print, the least certain ones first."""
_SURE = 0.9


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(suggest)


def suggest(
    source: Annotated[
        str, typer.Argument(help="A file, a folder, a glob pattern, an archive, an address, or a project's name.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on the last line, for scripts.")] = False,  # noqa: FBT002 typer's options
    target: Annotated[str | None, typer.Option(help="The column to predict: table.column.")] = None,
) -> None:
    """Suggest keys, relationships, roles, types, time, private columns and targets of a data set.

    Writes nothing. Lists files and tables that cannot be read and continues with the others.

    Example: radix suggest data/
    """
    with (
        tempfile.TemporaryDirectory(prefix="radix_suggest_") as work,
        err.status("reading", spinner="dots") as status,
    ):
        suggestions = _suggestions_for(source, Path(work), target, lambda text: status.update(escape(text)))
    if as_json:
        say_json(suggestions)
    else:
        _print(suggestions)
    raise typer.Exit(OK if suggestions["tables"] else FAILED)


def _suggestions_for(source: str, work: Path, target: str | None, say: Any) -> dict[str, Any]:
    from radix_assets.profiles.compute import profile_table
    from radix_assets.question.target import parse_target
    from radix_assets.relationships.find import find_schema
    from radix_assets.sources.schema import DATA_FILE, rejected_cells
    from radix_assets.suggestions.answer import answer
    from radix_assets.suggestions.suggest import suggest

    reading = _read(source, work, say)
    profiles = {}
    for table, path in reading.tables.items():
        say(f"profiling {table}")
        profiles[table] = profile_table(table, path / DATA_FILE)
    say("keys and relationships")
    schema = find_schema(reading.tables, profiles)
    say("columns and targets")
    parsed_target = (
        parse_target(target, {table: list(profile.columns) for table, profile in profiles.items()}) if target else None
    )
    result = answer(suggest(reading.tables, profiles, schema, parsed_target), schema, profiles)
    for table, path in reading.tables.items():
        result["tables"][table]["rejected"] = rejected_cells(path)
    result["errors"] = [vars(error) for error in reading.errors]
    return result | ({"warnings": [file.as_warning() for file in reading.left_out]} if reading.left_out else {})


def _read(source: str, work: Path, say: Any) -> "Reading":
    from radix_assets.suggestions.folder import read_argument, read_project

    def reading(table: str) -> None:
        say(f"reading {table}")

    if source.isidentifier() and not Path(source).exists():
        here = place()
        return read_project(here.project(source), work, credentials(here.home.state), reading)
    return read_argument(source, work, Credentials((Environment(),)), reading)


def _print(suggestions: Mapping[str, Any]) -> None:
    for target in suggestions["targets"]:
        line = f"[bold]{escape(target['table'])}.{escape(target['column'])}[/]  {target['problem']}, {target['metric']}"
        out.print(f"target? {line}  {target['confidence']:.0%}  [dim]{escape(target['evidence'])}[/]", soft_wrap=True)
    if not suggestions["targets"]:
        out.print("no likely target found")
    out.print()
    for name, table in suggestions["tables"].items():
        facts = [counted(table["rows"], "row")]
        if table["primary_key"]:
            facts.append("key " + ", ".join(table["primary_key"]))
        if table["time_index"]:
            time = table["time_index"]
            facts.append("time " + (time if isinstance(time, str) else ", ".join(time)))
        facts.append(table["row"])
        if table["rejected"]:
            facts.append(f"{counted(table['rejected'], 'cell')} not as the header or the column's other values say")
        out.print(f"[bold]{escape(name)}[/]  {escape('; '.join(filter(None, facts)))}", soft_wrap=True)
    for link in suggestions["relationships"]:
        sides = [f"{link[end]}({', '.join(link[end + '_columns'])})" for end in ("child", "parent")]
        out.print(f"  {escape(' → '.join(sides))}  {link['confidence']:.0%}", soft_wrap=True)
    _print_columns(suggestions["tables"])
    for warning in suggestions.get("warnings", ()):
        out.print(f"[yellow]![/] {escape(warning['message'])}", soft_wrap=True)
    for error in suggestions["errors"]:
        out.print(f"[red]✗[/] {escape(error['file'])}: {error['code']} {escape(error['found'])}", soft_wrap=True)


def _print_columns(tables: Mapping[str, Any]) -> None:
    lines = [
        (min(item["role_confidence"], item["type_confidence"]), f"{name}.{column}", item)
        for name, table in tables.items()
        for column, item in table["columns"].items()
    ]
    lines.sort(key=lambda line: line[0])
    unsure = [line for line in lines if line[0] < _SURE or line[2]["sensitivity"] != "none"]
    shown = unsure[:_MOST_LINES]
    if not shown:
        return
    table = Table(box=None)
    for title in ("column", "role", "type", "private", "sure", "why"):
        table.add_column(title, overflow="fold")
    for sure, column, item in shown:
        private = item["semantic_type"] if item["sensitivity"] != "none" else ""
        cells = (column, item["role"], item["type"], private, f"{sure:.0%}", item["evidence"])
        table.add_row(*map(escape, cells))
    out.print()
    out.print(table)
    rest = len(lines) - len(shown)
    if rest:
        out.print(f"and {counted(rest, 'column')} more, of which {len(unsure) - len(shown)} are unsure; --json has all")
