"""The events of assets in Dagster's log, as one stream in the order of their storage ids.

Dagster reads events of one asset at a time, which costs a query per asset; the stream is one query per page,
whatever the number of assets, and walks the index on event type and id. SQLite keeps these events in one database
for all runs, PostgreSQL in one table; both have the same columns. Nothing here needs Dagster itself, which takes longer
to load than all of reading.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic_core import from_json

from radix_resources.metadata.base import Tables
from radix_resources.metadata.instance import InstanceTables

if TYPE_CHECKING:
    import dagster as dg

OBSERVED, MADE = "ASSET_OBSERVATION", "ASSET_MATERIALIZATION"
FIRST, PAGE = 100, 10_000
"""Events of the first page, and the maximum of later ones, each ten times as large as the one before."""
_MOMENT = "%Y-%m-%d %H:%M:%S.%f"

Log: TypeAlias = "Tables | dg.DagsterInstance"
"""The source of the log: an open instance, or its tables alone."""


@dataclass(frozen=True)
class Row:
    """One event, not yet decoded."""

    storage_id: int
    """Defines the order of the log; clocks do not."""
    type: str
    key: str
    """Asset key joined by slashes."""
    run_id: str
    timestamp: float
    """UTC, seconds since 1970."""
    event: str
    """As Dagster stores it; empty if it was not requested."""

    def metadata(self) -> dict[str, Any]:
        """Return the event's metadata as plain values, and the tags of a materialization."""
        specific = from_json(self.event)["dagster_event"]["event_specific_data"]
        payload = specific["asset_observation"] if self.type == OBSERVED else specific["materialization"]
        tags = payload.get("tags") or {} if self.type == MADE else {}
        return {**tags, **{entry["label"]: _plain(entry["entry_data"]) for entry in payload["metadata_entries"]}}


def _plain(data: dict[str, Any]) -> Any:
    """Return the value of an entry of any kind; all values of one with several parts."""
    data.pop("__class__", None)
    return data if len(data) > 1 else next(iter(data.values()), None)


def tables_of(log: Log) -> Tables:
    """Return the tables of the log's source."""
    return log if isinstance(log, Tables) else InstanceTables(log)


def rows(
    log: Log,
    *,
    types: Collection[str] = (OBSERVED, MADE),
    first_parts: Collection[str] = (),
    subject: str | None = None,
    after: int | None = None,
    before: int | None = None,
    since: float | None = None,
    until: float | None = None,
    ascending: bool = False,
    content: Collection[str] = (OBSERVED, MADE),
) -> Iterator[Row]:
    """Yield the stream, newest first unless `ascending`, read lazily page by page.

    Only events whose asset key begins with one of `first_parts`, or is `subject`; with storage ids between `after` and
    `before` and times between `since` and `until`, all four exclusive. Only events of the types in `content`
    include their content.
    """
    tables, size = tables_of(log), min(FIRST, PAGE)
    while True:
        query = _Query()
        query.begin_with(first_parts)
        query.demand("asset_key =", subject and _key_of(subject.split("/")))
        query.demand("timestamp >", _moment(since))
        query.demand("timestamp <", _moment(until))
        query.demand("id >", after)
        query.demand("id <", before)
        page = tables.events(query.text(types, content, size, ascending=ascending), query.values)
        yield from map(_row, page)
        if len(page) < size:
            return
        after, before = (page[-1][0], before) if ascending else (after, page[-1][0])
        size = min(10 * size, PAGE)


class _Query:
    """Selects events, as SQL for SQLite and PostgreSQL."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._where: list[str] = []

    def begin_with(self, first_parts: Collection[str]) -> None:
        """Restrict it to these first parts of asset keys."""
        starts = [_key_of([part]).removesuffix("]") for part in sorted(first_parts)]
        for sign in "/%_":
            starts = [start.replace(sign, f"/{sign}") for start in starts]
        conditions = [f"asset_key LIKE {self._parameter(f'{start}%')} ESCAPE '/'" for start in starts]
        self._where += [f"({' OR '.join(conditions)})"] if conditions else []

    def demand(self, condition: str, value: Any) -> None:
        """Add a condition, unless the value is None."""
        if value is not None:
            self._where.append(f"{condition} {self._parameter(value)}")

    def text(self, types: Collection[str], content: Collection[str], size: int, *, ascending: bool) -> str:
        """Return the query for a page of at most this size.

        Each type is read separately, since the index is on type and id: of both at once SQLite would sort all that
        are left, page by page.
        """
        end = f"ORDER BY id {'ASC' if ascending else 'DESC'} LIMIT {size:d}"
        parts = [f"({self._select(kind, kind in content)} {end}) AS part" for kind in sorted(types)]
        return " UNION ALL ".join(f"SELECT * FROM {part}" for part in parts) + f" {end}"  # noqa: S608 same

    def _select(self, kind: str, content: bool) -> str:  # noqa: FBT001 whether to select the content
        columns = f"id, dagster_event_type, asset_key, run_id, timestamp, {'event' if content else self._parameter('')}"
        where = " AND ".join([f"dagster_event_type = {self._parameter(kind)}", *self._where])
        return f"SELECT {columns} FROM event_logs WHERE {where}"  # noqa: S608 all values are bound parameters

    def _parameter(self, value: Any) -> str:
        name = f"value{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def _row(columns: tuple[Any, ...]) -> Row:
    storage_id, kind, key, run_id, timestamp, event = columns
    # SQLite keeps moments as text.
    moment = datetime.fromisoformat(timestamp) if isinstance(timestamp, str) else timestamp
    return Row(storage_id, kind, _name(key), run_id or "", moment.replace(tzinfo=UTC).timestamp(), event)


@lru_cache(maxsize=10_000)
def _name(key: str) -> str:
    """Return an asset key as Dagster stores it, joined by slashes."""
    return "/".join(json.loads(key))


def ids(log: Log, *, above: int) -> list[int]:
    """Return the storage ids greater than that, ascending. Cheap: only the index is read."""
    query = "SELECT id FROM event_logs WHERE dagster_event_type IN (:observed, :made) AND id > :above ORDER BY id"
    values = {"observed": OBSERVED, "made": MADE, "above": above}
    return [row[0] for row in tables_of(log).events(query, values)]


def newest(log: Log) -> int:
    """Return the storage id of the newest event of the stream, or 0."""
    return next((row.storage_id for row in rows(log, content=())), 0)


def _key_of(path: list[str]) -> str:
    """Return an asset key as Dagster stores it."""
    return json.dumps(path)


def _moment(timestamp: float | None) -> str | None:
    return None if timestamp is None else datetime.fromtimestamp(timestamp, UTC).strftime(_MOMENT)
