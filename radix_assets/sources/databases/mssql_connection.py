"""Transactions that only read a SQL Server database, and its errors as errors of Radix.

The driver's messages are never passed on: they may hold values of the data.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from radix_assets.sources.addresses import refuse_metadata, revealed, without_secret
from radix_assets.sources.databases.errors import could_not_answer, credential_refused, no_answer
from radix_assets.sources.packages import not_installed
from radix_resources.credentials.lookup import Credentials, names_in
from radix_resources.errors import RadixError, SourceError, TransientSourceError

_SECONDS: Final = 10
_SETTINGS: Final = "SET TEXTSIZE 2147483647; SET LOCK_TIMEOUT 60000; SET DATEFORMAT ymd; SET LANGUAGE us_english"
_SNAPSHOT: Final = "SELECT snapshot_isolation_state FROM sys.databases WHERE database_id = DB_ID()"
_REFUSED, _NO_DATABASE, _NO_TABLE = {18452, 18456, 18470, 18488}, {911, 4060}, {208}
_DENIED: Final = frozenset({229, 230, 297, 300, 916})
_CHANGED: Final = frozenset({3960, 3961, 3966})
"""The table was altered, or its old rows are gone, since the snapshot began."""
_TRANSIENT: Final = frozenset(
    {0, 596, 601, 1205, 1222, 10928, 10929, 20002, 20003, 20004, 20006, 20009, 20047, 40143, 40197, 40501, 40613, 49918}
    | {10053, 10054, 10060, 64, 233}
)


class Session:
    """A connection in one transaction, which sees one state of the database if that is allowed there."""

    def __init__(self, connection: Any, where: dict[str, str]) -> None:
        self._connection = connection
        self.where = where
        self.is_snapshot = False
        """Whether all is read as of one moment."""

    def rows(self, query: str, values: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query whose result is small."""
        with contextlib.closing(self._connection.cursor()) as cursor:
            cursor.execute(query, tuple(values)) if values else cursor.execute(query)
            return list(cursor.fetchall()) if cursor.description else []

    @contextlib.contextmanager
    def stream(self, query: str) -> Iterator[Any]:
        """Yield a cursor whose rows arrive as they are fetched."""
        with contextlib.closing(self._connection.cursor()) as cursor:
            cursor.execute(query)
            yield cursor


@contextlib.contextmanager
def opened(address: str, credentials: Credentials, table: str | None = None) -> Iterator[Session]:
    """Connect to mssql://user:${NAME}@host:1433/database and begin a transaction.

    Raise CredentialError RDX-CRD-001 (missing) or 002 (refused), SourceError RDX-SRC-013 (no such database), 014, 015
    (not permitted), 016, 050 (the package pymssql is not installed) or 051 (an address of a cloud's metadata), and
    TransientSourceError RDX-SRC-011 (the table was altered meanwhile) or 012 (no answer).
    """
    where = {"database": without_secret(address)} | ({"table": table} if table else {})
    parts = urlsplit(revealed(address, credentials, table))
    refuse_metadata(parts.hostname or "", where)
    try:
        import pymssql
    except ImportError:
        raise not_installed("SQL Server", "mssql") from None
    with errors(where, names_in(address)):
        connection = pymssql.connect(
            server=parts.hostname or "localhost",
            port=str(parts.port or 1433),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.lstrip("/")),
            login_timeout=_SECONDS,
            timeout=3600,
            tds_version="7.4",
            charset="UTF-8",
            appname="radix",
            autocommit=True,
        )
        with contextlib.closing(connection):
            session = Session(connection, where)
            session.rows(_SETTINGS)
            session.is_snapshot = session.rows(_SNAPSHOT) == [(1,)]
            level = "SNAPSHOT" if session.is_snapshot else "READ COMMITTED"
            session.rows(f"SET TRANSACTION ISOLATION LEVEL {level}")
            session.rows("BEGIN TRANSACTION")
            try:
                yield session
            finally:
                with contextlib.suppress(pymssql.Error):
                    session.rows("IF @@TRANCOUNT > 0 ROLLBACK")


@contextlib.contextmanager
def errors(where: Mapping[str, str], names: Sequence[str] = ()) -> Iterator[None]:
    """Translate the driver's errors. `names` are the credentials of the address."""
    import pymssql

    try:
        yield
    except pymssql.Error as error:
        raise error_of(error, where, names) from None


def error_of(error: Exception, where: Mapping[str, str], names: Sequence[str] = ()) -> RadixError:
    """Return an error of the driver as one of Radix, by its number."""
    first = error.args[0] if error.args else 0
    code = first[0] if isinstance(first, tuple) else first
    code = code if isinstance(code, int) else 0
    text = str(error.args)
    if code in _REFUSED or "18456" in text:
        return credential_refused(list(names), where)
    if code in _NO_DATABASE or code in _NO_TABLE:
        missing = code in _NO_DATABASE
        return SourceError(
            "RDX-SRC-013" if missing else "RDX-SRC-014",
            "the server has no such database, or the user may not open it" if missing else "there is no such table",
            expected="mssql://user:${NAME}@host:1433/database",
            hint="correct the last part of the address" if missing else "correct `tables` or `schema`",
            **where,
        )
    if code in _DENIED:
        hint = "ask the owner: GRANT SELECT ON … TO …"
        return SourceError("RDX-SRC-015", "permission denied on the table", hint=hint, **where)
    if code in _CHANGED:
        hint = "run it again; runs of a project retry it automatically"
        return TransientSourceError("RDX-SRC-011", "the table was changed while it was read", hint=hint, **where)
    if code in _TRANSIENT:
        return no_answer("a SQL Server", where, code)
    return could_not_answer(f"error {code}", where)
