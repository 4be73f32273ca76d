"""Read a directory with one file per table as raw snapshots elsewhere. Nothing is written into it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from radix_assets.project.settings import Project
from radix_assets.raw.convert import convert
from radix_assets.raw.ingestion import ingest
from radix_assets.sources.addresses import take_secrets
from radix_assets.sources.kinds.base import SourceContext, TableNames
from radix_assets.sources.kinds.registry import kind_of_argument
from radix_assets.sources.read.dialect import detect, unique_names
from radix_assets.sources.read.formats import TEXT_SUFFIXES, is_readable
from radix_assets.sources.read.naming import stem
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.stage_files import stage_files
from radix_assets.sources.schema import DATA_FILE, SCHEMA_FILE
from radix_assets.suggestions.unpack import NOTES, UNPACKED, unpack
from radix_resources.credentials.lookup import Credentials
from radix_resources.credentials.memory import InMemory
from radix_resources.errors import ConfigError, EmptySourceError, RadixError

_NO_TABLE = frozenset({"truth.json", "metadata.json", "schema.json", "package.json", "datapackage.json"})
_ALIKE = 0.8
"""A .txt file is a table if this many of its first lines have as many cells as the first."""


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


def read_folder(folder: Path, work: Path, say: Callable[[str], None] = lambda _: None) -> Reading:
    """Read every file of a directory as a table named like the file, without its extensions.

    `work` is an empty directory for the snapshots. Files are CSV, TSV, other delimited text (also .gz, and as .data or
    .dat), Parquet, Feather and Excel; JSON of records, as an array or one a line; SQLite, every table of it; and ZIP
    archives of these. Hidden files and notes are skipped; if the directory holds no table, its subdirectories are
    searched. Files that cannot be read are in `errors`, without stopping the rest. `say` reports progress.

    Raise ConfigError RDX-CFG-010 if there is nothing that could be a table.
    """
    reading = Reading()
    files = list(_files(folder)) or [
        file for below in sorted(folder.iterdir()) if below.is_dir() for file in _files(below)
    ]
    if not files:
        raise ConfigError(
            "RDX-CFG-010",
            f"the folder {folder.name!r} holds no file that could be a table",
            expected="one file a table: CSV, TSV, TXT, Parquet, Feather, Excel, JSON records, SQLite or ZIP",
            hint="check the path",
        )
    files.sort(key=_is_packed)  # the content of an archive may be beside it, unpacked
    for number, file in enumerate(files):
        try:
            places = unpack(file, work / f"unpacked_{number}") if _is_packed(file) else [(stem(file.name), file)]
        except RadixError as error:
            reading.errors.append(_unreadable(file, error))
            continue
        for place, (name, path) in enumerate(places):
            if len(places) > 1 and name in reading.tables:
                continue
            table = _unused(name, reading.tables)
            say(table)
            out = work / f"raw_{number}_{place}"
            try:
                _snapshot(table, path, out)
            except RadixError as error:
                reading.errors.append(_unreadable(file, error))
            else:
                reading.tables[table] = out
    return reading


def read_address(
    address: str, work: Path, credentials: Credentials, say: Callable[[str], None] = lambda _: None
) -> Reading:
    """Read every table of the database at an address, or of any source that `radix new` accepts and that is no file.

    Raise what listing the tables raises.
    """
    address, secrets = take_secrets(address, "PASSWORD")
    stores = Credentials((InMemory(secrets), *credentials.backends))
    context = SourceContext(Path.cwd() / "projects" / "suggest", stores)
    reading = Reading()
    for number, source in enumerate(kind_of_argument(address).discover([address], context, TableNames(str))):
        with source.hold_state(context) as state:
            for place, table in enumerate(source.list_tables()):
                say(table)
                out = work / f"raw_{number}_{place}"
                staging = out / "staging"
                staging.mkdir(parents=True)
                try:
                    schema, _ = convert(table, source.read_table(table, staging, state), out, may_be_empty=True)
                except RadixError as error:
                    reading.errors.append(_unreadable(table, error))
                    continue
                finally:
                    shutil.rmtree(staging)
                (out / SCHEMA_FILE).write_text(schema.model_dump_json(), encoding="utf-8")
                reading.tables[table] = out
    return reading


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


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.iterdir()):
        name = file.name
        if not file.is_file() or name.startswith((".", "~$")) or name.lower() in _NO_TABLE or NOTES.fullmatch(name):
            continue
        if name.lower().removesuffix(".gz").endswith(".txt"):
            dialect = detect(file, None) if name.lower().endswith(".txt") else None
            if dialect is not None and (dialect.width == 1 or dialect.alike <= _ALIKE):
                continue
        if is_readable(name) or _is_packed(file):
            yield file


def _is_packed(file: Path) -> bool:
    return file.name.lower().removesuffix(".gz").endswith(UNPACKED)


def _unused(name: str, used: dict[str, Path]) -> str:
    candidate, number = name, 2
    while candidate in used:
        candidate, number = f"{name}_{number}", number + 1
    return candidate


def _snapshot(table: str, file: Path, out: Path) -> None:
    out.mkdir()
    staging = out / "staging"
    staging.mkdir()
    source = FileSettings(table=table, path=file.name)
    try:
        schema, _ = convert(table, stage_files(source, file.parent, staging), out)
        (out / SCHEMA_FILE).write_text(schema.model_dump_json(), encoding="utf-8")
    except EmptySourceError:
        names = _header(file)
        if not names:
            raise
        # A table without rows still has a schema, which shows its relationships.
        pl.DataFrame(schema=dict.fromkeys(names, pl.String)).write_parquet(out / DATA_FILE)


def _header(file: Path) -> list[str]:
    if not file.name.lower().endswith(TEXT_SUFFIXES):
        return []
    dialect = detect(file, None)
    if dialect is None:
        return []
    with file.open(encoding="utf-8", errors="replace") as lines:
        first = next((line for line in lines if line.strip()), "").strip()
    cells = [cell.strip().strip('"') for cell in first.split(dialect.delimiter)]
    return unique_names(cells, len(cells))
