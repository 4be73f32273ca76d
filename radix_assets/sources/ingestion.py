"""One table of a project becomes an immutable raw snapshot in canonical types."""

import shutil
from pathlib import Path

import polars as pl

from radix_assets.pipeline.output import Output
from radix_assets.project.settings import DatabaseSource, FileSource, Project
from radix_assets.sources.metadata import shown
from radix_assets.sources.privacy import judge_columns
from radix_assets.sources.read.binary import stage_parquet, stage_workbook
from radix_assets.sources.read.database import stage_table
from radix_assets.sources.read.files import Place, find, kind_of
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.read.text import stage_text
from radix_assets.sources.schema import DATA_FILE, SCHEMA_FILE
from radix_assets.sources.types.convert import convert
from radix_resources.errors import SourceError

_WORK = "staging"


def ingest(project: Project, table: str, out: Path) -> Output:
    """Read one declared table into `out`: `data.parquet`, `schema.json`, and `rejects.parquet` if cells were rejected.

    The types of text are inferred over all rows. A column converts where at least 99.9 % of its values parse (all of
    them below a thousand); the others become null and are kept in `rejects.parquet` with row, column and text.

    Raises SourceError (RDX-SRC), TransientSourceError where trying later may help, and CredentialError (RDX-CRD).
    """
    source = project.source_of(table)
    work = out / _WORK
    work.mkdir(parents=True)
    try:
        staged = _stage(source, table, project.folder, work)
        schema, checks = convert(table, staged, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    schema.suspected = sorted(judge_columns(out, table))
    (out / SCHEMA_FILE).write_text(schema.model_dump_json(indent=1), encoding="utf-8")
    return Output(rows=schema.rows, shown=shown(source, staged, schema, out), checks=checks)


def _stage(source: FileSource | DatabaseSource, table: str, folder: Path, work: Path) -> Staged:
    if isinstance(source, DatabaseSource):
        return stage_table(source, table, work)
    return stage_files(source, folder, work)


def stage_files(source: FileSource, folder: Path, work: Path) -> Staged:
    """Stage the files of a source in the directory `work`, whatever they hold."""
    files = find(source, folder)
    kinds = {kind_of(file, Place(source.table, file.name)) for file in files}
    if len(kinds) > 1:
        raise SourceError(
            "RDX-SRC-008",
            f"the files are of several kinds: {', '.join(sorted(kinds))}",
            expected="files of one table are of one kind",
            hint="narrow the pattern, such as orders/*.csv",
            table=source.table,
            pattern=source.path,
        )
    match kinds.pop():
        case "parquet":
            return stage_parquet(source, files, work)
        case "workbook":
            return stage_workbook(source, files, work)
        case "text":
            return stage_text(source, files, work)


def scan(path: Path) -> pl.LazyFrame:
    """The rows of a raw snapshot, in canonical types."""
    return pl.scan_parquet(path / DATA_FILE)
