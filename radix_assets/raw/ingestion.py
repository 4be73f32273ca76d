"""One table of a project becomes an immutable raw snapshot in canonical types."""

import shutil
from pathlib import Path

import polars as pl

from radix_assets.pipeline.output import Output
from radix_assets.project.settings import Project
from radix_assets.raw.convert import convert
from radix_assets.raw.metadata import metadata
from radix_assets.raw.privacy import judge_columns
from radix_assets.sources.kinds.base import SourceContext
from radix_assets.sources.rows import scan_values
from radix_assets.sources.schema import DATA_FILE, SCHEMA_FILE
from radix_resources.credentials.lookup import NO_CREDENTIALS, Credentials

_WORK = "staging"


def ingest(project: Project, table: str, out: Path, credentials: Credentials = NO_CREDENTIALS) -> Output:
    """Read a declared table into `out`: `data.parquet`, `schema.json`, and `rejects.parquet` if cells were rejected.

    The types of text are inferred over all rows. A column is converted if at least 99.9% of its values parse (all of
    them if there are fewer than a thousand); the others become null and are stored in `rejects.parquet` with row,
    column and text.

    Raise SourceError (RDX-SRC), TransientSourceError if trying again later may help, and CredentialError (RDX-CRD).
    """
    source = project.source_of(table)
    work = out / _WORK
    work.mkdir(parents=True)
    try:
        staged = source.read_table(table, work, SourceContext(project.folder, credentials))
        schema, checks = convert(table, staged, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    schema.suspected = sorted(judge_columns(out, table))
    (out / SCHEMA_FILE).write_text(schema.model_dump_json(indent=1), encoding="utf-8")
    return Output(rows=schema.rows, shown=metadata(source, staged, schema, out), checks=checks)


def source_version(project: Project, table: str, credentials: Credentials = NO_CREDENTIALS) -> str:
    """Return a digest of a table's state in its source, without reading its rows. Raise what `ingest` raises."""
    return project.source_of(table).read_version(table, SourceContext(project.folder, credentials))


def scan(path: Path) -> pl.LazyFrame:
    """Return the rows of a raw snapshot, with decimals as Float64."""
    return scan_values(path / DATA_FILE)
