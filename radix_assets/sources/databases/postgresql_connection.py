"""Read-only, repeatable-read transactions on a PostgreSQL database, and its errors as errors of Radix.

The driver's messages are never passed on: they may hold the address with its secrets, or values of the data.
"""

import contextlib
import random
import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from radix_assets.sources.addresses import resolve, without_secret
from radix_assets.sources.databases.errors import could_not_answer, credential_refused, no_answer
from radix_resources.credentials.lookup import Credentials, names_in
from radix_resources.errors import CredentialError, RadixError, SourceError, TransientSourceError

if TYPE_CHECKING:
    import polars as pl

_SETTINGS = [
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL intervalstyle = 'iso_8601'",
    # The row order is repeatable only if sequential scans are neither synchronized nor parallel.
    "SET LOCAL synchronize_seqscans = off",
    "SET LOCAL max_parallel_workers_per_gather = 0",
    # A table that is being altered is reported, not waited for without end.
    "SET LOCAL lock_timeout = '60s'",
]
_BUSY = re.compile(r"canceling statement|conflict with recovery|out of (shared )?memory|No space left|lock timeout")
_REFUSED = re.compile(
    r"passwor[dt]|mot de passe|contraseña|authenti[cf]|pg_hba\.conf|role .* does not exist|not permitted to log in",
    re.IGNORECASE,
)
_FULL = re.compile(r"too many (clients|connections)|remaining connection slots", re.IGNORECASE)
_QUEUE = 20.0
"""Seconds to wait for a free connection; after that, all callers fail at once for as long."""
_REFUSAL = 60.0
"""Seconds for which a refused password is not tried again: many servers lock a user out."""
_refused: dict[str, float] = {}
_full: dict[str, float] = {}


@contextlib.contextmanager
def transaction(
    address: str, table: str | None, credentials: Credentials, snapshot: str | None = None
) -> Iterator[Any]:
    """Open a cursor inside a REPEATABLE READ, READ ONLY transaction, which sees the state of `snapshot` if given.

    If all connections of the server are taken, wait for one for a while. A password that was refused is not tried again
    within a minute.

    Raise CredentialError RDX-CRD-001 (missing) or RDX-CRD-002 (refused), TransientSourceError RDX-SRC-012 (no answer,
    or the connection broke) or RDX-SRC-019 (no free connection), SourceError RDX-SRC-013 (no such database),
    RDX-SRC-015 (not permitted) or RDX-SRC-016 (the database could not answer).
    """
    import adbc_driver_manager

    where = {"database": without_secret(address)} | ({"table": table} if table else {})
    connection = _connect(address, table, credentials, where)
    try:
        with connection, connection.cursor() as cursor:
            first, *others = _SETTINGS
            imported = [f"SET TRANSACTION SNAPSHOT '{snapshot}'"] if snapshot else []
            for setting in [first, *imported, *others]:
                cursor.execute(setting)
            yield cursor
    except RadixError:
        raise
    except adbc_driver_manager.Error as error:
        raise _query_error(error, where) from None


def stream(cursor: Any, query: str, where: dict[str, str]) -> Iterator["pl.DataFrame"]:
    """Yield the rows of a query in batches, at least one. Raise as `transaction` does."""
    import polars as pl
    import pyarrow as pa

    try:
        cursor.execute(query)
        with cursor.fetch_record_batch() as batches:
            yield pl.DataFrame(pl.from_arrow(batches.schema.empty_table()))
            for batch in batches:
                yield pl.DataFrame(pl.from_arrow(batch))
    except (OSError, pa.ArrowException) as error:
        if getattr(error, "errno", None) is not None:
            raise
        # Errors in the middle of an answer have no SQLSTATE.
        raise _stream_error(cursor, str(error), where) from None


def _stream_error(cursor: Any, text: str, where: dict[str, str]) -> RadixError:
    import adbc_driver_manager

    is_broken = False
    try:
        cursor.connection.rollback()
        cursor.execute("SELECT 1")
    except adbc_driver_manager.Error:
        is_broken = True
    if not is_broken and not _BUSY.search(text):
        return SourceError(
            "RDX-SRC-016",
            "the database could not compute a value of the table",
            hint="read the table with another program as the same user; see the database's own log",
            **where,
        )
    return TransientSourceError(
        "RDX-SRC-012",
        "the connection to the database broke, or the database is busy",
        hint="try again; see the database's own log if it persists",
        **where,
    )


def _connect(address: str, table: str | None, credentials: Credentials, where: dict[str, str]) -> Any:
    url = resolve(address, table, credentials)
    if _refused.get(url, 0.0) > time.monotonic():
        raise credential_refused(names_in(address), where)
    try:
        return _wait_for_connection(url, where)
    except CredentialError:
        credentials.distrust()
        renewed = resolve(address, table, credentials)  # a cloud's secret may have been replaced since it was fetched
        if renewed != url:
            with contextlib.suppress(CredentialError):
                return _wait_for_connection(renewed, where)
        _refused[renewed] = time.monotonic() + _REFUSAL
        raise credential_refused(names_in(address), where) from None


def _wait_for_connection(url: str, where: dict[str, str]) -> Any:
    """Return a connection as soon as the server has a free one."""
    import adbc_driver_manager
    import adbc_driver_postgresql.dbapi

    end = time.monotonic() + _QUEUE
    pause = 0.1
    while True:
        try:
            return adbc_driver_postgresql.dbapi.connect(url)
        except adbc_driver_manager.Error as error:
            if not _FULL.search(str(error)):
                raise _connection_error(error, where) from None
        now = time.monotonic()
        if now > end or _full.get(url, 0.0) > now:
            if now > end:
                _full[url] = now + _QUEUE
            raise TransientSourceError(
                "RDX-SRC-019",
                "the database has no free connection",
                expected=f"one within {_QUEUE:.0f} s; Radix needs one for each table that is being read",
                hint="runs retry it automatically; close other programs' connections, or raise max_connections",
                **where,
            )
        time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 jitter
        pause = min(2 * pause, 2.0)


def _connection_error(error: Exception, where: dict[str, str]) -> RadixError:
    text, state = str(error), getattr(error, "sqlstate", None) or ""
    if re.search(r'database "[^"]*" does not exist', text) or state == "3D000":
        return SourceError(
            "RDX-SRC-013",
            "the server has no such database",
            expected="postgresql://user:${NAME}@host:5432/database",
            hint="correct the last part of the address",
            **where,
        )
    if state.startswith("28") or _REFUSED.search(text):
        return CredentialError("RDX-CRD-002", "the database refused the user or the password", **where)
    return no_answer("a PostgreSQL server", where)


def _query_error(error: Exception, where: dict[str, str]) -> RadixError:
    state = getattr(error, "sqlstate", None) or ""
    if state == "42501":
        return SourceError(
            "RDX-SRC-015",
            "permission denied on the table",
            expected="the right to SELECT it, and USAGE of its schema",
            hint="ask the owner: GRANT SELECT ON … TO …",
            **where,
        )
    if (state[:2] in {"08", "40", "53", "55", "57"} and state != "55000") or not state:
        return TransientSourceError(
            "RDX-SRC-012",
            "the connection to the database broke, or the database is busy" + (f" (SQLSTATE {state})" if state else ""),
            hint="try again; see the database's own log if it persists",
            **where,
        )
    return could_not_answer(f"SQLSTATE {state}", where)
