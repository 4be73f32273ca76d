"""Raw tables: the sources as they are, in canonical types."""

import hashlib
import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.project.settings import Project
from radix_assets.sources.kinds.base import Previous, SourceContext
from radix_assets.sources.schema import load_schema_of
from radix_resources.credentials.lookup import credentials

if TYPE_CHECKING:
    from radix_resources.sizing.schema import Need


def _context(work: Work) -> SourceContext:
    home = work.tools.home
    return SourceContext(work.project.folder, credentials(home.state), cache=home.fetched)


def _compute(work: Work) -> Output:
    from radix_assets.raw.ingestion import ingest

    settings = _digest(work)
    context = _context(work)
    previous = _previous(work, settings)
    output = ingest(work.project, work.table, work.out, context.credentials, previous, context.cache)
    output.columns = dict(load_schema_of(work.out))
    output.state = {"settings": settings, "source": output.state}
    return output


def _previous(work: Work, settings: str) -> Previous | None:
    """Return the last snapshot, if it was read with the same settings by the same version of Radix."""
    if work.previous is None:
        return None
    state = work.previous.shown.get("state", {})
    if state.get("settings") != settings:
        return None
    return Previous(work.tools.storage.path(work.previous), state["source"])


def _digest(work: Work) -> str:
    """Return a digest of what decides how a table is read, besides the source itself."""
    content = [work.step.stage.version, version("polars"), _settings(work.project, work.table)]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _external_state(work: Work) -> str:
    return work.project.source_of(work.table).read_version(work.table, _context(work))


def _settings(project: Project, table: str) -> Any:
    return project.source_of(table).settings_of(table)


def _estimate(work: Work, need: "Need") -> "Need":
    """Return the expected size of the source; if the source cannot estimate it, the size of the last snapshot."""
    size = work.project.source_of(work.table).estimate_bytes(work.table, _context(work))
    if size is None:
        usage = work.previous.used.get("usage", {}) if work.previous else {}
        size = usage.get("table_bytes", 0)
    return need.model_copy(update={"bytes": size})


RAW = Stage(
    name="raw",
    per_table=True,
    description="The source table `{table}` as of its last read: an immutable snapshot in canonical types. "
    "Cells that could not be read are stored apart, with the reason, and counted.",
    kinds=("parquet",),
    checks={
        "rows": "The table holds rows.",
        "cells_readable": "Every cell could be read.",
        "dates_unambiguous": "It is clear which part of every date is the day.",
        "numbers_unambiguous": "It is clear what a point or a comma in every number means.",
    },
    compute=_compute,
    settings=_settings,
    external_state=_external_state,
    estimate=_estimate,
    may_hold_private=True,
    credentials=lambda project: any(source.connection_address() for source in project.sources),
)
