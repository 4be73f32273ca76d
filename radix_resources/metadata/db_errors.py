"""Turn errors of the installation's databases into coded errors.

Messages of the drivers quote the statement and its values, so they are not shown.
"""

import contextlib
import sqlite3
from collections.abc import Iterator

from radix_resources.errors import MetadataError, RadixError, StorageError
from radix_resources.metadata.base import VARIABLE

_FULL = ("too many clients", "too many connections", "remaining connection slots")
_GONE = ("server closed the connection", "connection to server", "terminating connection", "connection already closed")


@contextlib.contextmanager
def coded() -> Iterator[None]:
    """Raise database errors inside as MetadataError RDX-MET-001, -005, -006 or StorageError RDX-STO-004.

    Other exceptions pass unchanged.
    """
    try:
        yield
    except RadixError:
        raise
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        raise fault from None


def fault_of(error: BaseException) -> RadixError | None:
    """Return the coded form of a database error, or of one that it caused; None for any other error."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        fault = _of_sqlite(cause) if isinstance(cause, sqlite3.Error) else _of_postgresql(cause)
        if fault is not None:
            return fault
        cause = cause.__cause__ or cause.__context__
    return None


def _of_sqlite(error: sqlite3.Error) -> RadixError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return MetadataError(
            "RDX-MET-005",
            "another process has locked a database in RADIX_HOME for longer than Radix waits",
            expected="a lock of a few seconds",
            hint="end the process that locks it (a backup, a database browser), then run again; published data stay",
        )
    if code == sqlite3.SQLITE_FULL:
        return StorageError(
            "RDX-STO-004", "the disk of RADIX_HOME is full", hint="free some space and run again; nothing was lost"
        )
    return None


def _of_postgresql(error: BaseException) -> RadixError | None:
    if not type(error).__module__.startswith("psycopg2"):
        return None
    if is_full(error):
        return no_connection_left()
    if any(words in str(error) for words in _GONE):
        return MetadataError(
            "RDX-MET-001",
            "the metadata database does not answer any more",
            expected="PostgreSQL 12 or newer at the address",
            hint=f"check the address in {VARIABLE}, and that the server runs",
        )
    return None


def is_full(error: BaseException) -> bool:
    """Return whether a PostgreSQL server refused a connection because there are too many."""
    return any(words in str(error) for words in _FULL)


def no_connection_left() -> MetadataError:
    """Return the error for a server without a free connection; it is transient."""
    return MetadataError(
        "RDX-MET-006",
        "the metadata database has no connection left for Radix",
        expected="a connection that another process closes within seconds",
        hint="it is tried again; raise max_connections or the role's limit, or let fewer runs go on at once",
    )
