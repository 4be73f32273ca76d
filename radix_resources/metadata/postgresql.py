"""Metadata on PostgreSQL, for several machines."""

import contextlib
import hashlib
import importlib.util
import random
import re
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from radix_resources.errors import ConfigError, MetadataError
from radix_resources.metadata.base import DRIVER_VARIABLE, VARIABLE, Claim, Claims, Metadata, Tables
from radix_resources.metadata.db_errors import is_full, no_connection_left

if TYPE_CHECKING:
    from psycopg2.extensions import connection

_CONNECT_SECONDS = 10
_LOOK_SECONDS = 0.3
_QUEUE_SECONDS = 30.0
_ALIVE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
"""The server drops a machine that does not respond for 25 seconds, and with it the claims of that machine."""
_SIGNED = 1 << 63
_NAMED = re.compile(r":(\w+)")


class PostgresqlMetadata(Metadata):
    """Dagster's tables in one database, claims as advisory locks of its sessions."""

    shared = True

    def __init__(self, address: str) -> None:
        self._address = address

    @property
    def claims(self) -> Claims:
        return AdvisoryClaims(self._address)

    @contextlib.contextmanager
    def tables(self) -> Iterator[Tables]:
        with contextlib.closing(_connect(self._address)) as session:
            yield SessionTables(session)

    def environment(self) -> dict[str, str]:
        return {VARIABLE: self._address, DRIVER_VARIABLE: f"postgresql+psycopg2://{self._address.partition('://')[2]}"}

    def settings(self, shipped: Mapping[str, Any]) -> dict[str, Any]:
        missing = [name for name in ("dagster_postgres", "psycopg2") if importlib.util.find_spec(name) is None]
        if missing:
            raise ConfigError(
                "RDX-MET-004",
                f"{' and '.join(missing)} is not installed here",
                expected="what Dagster needs for PostgreSQL",
                hint="pip install 'radix[machines]'",
            )
        concurrency = {**shipped.get("concurrency", {}), "runs": {"max_concurrent_runs": 64}}
        # A run waits as "starting" until a machine has room for it; one that died is noticed by its claim.
        monitoring = {
            **shipped.get("run_monitoring", {}),
            "enabled": True,
            "start_timeout_seconds": 86400,
            "poll_interval_seconds": 5,
        }
        return {
            **shipped,
            "storage": {"postgres": {"postgres_url": {"env": DRIVER_VARIABLE}}},
            "run_launcher": {"module": "radix_resources.machines.launcher", "class": "AnyMachineLauncher"},
            "concurrency": concurrency,
            "run_monitoring": monitoring,
        }

    def check(self) -> None:
        _connect(self._address).close()


class SessionTables(Tables):
    """All tables are in one database."""

    def __init__(self, session: "connection") -> None:
        self._session = session

    def events(self, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        from psycopg2.errors import UndefinedTable

        with self._session.cursor() as cursor:
            try:
                cursor.execute(_NAMED.sub(r"%(\1)s", query), dict(values))
            except UndefinedTable:
                return []
            return list(cursor.fetchall())

    def runs(self, query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return self.events(query, values)


class AdvisoryClaims(Claims):
    """Advisory locks (PostgreSQL manual, 13.3.5), each held by a session of its own."""

    def __init__(self, address: str) -> None:
        self._address = address

    @contextlib.contextmanager
    def hold(self, name: str, *, wait: bool = False) -> Iterator[Claim | None]:
        import psycopg2

        key = _key(name) - _SIGNED
        with contextlib.closing(_connect(self._address)) as session:
            acquired = _scalar(session, "SELECT pg_try_advisory_lock(%s)", key)
            while wait and not acquired:
                time.sleep(_LOOK_SECONDS)
                acquired = _scalar(session, "SELECT pg_try_advisory_lock(%s)", key)
            try:
                yield _Session(session) if acquired else None
            finally:
                if acquired:
                    # The server ends a closed session a moment later; the claim must be free when this returns.
                    with contextlib.suppress(psycopg2.Error):  # a broken connection has lost it already
                        _scalar(session, "SELECT pg_advisory_unlock(%s)", key)

    def is_held(self, name: str) -> bool:
        key = (_key(name) - _SIGNED) % (1 << 64)
        with contextlib.closing(_connect(self._address)) as session:
            holders = _scalar(
                session,
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND "
                "classid::bigint = %s AND objid::bigint = %s AND "
                "database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                key >> 32,
                key & 0xFFFFFFFF,
            )
        return bool(holders)


class _Session(Claim):
    def __init__(self, session: "connection") -> None:
        self._session = session

    def holds(self) -> bool:
        import psycopg2

        try:
            return bool(_scalar(self._session, "SELECT 1"))
        except psycopg2.Error:
            return False


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"radix {name}".encode()).digest()[:8], "big")


def _scalar(session: "connection", query: str, *values: object) -> Any:
    with session.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    return row[0] if row else None


def _connect(address: str) -> "connection":
    """Open a session, and wait for one if all connections are in use.

    Raise MetadataError, which is transient: RDX-MET-001 if the server does not respond, and RDX-MET-006 if no
    connection became free.
    """
    import psycopg2

    until = time.monotonic() + _QUEUE_SECONDS
    try:
        while True:
            try:
                session = psycopg2.connect(address, connect_timeout=_CONNECT_SECONDS, application_name="radix")
                break
            except psycopg2.OperationalError as error:
                if not is_full(error):
                    raise
                if time.monotonic() > until:
                    raise no_connection_left() from None
            time.sleep(random.uniform(_LOOK_SECONDS, 3 * _LOOK_SECONDS))  # noqa: S311 so that not all retry at once
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute(_ALIVE)
    except psycopg2.OperationalError as error:
        message = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise MetadataError(
            "RDX-MET-001",
            f"the metadata database cannot be reached: {_without_password(message, address)}",
            expected="PostgreSQL 12 or newer at the address",
            hint=f"check the address in {VARIABLE}, and that the server runs",
        ) from None
    return session


def _without_password(message: str, address: str) -> str:
    """Return the server's message without any part of the address that may be a password."""
    from urllib.parse import unquote, urlsplit

    secret = urlsplit(address).password
    for value in filter(None, (secret, secret and unquote(secret))):
        message = message.replace(value, "***")
    return message
