"""The command `radix profile`."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from radix_assets.cli.common import FAILED, OK, Json, err, error_as_json, out, place, say_json
from radix_assets.common.plural import counted
from radix_resources.credentials.environment import Environment
from radix_resources.credentials.lookup import Credentials, credentials
from radix_resources.credentials.redaction import scrub
from radix_resources.errors import RadixError, TransientSourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from radix_assets.profiles.schema import TableProfile
    from radix_assets.sources.kinds.base import Source, SourceContext

_MOST_COLUMNS = 60


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(profile)


def profile(
    source: Annotated[
        str, typer.Argument(help="A file, a folder, a glob pattern, an archive, an address, or a project's name.")
    ],
    sample: Annotated[  # noqa: FBT002 typer's options
        bool,
        typer.Option("--sample", help="Stop after the first look at a sample; do not read every row."),
    ] = False,
    as_json: Json = False,  # noqa: FBT002 typer's options
) -> None:
    """Profile every table of a source: a sample within seconds, then all rows. Writes nothing.

    Small tables, and sources of which no part can be read alone, are read as a whole at once. With --json each profile
    is a line of its own; the last one of a table replaces those before it. The exit code is 1 if a table could not be
    read.

    Example: radix profile orders.csv --sample
    """
    code = OK
    for table, answer, title, facts in _profiles(source, whole=not sample):
        if isinstance(answer, RadixError):
            code = FAILED
            if as_json:
                say_json({"table": table, "error": error_as_json(answer)})
            else:
                out.print(f"[red]✗[/] {escape(table)}: {escape(str(scrub(answer)))}", soft_wrap=True)
            continue
        if as_json:
            say_json({"table": table, "rows": answer.rows, "sample": facts, "columns": _columns(answer)})
        else:
            _print(table, answer, title)
    raise typer.Exit(code)


def _profiles(
    argument: str, *, whole: bool
) -> "Iterator[tuple[str, TableProfile | RadixError, str, dict[str, Any] | None]]":
    """Yield the first look at every table, then its profile; with each a title and how a sample was taken."""
    with tempfile.TemporaryDirectory(prefix="radix_profile_") as folder:
        tables = list(_tables(argument, Path(folder)))
        exact = []
        for source, table, context in tables:
            try:
                with err.status(f"looking at {escape(table)}", spinner="dots"):
                    look = _look(source, table, context)
            except TransientSourceError:
                look = None
            except RadixError as error:
                yield table, error, "", None
                continue
            if look is not None:
                yield table, look.profile, look.title, look.as_json()
            if whole or look is None:
                exact.append((source, table, context))
        for source, table, context in exact:
            try:
                with err.status(f"reading {escape(table)}", spinner="dots"):
                    profile = _whole(source, table, context)
            except RadixError as error:
                yield table, error, "", None
            else:
                yield table, profile, f"exact: all {counted(profile.rows, 'row')}", None


def _tables(argument: str, cache: Path) -> "Iterator[tuple[Source, str, SourceContext]]":
    from radix_assets.raw.discovery import NO_PROJECT, sources_of
    from radix_assets.sources.addresses import take_secrets
    from radix_assets.sources.kinds.base import SourceContext, TableNames
    from radix_resources.credentials.memory import InMemory

    if argument.isidentifier() and not Path(argument).exists():
        here = place()
        project = here.project(argument)
        context = SourceContext(project.folder, credentials(here.home.state), cache=here.home.fetched)
        sources = project.sources
    else:
        argument, secrets = take_secrets(argument, "PASSWORD")
        context = SourceContext(NO_PROJECT, Credentials((InMemory(secrets), Environment())), cache=cache)
        sources = sources_of([argument], context, TableNames(str)).sources
    for source in sources:
        for table in source.list_tables():
            yield source, table, context


def _look(source: "Source", table: str, context: "SourceContext") -> Any:
    from radix_assets.profiles.first_look import first_look

    return first_look(source, table, context)


def _whole(source: "Source", table: str, context: "SourceContext") -> "TableProfile":
    from radix_assets.profiles.compute import profile_table
    from radix_assets.profiles.private import without_values
    from radix_assets.raw.ingestion import read_table
    from radix_assets.raw.privacy import judge_columns
    from radix_assets.sources.schema import DATA_FILE

    with tempfile.TemporaryDirectory(prefix="radix_profile_") as folder:
        raw = Path(folder, "raw")
        read_table(source, table, raw, context, may_be_empty=bool(source.connection_address()))
        return without_values(profile_table(table, raw / DATA_FILE), judge_columns(raw, table))


def _columns(answer: "TableProfile") -> Any:
    from radix_assets.profiles.first_look import column_facts

    return column_facts(answer)


def _print(table: str, answer: "TableProfile", title: str) -> None:
    out.print(f"[bold]{escape(table)}[/]  {escape(title)}", soft_wrap=True)
    lines = Table(box=None)
    for name in ("column", "type", "missing", "distinct", "smallest", "largest", "mean"):
        lines.add_column(name, overflow="fold")
    columns = list(answer.columns.values())
    for column in columns[:_MOST_COLUMNS]:
        missing = f"{column.nulls / answer.rows:.1%}" if column.nulls and answer.rows else ""
        values = ("private", "", "") if column.private else (column.minimum, column.maximum, column.mean)
        lines.add_row(*map(escape, (column.name, column.dtype, missing, f"{column.distinct:,}", *map(_short, values))))
    out.print(lines)
    if len(columns) > _MOST_COLUMNS:
        out.print(f"… and {len(columns) - _MOST_COLUMNS} further columns")


def _short(value: Any) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
