"""The command `radix read`."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from radix_assets.cli.common import FAILED, OK, Json, err, error_as_json, out, say_json
from radix_assets.common.plural import counted
from radix_resources.credentials.environment import Environment
from radix_resources.credentials.lookup import Credentials
from radix_resources.credentials.redaction import scrub
from radix_resources.errors import RadixError, SourceError

if TYPE_CHECKING:
    from radix_assets.raw.discovery import FileLeftOut
    from radix_assets.raw.read_source import TableRead, TableUnread

_PROJECT: Final = "project.yaml"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(read)


def read(
    source: Annotated[str, typer.Argument(help="A file, a folder, a glob pattern or a URL.")],
    to: Annotated[Path, typer.Option("--out", help="The folder for the Parquet files.")] = Path(),
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="[TABLE:]KEY=VALUE",
            help="A setting as under `sources:` in project.yaml, such as 'delimiter=;' or columns.zip.type=text.",
        ),
    ] = None,
    as_json: Json = False,  # noqa: FBT002 typer's options
) -> None:
    """Convert data to Parquet without a project: one file for each table, with warnings about doubtful values.

    A table that cannot be read is named with its error, and the others are written; the exit code is 1 then.

    Example: radix read orders.csv --out parquet/ --set columns.zip.type=text
    """
    from radix_assets.raw.discovery import FileLeftOut
    from radix_assets.raw.read_source import TableRead, TableUnread, read_source

    try:
        with err.status("reading", spinner="dots") as status:
            tables = list(
                read_source(
                    source, to, Credentials((Environment(),)), lambda text: status.update(escape(text)), settings or ()
                )
            )
    except RadixError as error:
        if not as_json:
            raise
        say_json({"error": error_as_json(error)})
        raise typer.Exit(FAILED) from None
    good = [table for table in tables if isinstance(table, TableRead)]
    bad = [table for table in tables if isinstance(table, TableUnread)]
    others = [file for file in tables if isinstance(file, FileLeftOut)]
    if as_json:
        say_json(_as_json(good, bad, others))
    else:
        _print(good, bad, others)
    raise typer.Exit(FAILED if bad else OK)


def _as_json(good: "list[TableRead]", bad: "list[TableUnread]", others: "list[FileLeftOut]") -> dict[str, object]:
    """Return the answer for programs: `error`, the first of the errors, is in it whenever the exit code is 1."""
    answer: dict[str, object] = {"tables": [table.as_json() for table in good]} if good else {}
    if bad:
        answer["error"] = error_as_json(bad[0].error)
    answer["errors"] = [{"table": table.table, **error_as_json(table.error)} for table in bad]
    return answer | ({"warnings": [file.as_warning() for file in others]} if others else {})


def _print(good: "list[TableRead]", bad: "list[TableUnread]", others: "list[FileLeftOut]") -> None:
    example = ""
    for table in good:
        schema = table.schema
        facts = f"{counted(schema.rows, 'row')}, {counted(len(schema.columns), 'column')}"
        out.print(f"[green]✓[/] {escape(str(table.file))}: {facts}", soft_wrap=True)
        for warning in schema.warnings:
            named = (
                not warning.column
                or repr(warning.column) in warning.message
                or warning.message.startswith(warning.column)
            )
            about = "" if named else f"{warning.column}: "
            out.print(f"  [yellow]![/] {escape(about + warning.message)}", soft_wrap=True)
            if _PROJECT in warning.message and not example:
                example = f"columns.{warning.column}.type=text" if warning.column else "KEY=VALUE"
        if schema.rejected:
            rejects = table.file.with_suffix(".rejects.parquet").name
            out.print(f"  [yellow]![/] {counted(schema.rejected, 'cell')} set aside in {escape(rejects)}")
    for file in others:
        out.print(f"[yellow]![/] {escape(file.as_warning()['message'])}", soft_wrap=True)
    for failure in bad:
        error = scrub(failure.error)
        out.print(f"[red]✗[/] {escape(failure.table)}: {escape(str(error))}", soft_wrap=True)
        example = example or ("KEY=VALUE" if isinstance(error, SourceError) and "`" in f"{error}{error.hint}" else "")
    if example:
        note = f"  settings of project.yaml are given here by --set, such as --set {shlex.quote(example)}"
        out.print(f"[dim]{escape(note)}[/]", soft_wrap=True)
