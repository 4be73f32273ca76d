"""The tables of an open Dagster instance."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from radix_resources.errors import LogError
from radix_resources.metadata.base import Tables

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import dagster as dg
    from sqlalchemy import Connection


class InstanceTables(Tables):
    """Reads through Dagster's own connections. Raises LogError RDX-LOG-001 if its storage has no such tables."""

    def __init__(self, instance: "dg.DagsterInstance") -> None:
        self._instance = instance

    def events(self, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage

        storage = self._instance.event_log_storage
        if not isinstance(storage, SqlEventLogStorage):
            raise _unreadable(storage)
        return _query(storage.index_connection(), query, values)

    def runs(self, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        from dagster._core.storage.runs.sql_run_storage import SqlRunStorage

        storage = self._instance.run_storage
        if not isinstance(storage, SqlRunStorage):
            raise _unreadable(storage)
        return _query(storage.connect(), query, values)


def _query(
    opened: "AbstractContextManager[Connection]", query: str, values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    from sqlalchemy import text

    with opened as connection:
        return [tuple(row) for row in connection.execute(text(query), dict(values))]


def _unreadable(storage: object) -> LogError:
    return LogError(
        "RDX-LOG-001",
        f"the action log cannot be read from {type(storage).__name__}",
        expected="Dagster's own storage on SQLite or PostgreSQL",
        hint="set storage in dagster.yaml to sqlite or postgres",
    )
