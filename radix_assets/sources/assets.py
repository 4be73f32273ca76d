"""Raw tables: the sources as they are, in canonical types."""

from typing import Any

from radix_assets.graph import Stage, Work
from radix_assets.output import Output
from radix_assets.project import Project
from radix_assets.sources import ingest, load_schema_of, source_version


def _compute(work: Work) -> Output:
    output = ingest(work.project, work.table, work.out)
    output.columns = dict(load_schema_of(work.out))
    return output


def _outside(work: Work) -> str:
    return source_version(work.project, work.table)


def _settings(project: Project, table: str) -> Any:
    return project.source_of(table).model_dump(mode="json")


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
    outside=_outside,
    may_hold_private=True,
)
