"""Read the tables of files, folders and addresses as raw snapshots elsewhere. Nothing is written beside them."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from radix_assets.project.settings import Project
from radix_assets.raw.discovery import NO_PROJECT, FileLeftOut, sources_of
from radix_assets.raw.ingestion import ingest, read_table
from radix_assets.sources.addresses import take_secrets
from radix_assets.sources.kinds.base import Source, SourceContext, TableNames
from radix_assets.sources.kinds.files import FileSource
from radix_assets.sources.schema import DATA_FILE, SCHEMA_FILE
from radix_resources.credentials.lookup import NO_CREDENTIALS, Credentials
from radix_resources.credentials.memory import InMemory
from radix_resources.errors import EmptySourceError, RadixError


@dataclass(frozen=True)
class Unread:
    """A file that could not be read."""

    file: str
    code: str
    found: str
    hint: str


@dataclass
class Reading:
    """The tables that were read, and the errors."""

    tables: dict[str, Path] = field(default_factory=dict)
    """Raw snapshot directories."""
    errors: list[Unread] = field(default_factory=list)
    left_out: list[FileLeftOut] = field(default_factory=list)


def read_argument(
    argument: str,
    work: Path,
    credentials: Credentials = NO_CREDENTIALS,
    say: Callable[[str], None] = lambda _: None,
) -> Reading:
    """Read every table that an argument names, by the rules of `radix read` and `radix new`, into the directory `work`.

    Files and tables that cannot be read are in `errors`, without stopping the rest. A text file with a header and no
    row is a table without rows. `say` reports progress. Raise ConfigError RDX-CFG-010 if the argument names nothing,
    and what listing the tables of an address raises.
    """
    argument, secrets = take_secrets(argument, "PASSWORD")
    stores = Credentials((InMemory(secrets), *credentials.backends))
    with tempfile.TemporaryDirectory(prefix="fetched-") as cache:
        return _read(argument, work, SourceContext(NO_PROJECT, stores, cache=Path(cache)), say)


def _read(argument: str, work: Path, context: SourceContext, say: Callable[[str], None]) -> Reading:
    discovered = sources_of([argument], context, TableNames(str))
    reading = Reading(
        errors=[_unreadable(file, error) for file, error in discovered.unread], left_out=discovered.left_out
    )
    for number, source in enumerate(discovered.sources):
        with source.hold_state(context) as state:
            for place, table in enumerate(source.list_tables()):
                say(table)
                out = work / f"raw_{number}_{place}"
                try:
                    _snapshot(source, table, out, state)
                except RadixError as error:
                    file = (
                        str(error.context.get("file", "")).rpartition("/")[2] if isinstance(source, FileSource) else ""
                    )
                    reading.errors.append(_unreadable(file or table, error))
                else:
                    reading.tables[table] = out
    return reading


def _snapshot(source: Source, table: str, out: Path, context: SourceContext) -> None:
    try:
        # The columns of a database's table are known without any row.
        may_be_empty = bool(source.connection_address()) and not isinstance(source, FileSource)
        _, schema, _ = read_table(source, table, out, context, may_be_empty=may_be_empty)
        (out / SCHEMA_FILE).write_text(schema.model_dump_json(), encoding="utf-8")
    except EmptySourceError:
        names = source.peek_columns(table, context)
        if not names:
            raise
        # A table without rows still has a schema, which shows its relationships.
        pl.DataFrame(schema=dict.fromkeys(names, pl.String)).write_parquet(out / DATA_FILE)


def read_project(
    project: Project, work: Path, credentials: Credentials, say: Callable[[str], None] = lambda _: None
) -> Reading:
    """Read every table of a project from its sources."""
    reading = Reading()
    for number, table in enumerate(project.tables):
        say(table)
        out = work / f"raw_{number}"
        out.mkdir()
        try:
            ingest(project, table, out, credentials)
        except RadixError as error:
            file = error.context.get("file") or error.context.get("pattern")
            reading.errors.append(_unreadable(Path(str(file)) if file else table, error))
        else:
            reading.tables[table] = out
    return reading


def _unreadable(file: Path | str, error: RadixError) -> Unread:
    return Unread(file if isinstance(file, str) else file.name, error.code, error.found, error.hint or "")
