"""Raw tables: the sources as they are, in canonical types."""

from typing import TYPE_CHECKING, Any

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.project.settings import DatabaseSource, FileSource, Project
from radix_assets.sources.read.files import find
from radix_assets.sources.schema import load_schema_of
from radix_assets.sources.version import source_version

if TYPE_CHECKING:
    from radix_resources.sizing.schema import Need


def _compute(work: Work) -> Output:
    from radix_assets.sources.ingestion import ingest

    output = ingest(work.project, work.table, work.out)
    output.columns = dict(load_schema_of(work.out))
    return output


def _outside(work: Work) -> str:
    return source_version(work.project, work.table)


def _settings(project: Project, table: str) -> Any:
    return project.source_of(table).model_dump(mode="json")


def _need(work: Work, need: "Need") -> "Need":
    """The size of the source's files; of a database what its tables were when they were last read."""
    source = work.project.source_of(work.table)
    if isinstance(source, FileSource):
        return need.model_copy(update={"bytes": sum(file.stat().st_size for file in find(source, work.project.folder))})
    known = work.previous.used.get("usage", {}) if work.previous else {}
    return need.model_copy(update={"bytes": known.get("table_bytes", 0)})


RAW = Stage(
    name="raw",
    per_table=True,
    description="The source table `{table}` as it was when it was last read: an immutable snapshot in canonical types. "
    "Cells that could not be read are set aside, with their reason, and counted.",
    kinds=("parquet",),
    checks={
        "rows": "The table holds rows.",
        "cells_readable": "No cell had to be set aside because it could not be read.",
        "dates_unambiguous": "It is clear which part of every date is the day.",
    },
    compute=_compute,
    settings=_settings,
    external_state=_outside,
    estimate=_need,
    may_hold_private=True,
    credentials=lambda project: any(isinstance(source, DatabaseSource) for source in project.sources),
)
