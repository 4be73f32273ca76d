"""Read any source without a project: one Parquet file for each table."""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radix_assets.raw.convert import convert
from radix_assets.raw.discovery import NO_PROJECT, sources_of
from radix_assets.sources.addresses import take_secrets
from radix_assets.sources.kinds.base import Source, SourceContext, TableNames
from radix_assets.sources.schema import DATA_FILE, REJECTS_FILE, RawSchema
from radix_resources.credentials.lookup import NO_CREDENTIALS, Credentials
from radix_resources.credentials.memory import InMemory
from radix_resources.errors import RadixError


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
) -> Iterator[TableRead | TableUnread]:
    """Read every table that an argument of `radix new` names into the directory `out`, and yield each.

    A table that cannot be read does not keep the others from being read. `say` reports progress. Raise ConfigError
    RDX-CFG-010 if the argument names nothing, and what listing the tables raises.
    """
    argument, secrets = take_secrets(argument, "PASSWORD")
    stores = Credentials((InMemory(secrets), *credentials.backends))
    context = SourceContext(NO_PROJECT, stores)
    found = sources_of([argument], context, TableNames(str))
    out.mkdir(parents=True, exist_ok=True)
    used: set[str] = set()
    for name, error in found.unread:
        yield TableUnread(name, error)
    for source in found.sources:
        with source.hold_state(context) as state:
            for table in source.list_tables():
                say(table)
                yield _read(source, table, out / _unused(table, used), state)


def _read(source: Source, table: str, file: Path, context: SourceContext) -> TableRead | TableUnread:
    with tempfile.TemporaryDirectory(prefix=".reading_", dir=file.parent) as folder:
        scratch = Path(folder)
        work = scratch / "staging"
        work.mkdir()
        try:
            staged = source.read_table(table, work, context)
            # The columns of a database's table are known without any row.
            schema, _ = convert(table, staged, scratch, may_be_empty=bool(source.connection_address()))
        except RadixError as error:
            return TableUnread(table, error)
        rejects = file.with_suffix(".rejects.parquet")
        rejects.unlink(missing_ok=True)
        if (scratch / REJECTS_FILE).exists():
            shutil.move(scratch / REJECTS_FILE, rejects)
        (scratch / DATA_FILE).replace(file)
    return TableRead(schema, file)


def _unused(table: str, used: set[str]) -> str:
    """Return a file name for a table that no other table has, without characters that file systems refuse."""
    name = re.sub(r"[^\w.-]+", "_", table).strip("._") or "table"
    candidate, number = name, 2
    while candidate.lower() in used:
        candidate, number = f"{name}_{number}", number + 1
    used.add(candidate.lower())
    return f"{candidate}.parquet"
