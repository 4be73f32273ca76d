"""Show a first look at a large table in the UI before it has been read: an observation of its raw table and profile."""

import logging
import time

import dagster as dg

from radix_assets.orchestration.metadata import to_json, to_metadata
from radix_assets.orchestration.progress import emit_progress
from radix_assets.pipeline.stage import Work
from radix_assets.project.settings import slug
from radix_assets.sources.kinds.base import SourceContext
from radix_resources.credentials.lookup import credentials

_RAW = "raw"
_log = logging.getLogger(__name__)


def show_first_look(context: dg.AssetExecutionContext, work: Work) -> None:
    """Profile a sample of a table that is about to be read for the first time, and show it at once.

    Whatever goes wrong is left to reading the table, which says it.
    """
    if work.step.stage.name != _RAW or work.previous is not None:
        return
    from radix_assets.profiles.first_look import first_look

    started = time.monotonic()
    home, table = work.tools.home, work.table
    source = SourceContext(work.project.folder, credentials(home.state), cache=home.fetched)
    try:
        look = first_look(work.project.source_of(table), table, source)
    except Exception as error:  # noqa: BLE001 a look ahead is a convenience; no asset depends on it
        _log.info("no first look at %s: %s", work.step.key, type(error).__name__)
        return
    if look is None:
        return
    metadata = to_metadata(to_json(look.as_output()), work.out, work.project.name)
    for key in (work.step.key, f"{work.project.name}/profile/{slug(table)}"):
        context.log_event(
            dg.AssetObservation(
                asset_key=dg.AssetKey(key.split("/")),
                description="A first look at a sample, before every row has been read.",
                metadata=metadata,
            )
        )
    emit_progress(work.step, "sampled", title=look.title, seconds=time.monotonic() - started)
