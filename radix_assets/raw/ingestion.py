"""One table of a project becomes an immutable raw snapshot in canonical types."""

import shutil
from pathlib import Path

import polars as pl

from radix_assets.common.plural import counted
from radix_assets.pipeline.output import Check, Output
from radix_assets.project.settings import Project
from radix_assets.raw.appended import extend_snapshot
from radix_assets.raw.checks import checks_of
from radix_assets.raw.convert import convert
from radix_assets.raw.merged import merge_snapshot
from radix_assets.raw.metadata import metadata
from radix_assets.raw.privacy import judge_added, judge_columns
from radix_assets.sources.kinds.base import Previous, Source, SourceContext
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.rows import scan_values
from radix_assets.sources.schema import DATA_FILE, SCHEMA_FILE, RawSchema, read_schema
from radix_resources.credentials.lookup import NO_CREDENTIALS, Credentials
from radix_resources.errors import RadixError

_WORK = "staging"


def ingest(
    project: Project,
    table: str,
    out: Path,
    credentials: Credentials = NO_CREDENTIALS,
    previous: Previous | None = None,
    cache: Path | None = None,
) -> Output:
    """Read a declared table into `out`: `data.parquet`, `schema.json`, and `rejects.parquet` if cells were rejected.

    `previous` is its last snapshot, if it was read with the same settings; `cache` is where files of sources elsewhere
    are kept between reads.

    The types of text are inferred over all rows. A column is converted if at least 99.9% of its values parse (all of
    them if there are fewer than a thousand); the others become null and are stored in `rejects.parquet` with row,
    column and text.

    Raise SourceError (RDX-SRC), TransientSourceError if trying again later may help, and CredentialError (RDX-CRD).
    """
    source = project.source_of(table)
    context = SourceContext(project.folder, credentials, previous=previous, cache=cache)
    extended = _extend(source, table, out, context) if previous else None
    if isinstance(extended, tuple):
        staged, schema, checks = extended
        schema.suspected = sorted(_private_of_more(out, table, context, staged))
    else:
        staged, schema, checks = read_table(source, table, out, context)
        staged.notes += [extended] if extended else []
        schema.suspected = sorted(judge_columns(out, table))
    (out / SCHEMA_FILE).write_text(schema.model_dump_json(indent=1), encoding="utf-8")
    return Output(rows=schema.rows, shown=metadata(source, staged, schema, out), checks=checks, state=staged.state)


def _extend(
    source: Source, table: str, out: Path, context: SourceContext
) -> tuple[Staged, RawSchema, list[Check]] | str | None:
    """Read only the rows that are new since the last snapshot, or that changed.

    If the table has to be read as a whole return why, for the user; None if that is not worth saying.
    """
    if context.previous is None:
        return None
    work = out / _WORK
    work.mkdir(parents=True)
    try:
        staged = source.read_appended(table, work, context)
        if staged is None:
            return None
        folder = context.previous.folder
        if staged.increment is not None:
            merged = merge_snapshot(table, folder, staged, staged.increment, work, out)
            if isinstance(merged, str):
                return f"read as a whole: {merged}"
            schema: RawSchema | None = merged
        elif (schema := extend_snapshot(table, folder, staged, work, out)) is not None:
            added = schema.rows - read_schema(folder).rows
            note = f"only {counted(added, 'new row')} had to be read; {schema.rows - added:,} are as before"
            staged.notes.append(note)
        return (staged, schema, checks_of(schema, [])) if schema is not None else None
    except (RadixError, ValueError):
        return None  # the full read says what is wrong
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _private_of_more(out: Path, table: str, context: SourceContext, staged: Staged) -> set[str]:
    """Return the private columns of a snapshot of which only new rows were read."""
    if context.previous is None or staged.increment is not None:
        return judge_columns(out, table)
    before = read_schema(context.previous.folder)
    if before.suspected is None:
        return judge_columns(out, table)
    return judge_added(out, table, before.suspected, before.rows)


def read_table(
    source: Source, table: str, out: Path, context: SourceContext, *, may_be_empty: bool = False
) -> tuple[Staged, RawSchema, list[Check]]:
    """Stage a table of a source and convert it into the directory `out`, which is created.

    Return how it was staged, its schema, which is not written, and the checks. Raise as `ingest` does; without
    `may_be_empty` also EmptySourceError RDX-SRC-004 if there is no row.
    """
    work = out / _WORK
    work.mkdir(parents=True)
    try:
        staged = source.read_table(table, work, context)
        converted = convert(table, staged, out, may_be_empty=may_be_empty)
        for name, path in staged.beside.items():
            path.replace(out / name)
        return staged, *converted
    finally:
        shutil.rmtree(work, ignore_errors=True)


def source_version(project: Project, table: str, credentials: Credentials = NO_CREDENTIALS) -> str:
    """Return a digest of a table's state in its source, without reading its rows. Raise what `ingest` raises."""
    return project.source_of(table).read_version(table, SourceContext(project.folder, credentials))


def scan(path: Path) -> pl.LazyFrame:
    """Return the rows of a raw snapshot, with decimals as Float64."""
    return scan_values(path / DATA_FILE)
