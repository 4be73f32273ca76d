"""Read-only transactions on a MySQL or MariaDB database, and its errors as errors of Radix.

The driver's messages are never passed on: they may hold values of the data.
"""

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from radix_assets.sources.addresses import refuse_metadata, revealed, without_secret
from radix_assets.sources.databases.errors import could_not_answer, credential_refused, no_answer
from radix_assets.sources.packages import not_installed
from radix_resources.credentials.lookup import Credentials, names_in
from radix_resources.errors import RadixError, SourceError, TransientSourceError

_SECONDS = 10
_SETTINGS = (
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
    "SET SESSION lock_wait_timeout = 60",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
_REFUSED = {1044, 1045, 1227, 1698, 1862, 3118}
_NO_DATABASE, _NO_TABLE, _DENIED = {1049}, {1146}, {1142, 1143, 1370}
_FULL = {1040, 1203, 1226}
_TRANSIENT = {1205, 1213, 1317, 1969, 2002, 2003, 2006, 2013, 2014, 3024, 3168}


class Session:
    """A connection in one read-only transaction, which sees one state of the database."""

    def __init__(self, connection: Any, where: dict[str, str]) -> None:
        self._connection = connection
        self.where = where

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query whose result is small."""
        import pymysql.cursors

        with self._connection.cursor(pymysql.cursors.Cursor) as cursor:
            cursor.execute(query, values or None)
            return list(cursor.fetchall())

    @contextlib.contextmanager
    def stream(self, query: str) -> Iterator[Any]:
        """Yield a cursor that fetches rows as they are asked for."""
        import pymysql.cursors

        cursor = self._connection.cursor(pymysql.cursors.SSCursor)
        with contextlib.closing(cursor):
            cursor.execute(query)
            yield cursor


@contextlib.contextmanager
def opened(address: str, credentials: Credentials, table: str | None = None) -> Iterator[Session]:
    """Connect to a database.

    Raise CredentialError RDX-CRD-001 (missing) or 002 (refused), SourceError RDX-SRC-013 (no such database), 014, 015
    (not permitted), 016, 050 (the package pymysql is not installed) or 051 (an address of a cloud's metadata), and
    TransientSourceError RDX-SRC-012 (no answer) or 019 (no free connection).
    """
    where = {"database": without_secret(address)} | ({"table": table} if table else {})
    parts = urlsplit(revealed(address, credentials, table))
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    refuse_metadata(parts.hostname or "", where)
    try:
        import pymysql
        import pymysql.converters
    except ImportError:
        raise not_installed("MySQL and MariaDB", "mysql") from None
    # Without decoders the driver hands over text.
    encoders = {kind: encode for kind, encode in pymysql.converters.conversions.items() if not isinstance(kind, int)}
    with errors(where, names_in(address)):
        connection = pymysql.connect(
            host=parts.hostname or "localhost",
            port=parts.port or 3306,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.lstrip("/")) or None,
            unix_socket=options.get("socket"),
            ssl={} if options.get("ssl") in {"true", "1", "required"} else None,
            charset="utf8mb4",
            connect_timeout=_SECONDS,
            read_timeout=600,
            local_infile=False,
            conv=encoders,
        )
        with contextlib.closing(connection):
            session = Session(connection, where)
            for setting in _SETTINGS:
                session.rows(setting)
            yield session


@contextlib.contextmanager
def errors(where: dict[str, str], names: "list[str] | None" = None) -> Iterator[None]:
    """Translate the driver's errors. `names` are the credentials of the address."""
    import pymysql

    try:
        yield
    except pymysql.Error as error:
        code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        raise _error(code, where, names or []) from None


def _error(code: int, where: dict[str, str], names: list[str]) -> RadixError:
    if code in _REFUSED:
        return credential_refused(names, where)
    if code in _NO_DATABASE or code in _NO_TABLE:
        return SourceError(
            "RDX-SRC-013" if code in _NO_DATABASE else "RDX-SRC-014",
            "the server has no such database" if code in _NO_DATABASE else "there is no such table",
            expected="mysql://user:${NAME}@host:3306/database",
            hint="correct the last part of the address" if code in _NO_DATABASE else "correct `tables`",
            **where,
        )
    if code in _DENIED:
        hint = "ask the owner: GRANT SELECT ON … TO …"
        return SourceError("RDX-SRC-015", "permission denied on the table", hint=hint, **where)
    if code in _FULL:
        hint = "runs retry it automatically; close other programs' connections, or raise max_connections"
        return TransientSourceError("RDX-SRC-019", "the database has no free connection", hint=hint, **where)
    if code in _TRANSIENT or not code:
        return no_answer("a MySQL or MariaDB server", where, code)
    return could_not_answer(f"error {code}", where)
