"""What happened to a project's assets, as one list."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import dagster as dg

_PAGE = 100
_PRIMITIVE = (str, int, float, bool)


@dataclass(frozen=True)
class Event:
    """An asset was made, or could not be."""

    timestamp: float
    """UTC, seconds since 1970."""
    key: str
    state: Literal["made", "failed"]
    run_id: str
    """Empty where no run made it."""
    message: str = ""
    facts: dict[str, str | int | float | bool] = field(default_factory=dict)
    """The metadata that are numbers or short texts; of a failure its code, what was found, and the hint."""


def events(
    instance: dg.DagsterInstance, *, keys: Iterable[str] | None = None, project: str | None = None, limit: int = 100
) -> list[Event]:
    """Materializations and failures of these assets, by default of all or of a project's, newest first.

    Failures are looked for in the newest `limit` runs that failed.
    """
    prefix = [project] if project else None
    paths = [tuple(key.split("/")) for key in keys] if keys is not None else None
    if paths is None:
        paths = [tuple(key.path) for key in instance.get_asset_keys(prefix=prefix)]
    made = [_made(instance, path) for path in paths]
    steps = {"__".join(path): "/".join(path) for path in paths}
    merged = heapq.merge(*made, _failed(instance, steps, limit), key=lambda event: -event.timestamp)
    return list(islice(merged, limit))


def _made(instance: dg.DagsterInstance, path: tuple[str, ...]) -> Iterator[Event]:
    cursor: str | None = None
    while True:
        page = instance.fetch_materializations(dg.AssetKey(path), limit=_PAGE, cursor=cursor)
        for found in page.records:
            held = found.asset_materialization
            facts = _facts(held.metadata) if held else {}
            yield Event(found.timestamp, "/".join(path), "made", found.run_id, facts=facts)
        if not page.has_more:
            return
        cursor = page.cursor


def _failed(instance: dg.DagsterInstance, steps: dict[str, str], limit: int) -> list[Event]:
    """Dagster keeps failures by run and step, so they are found through the runs that did not succeed."""
    ended = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED])
    runs = instance.get_runs(ended, limit=limit)
    found = [event for run in runs for event in _failures_of(instance, run.run_id, steps)]
    return sorted(found, key=lambda event: -event.timestamp)


def _failures_of(instance: dg.DagsterInstance, run_id: str, steps: dict[str, str]) -> Iterator[Event]:
    for found in instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records:
        event = found.event_log_entry.dagster_event
        key = steps.get(event.step_key or "") if event else None
        if event is None or key is None:
            continue
        data = event.step_failure_data
        failure = data.user_failure_data
        message = (
            (failure.description if failure else None) or (data.error.cls_name if data.error else None) or "failed"
        )
        yield Event(found.timestamp, key, "failed", run_id, message, _facts(failure.metadata if failure else {}))


def _facts(metadata: Any) -> dict[str, str | int | float | bool]:
    return {
        name: entry.value
        for name, entry in metadata.items()
        if isinstance(entry, dg.TextMetadataValue | dg.IntMetadataValue | dg.FloatMetadataValue | dg.BoolMetadataValue)
        and isinstance(entry.value, _PRIMITIVE)
    }
