"""Dagster's storage on SQLite, with the same files, at half the CPU.

Dagster makes a SQLAlchemy engine for each query, and with it loses the statements that SQLAlchemy has compiled. For
each event it also asks the database again which tables and columns it has.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Self

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sqlite_storage import (
    DagsterSqliteStorage,
    _event_logs_directory,
    _runs_directory,
    _schedule_directory,
)
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, NullPool, create_engine

_BUSY_SECONDS = 60
"""The longest wait for another process to release a database file, in seconds."""


@lru_cache(maxsize=32)
def _engine(address: str) -> Engine:
    """Return the engine of a database file. It holds no connection, so it may be used by forks and after a removal."""
    return create_engine(address, poolclass=NullPool, connect_args={"timeout": _BUSY_SECONDS})


class EventLog(SqliteEventLogStorage):
    """The events: one file for each run, and one for all assets."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._present: set[tuple[str, ...]] = set()
        """Tables, columns and indexes that the file of all assets has; no version of Dagster removes any."""
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = _engine(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        return self._has(("table", table_name), lambda: super(EventLog, self).has_table(table_name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        return self._has(
            ("column", column_name),
            lambda: super(EventLog, self)._has_asset_key_col_on_connection(conn, column_name),
        )

    def has_asset_key_col(self, column_name: str) -> bool:
        return self._has(("column", column_name), lambda: super(EventLog, self).has_asset_key_col(column_name))

    def has_secondary_index(self, name: str) -> bool:
        return self._has(("index", name), lambda: super(EventLog, self).has_secondary_index(name))

    def _has(self, part: tuple[str, ...], look: Any) -> bool:
        if part not in self._present and look():
            self._present.add(part)
        return part in self._present


class Runs(SqliteRunStorage):
    """The runs."""

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with _engine(self._conn_string).begin() as connection:
            yield connection


class Schedules(SqliteScheduleStorage):
    """The ticks of schedules and sensors."""

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with _engine(self._conn_string).begin() as connection:
            yield connection


class SqliteStorage(DagsterSqliteStorage):
    """Dagster's storage on SQLite; see the module."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self.base_dir, self._inst_data = base_dir, inst_data
        self._run_storage = Runs.from_local(_runs_directory(base_dir))
        self._event_log_storage = EventLog(_event_logs_directory(base_dir))
        self._schedule_storage = Schedules.from_local(_schedule_directory(base_dir))
        super(DagsterSqliteStorage, self).__init__()  # type: ignore[no-untyped-call]  # its own would open three more

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Self:
        return cls.from_local(inst_data=inst_data, **config_value)
