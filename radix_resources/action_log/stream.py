"""The events of Dagster's log that concern assets, as one stream in the order of their storage ids.

Dagster reads events of one asset at a time, which costs a query per asset; the stream is one query per page,
whatever the number of assets, and walks the index on event type and id. SQLite keeps these events in one database
for all runs, PostgreSQL in one table; both have the same columns.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from radix_resources.errors import LogError

if TYPE_CHECKING:
    from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage

OBSERVED, MADE = "ASSET_OBSERVATION", "ASSET_MATERIALIZATION"
PAGE = 1000


@dataclass(frozen=True)
class Row:
    """One event, not yet decoded."""

    storage_id: int
    """Orders the log; clocks do not."""
    type: str
    key: str
    """Asset key joined by slashes."""
    run_id: str
    timestamp: float
    """UTC, seconds since 1970."""
    event: str
    """As Dagster keeps it; empty where it was not asked for."""

    def metadata(self) -> dict[str, Any]:
        """The event's metadata, as plain values; of a materialization its tags too."""
        from dagster._core.events.log import EventLogEntry
        from dagster._serdes import deserialize_value

        found = deserialize_value(self.event, EventLogEntry)
        held = found.asset_observation if self.type == OBSERVED else found.asset_materialization
        tags = found.asset_materialization.tags or {} if found.asset_materialization else {}
        return {**tags, **{name: entry.value for name, entry in held.metadata.items()}} if held else {}


def rows(
    instance: dg.DagsterInstance,
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
    """The stream, newest first unless `ascending`, read page by page as it is used.

    Only events whose asset key begins with one of `first_parts`, or is `subject`; with storage ids between `after` and
    `before` and times between `since` and `until`, all four exclusive. Only events of the types in `content` bring it.
    """
    from dagster._core.storage.event_log.schema import SqlEventLogStorageTable

    storage, number = _storage(instance), SqlEventLogStorageTable.c.id
    query = _query(types, first_parts, subject, since, until, content)
    query = query.order_by(number.asc() if ascending else number.desc()).limit(PAGE)
    while True:
        page = query if after is None else query.where(number > after)
        page = page if before is None else page.where(number < before)
        with storage.index_connection() as connection:
            found = connection.execute(page).fetchall()
        yield from map(_row, found)
        if len(found) < PAGE:
            return
        after, before = (found[-1][0], before) if ascending else (after, found[-1][0])


def _query(
    types: Collection[str],
    first_parts: Collection[str],
    subject: str | None,
    since: float | None,
    until: float | None,
    content: Collection[str],
) -> Any:
    import sqlalchemy as db
    from dagster._core.storage.event_log.schema import SqlEventLogStorageTable

    table = SqlEventLogStorageTable.c
    wanted = table.dagster_event_type.in_(sorted(content))
    event = db.case((wanted, table.event), else_="") if set(content) < set(types) else table.event
    query = db.select(table.id, table.dagster_event_type, table.asset_key, table.run_id, table.timestamp, event)
    query = query.where(table.dagster_event_type.in_(sorted(types)))
    if first_parts:
        starts = [dg.AssetKey([part]).to_string().removesuffix("]") for part in sorted(first_parts)]
        query = query.where(db.or_(*(table.asset_key.startswith(start, autoescape=True) for start in starts)))
    if subject:
        query = query.where(table.asset_key == dg.AssetKey(subject.split("/")).to_string())
    if since is not None:
        query = query.where(table.timestamp > _moment(since))
    if until is not None:
        query = query.where(table.timestamp < _moment(until))
    return query


def _row(found: Any) -> Row:
    storage_id, kind, key, run_id, timestamp, event = found
    path = dg.AssetKey.from_db_string(key)
    name = "/".join(path.path) if path else ""
    return Row(storage_id, kind, name, run_id or "", timestamp.replace(tzinfo=UTC).timestamp(), event)


def ids(instance: dg.DagsterInstance, *, above: int) -> list[int]:
    """Storage ids greater than that, ascending. Cheap: nothing but the index is read."""
    import sqlalchemy as db
    from dagster._core.storage.event_log.schema import SqlEventLogStorageTable

    table = SqlEventLogStorageTable.c
    query = db.select(table.id).where(table.dagster_event_type.in_([OBSERVED, MADE]), table.id > above)
    with _storage(instance).index_connection() as connection:
        return [found[0] for found in connection.execute(query.order_by(table.id))]


def newest(instance: dg.DagsterInstance) -> int:
    """The storage id of the newest event of the stream; 0 where there is none."""
    return next((row.storage_id for row in rows(instance, content=())), 0)


def _storage(instance: dg.DagsterInstance) -> "SqlEventLogStorage":
    from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage

    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):
        raise LogError(
            "RDX-LOG-001",
            f"the action log cannot be read from {type(storage).__name__}",
            expected="Dagster's own storage on SQLite or PostgreSQL",
            hint="set storage in dagster.yaml to sqlite or postgres",
        )
    return storage


def _moment(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC).replace(tzinfo=None)
