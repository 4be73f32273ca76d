"""Read the action log."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import ValidationError

from radix_resources.action_log.schema import CHAIN, ENTRY, Action, Kind, Severity
from radix_resources.action_log.stream import MADE, OBSERVED, Log, Row, newest, rows, tables_of

ACTOR = "radix/actor"
"""The tag of materializations and runs that names who requested them."""

_ACTOR_OF_RUN = (
    "SELECT run_tags.value FROM runs LEFT JOIN run_tags ON run_tags.run_id = runs.run_id AND run_tags.key = :tag "
    "WHERE runs.run_id = :run"
)
_RANKS: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}


@dataclass(frozen=True)
class Entry:
    """An action in the log."""

    storage_id: int
    """Defines the order of the log; clocks do not."""
    timestamp: float
    """UTC, seconds since 1970."""
    action: Action
    chain: dict[str, Any] | None = None
    """For an approval or a tag: its position in the chain of its project, and the action exactly as it was written."""


@dataclass(frozen=True)
class Filter:
    """Selects actions."""

    project: str | None = None
    kind: Kind | None = None
    subject: str | None = None
    actor: str | None = None
    severity: Severity = "info"
    """The lowest severity."""
    since: float | None = None
    until: float | None = None
    """UTC, seconds since 1970."""

    def fits(self, action: Action) -> bool:
        """Return whether an action matches, apart from its time."""
        return (
            self.project in {None, action.project}
            and self.kind in {None, action.kind}
            and self.subject in {None, action.subject}
            and self.actor in {None, action.actor}
            and _RANKS[action.severity] >= _RANKS[self.severity]
        )


def read(
    log: Log,
    *,
    project: str | None = None,
    kind: Kind | None = None,
    subject: str | None = None,
    limit: int = 100,
) -> list[Entry]:
    """Return actions except successful materializations, newest first, at most `limit`."""
    condition = Filter(project=project, kind=kind, subject=subject)
    return list(islice(entries(log, condition, made=False), limit))


def entries(
    log: Log,
    condition: Filter,
    *,
    made: bool = True,
    after: int | None = None,
    ascending: bool = False,
) -> Iterator[Entry]:
    """Yield actions in the order of the log, newest first unless `ascending`, read lazily.

    With `made`, materializations are among them. `after` is a storage id.
    """
    plain = made and condition.severity == "info" and condition.kind in {None, "materialize"}
    stream = rows(
        log,
        types=(OBSERVED, MADE) if plain else (OBSERVED,),
        first_parts=(condition.project, "infra") if condition.project else (),
        subject=condition.subject,
        after=after,
        since=condition.since,
        until=condition.until,
        ascending=ascending,
    )
    decoder = Decoder(log)
    for row in stream:
        entry = decoder.entry(row)
        if entry is not None and condition.fits(entry.action):
            yield entry


def follow(log: Log, condition: Filter, *, after: int | None = None, seconds: float = 1.0) -> Iterator[Entry]:
    """Yield actions as they are written, forever, polling at this interval in seconds."""
    last = newest(log) if after is None else after
    while True:
        for entry in entries(log, condition, after=last, ascending=True):
            yield entry
            last = max(last, entry.storage_id)
        time.sleep(seconds)


def open_intents(entries: Iterable[Entry]) -> list[Entry]:
    """Return the intents without an outcome: still in progress, or interrupted by a crash."""
    entries = list(entries)
    ended = {entry.action.id for entry in entries if entry.action.phase == "outcome"}
    return [entry for entry in entries if entry.action.phase == "intent" and entry.action.id not in ended]


class Decoder:
    """Decodes events into actions."""

    def __init__(self, log: Log) -> None:
        self._tables = tables_of(log)
        self._actors: dict[str, str] = {}

    def entry(self, row: Row) -> Entry | None:
        """Return the action of an event, or None if it has none that this version of Radix knows."""
        metadata = row.metadata()
        if row.type == MADE:
            return Entry(row.storage_id, row.timestamp, self._materialization(row, metadata))
        if ENTRY not in metadata:
            return None
        try:
            action = Action.model_validate(metadata[ENTRY])
        except ValidationError:  # of a newer Radix, with kinds that this one does not know
            return None
        mark = metadata.get(CHAIN)
        return Entry(row.storage_id, row.timestamp, action, mark and {**mark, "action": metadata[ENTRY]})

    def _materialization(self, row: Row, metadata: dict[str, Any]) -> Action:
        shown = {"version": "radix/version", "unchanged": "radix/unchanged", "rows": "dagster/row_count"}
        return Action(
            kind="materialize",
            subject=row.key,
            project=row.key.partition("/")[0],
            actor=str(metadata.get(ACTOR) or self._actor(row.run_id)),
            outcome="ok",
            seconds=metadata.get("radix/seconds"),
            after={name: metadata[entry] for name, entry in shown.items() if entry in metadata},
            run_id=row.run_id or None,
            id=str(row.storage_id),
        )

    def _actor(self, run_id: str) -> str:
        if run_id not in self._actors:
            actors = self._tables.runs(_ACTOR_OF_RUN, {"run": run_id, "tag": ACTOR}) if run_id else []
            self._actors[run_id] = str(actors[0][0] or "a person in the UI") if actors else ""
        return self._actors[run_id]
