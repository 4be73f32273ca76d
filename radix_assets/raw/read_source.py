"""Read any source without a project: one Parquet file for each table."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radix_assets.raw.assignments import Assignment, parse_assignments, with_settings
from radix_assets.raw.discovery import NO_PROJECT, FileLeftOut, sources_of
from radix_assets.raw.ingestion import read_table
from radix_assets.sources.addresses import take_secrets
from radix_assets.sources.kinds.base import Source, SourceContext, TableNames
from radix_assets.sources.kinds.files import FileSource
from radix_assets.sources.read.listing import entries
from radix_assets.sources.schema import DATA_FILE, REJECTS_FILE, RawSchema, ReadWarning
from radix_resources.credentials.lookup import NO_CREDENTIALS, Credentials
from radix_resources.credentials.memory import InMemory
from radix_resources.errors import ConfigError, RadixError

_DAMAGED = frozenset({"RDX-SRC-003", "RDX-SRC-005", "RDX-SRC-006", "RDX-SRC-030"})
"""Errors that are about one file: empty, broken, not to be read, unpacking without end."""
_MOST_DAMAGED = 20


@dataclass(frozen=True)
class TableRead:
    """A table that was read, and its file."""

    schema: RawSchema
    file: Path
    """The Parquet file with its rows. Cells that were set aside are beside it, in `<name>.rejects.parquet`."""

    def as_json(self) -> dict[str, Any]:
        """Return what a program needs to know of it. It holds no value of a column."""
        schema = self.schema
        return {
            "name": schema.table,
            "file": self.file.name,
            "rows": schema.rows,
            "columns": [column.name for column in schema.columns],
            "dialect": schema.dialect,
            "warnings": [warning.model_dump(exclude_defaults=True) for warning in schema.warnings],
            "rejected": schema.rejected,
        }


@dataclass(frozen=True)
class TableUnread:
    """A table that could not be read."""

    table: str
    error: RadixError


def read_source(
    argument: str,
    out: Path,
    credentials: Credentials = NO_CREDENTIALS,
    say: Callable[[str], None] = lambda _: None,
    settings: Sequence[str] = (),
) -> Iterator[TableRead | TableUnread | FileLeftOut]:
    """Read every table that an argument of `radix new` names into the directory `out`, and yield each.

    A table that cannot be read, or whose file would replace one that is read, does not keep the others from being read.
    `say` reports progress. `settings` are assignments such as `delimiter=;`, as `parse_assignments` takes them. Raise
    ConfigError RDX-CFG-010 if the argument names nothing, RDX-CFG-020 if there can be no such directory, RDX-CFG-021 if
    a setting cannot be used, and what listing the tables raises.
    """
    assignments = parse_assignments(settings)
    argument, secrets = take_secrets(argument, "PASSWORD")
    stores = Credentials((InMemory(secrets), *credentials.backends))
    with tempfile.TemporaryDirectory(prefix="fetched-") as cache:
        yield from _tables(argument, out, SourceContext(NO_PROJECT, stores, cache=Path(cache)), say, assignments)


def _tables(
    argument: str,
    out: Path,
    context: SourceContext,
    say: Callable[[str], None],
    assignments: Sequence[Assignment],
) -> Iterator[TableRead | TableUnread | FileLeftOut]:
    discovered = sources_of([argument], context, TableNames(str))
    sources = with_settings(discovered.sources, assignments)
    inputs = {path.resolve() for path in (Path(argument).expanduser(), *entries(argument))}
    _create(out)
    used: set[str] = set()
    yield from discovered.left_out
    for name, error in discovered.unread:
        yield TableUnread(name, error)
    for source in sources:
        with source.hold_state(context) as state:
            for table in source.list_tables():
                say(table)
                file = out / _unused(table, used)
                if inputs & {file.resolve(), _rejects_of(file).resolve()}:
                    yield TableUnread(table, _overwrites(file))
                else:
                    yield from _read_series(source, table, file, state)


def _read_series(
    source: Source, table: str, file: Path, context: SourceContext
) -> Iterator[TableRead | TableUnread | FileLeftOut]:
    """Read a table. Of many files, those that are damaged are named and left out, and the others are the table.

    In a project the batch would be refused as a whole, and the last version would stay.
    """
    result = _read(source, table, file, context)
    while isinstance(result, TableUnread) and isinstance(source, FileSource):
        damaged = _damaged(source, result.error, context)
        if damaged is None:
            break
        yield TableUnread(damaged, result.error)
        source = source.model_copy(update={"leave_out": [*source.leave_out, damaged]})
        result = _read(source, table, file, context)
    yield result


def _damaged(source: FileSource, error: RadixError, context: SourceContext) -> str | None:
    """Return the file of many that an error is about, if it is damaged; None if others are damaged as well."""
    from radix_assets.sources.read.files import find

    if error.code not in _DAMAGED or len(source.leave_out) >= _MOST_DAMAGED:
        return None
    try:
        names = [path.name for path in find(source, context.folder)]
    except RadixError:
        return None
    name = error.context.get("file", "")
    return name if len(names) > 1 and names.count(name) == 1 else None


def _create(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            "RDX-CFG-020",
            f"the folder {str(out)!r} cannot be created: {os.strerror(error.errno or 0)}",
            expected="a folder to write to",
            hint="name another one: --out FOLDER",
        ) from None


def _overwrites(file: Path) -> ConfigError:
    return ConfigError(
        "RDX-CFG-020",
        f"{file.name} would replace a file that is read",
        expected="a folder for the output in which nothing is read",
        hint="name another one: --out FOLDER",
    )


def _read(source: Source, table: str, file: Path, context: SourceContext) -> TableRead | TableUnread:
    with tempfile.TemporaryDirectory(prefix=".reading_", dir=file.parent) as folder:
        scratch = Path(folder)
        try:
            # The columns of a database's table are known without any row.
            may_be_empty = bool(source.connection_address()) and not isinstance(source, FileSource)
            _, schema, _ = read_table(source, table, scratch, context, may_be_empty=may_be_empty)
        except RadixError as error:
            return TableUnread(table, error)
        rejects = _rejects_of(file)
        rejects.unlink(missing_ok=True)
        if (scratch / REJECTS_FILE).exists():
            shutil.move(scratch / REJECTS_FILE, rejects)
        (scratch / DATA_FILE).replace(file)
    return TableRead(schema.model_copy(update={"warnings": _by_file_name(schema.warnings, rejects)}), file)


def _by_file_name(warnings: Sequence[ReadWarning], rejects: Path) -> list[ReadWarning]:
    """Return warnings that name the file of this table's rejects."""
    return [
        warning.model_copy(update={"message": warning.message.replace(REJECTS_FILE, rejects.name)})
        for warning in warnings
    ]


def _rejects_of(file: Path) -> Path:
    return file.with_suffix(".rejects.parquet")


def _unused(table: str, used: set[str]) -> str:
    """Return a file name for a table that no other file has, without characters that file systems refuse."""
    name = re.sub(r"[^\w.-]+", "_", table).strip("._") or "table"
    candidate, number = name, 2
    while used & {candidate.lower(), f"{candidate.lower()}.rejects"}:
        candidate, number = f"{name}_{number}", number + 1
    used |= {candidate.lower(), f"{candidate.lower()}.rejects"}
    return f"{candidate}.parquet"
