"""Connections that only read a Snowflake database, and its errors as errors of Radix.

The driver's messages are never passed on: they may hold values of the data.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from radix_assets.sources.addresses import refuse_metadata, revealed, without_secret
from radix_assets.sources.databases.errors import could_not_answer, credential_refused, no_answer
from radix_assets.sources.packages import not_installed
from radix_resources.credentials.lookup import Credentials, names_in
from radix_resources.errors import RadixError, SourceError

if TYPE_CHECKING:
    import pyarrow as pa

_HOSTS: Final = ".snowflakecomputing."
_OPTIONS: Final = {"warehouse": "adbc.snowflake.sql.warehouse", "role": "adbc.snowflake.sql.role"}
_CODE: Final = re.compile(r"\b(\d{6})\b")
_REFUSED: Final = frozenset({"390100", "390101", "390102", "390111", "390144", "390422"})
_NO_OBJECT: Final = frozenset({"002003", "002043"})
_DENIED: Final = frozenset({"003001"})
_NO_WAREHOUSE: Final = frozenset({"000606"})
_TRANSIENT: Final = frozenset({"000604", "000625", "000630", "390114", "390189", "261000", "261004", "261006"})


class Session:
    """A connection to a database of Snowflake, in its time zone UTC."""

    def __init__(self, connection: Any, where: dict[str, str]) -> None:
        self._connection = connection
        self.where = where

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Return all rows of a query whose result is small, by the names of its columns in lower case."""
        with contextlib.closing(self._connection.cursor()) as cursor:
            cursor.execute(query)
            table = cursor.fetch_arrow_table()
        names = [name.lower() for name in table.column_names]
        return [dict(zip(names, row, strict=True)) for row in zip(*(c.to_pylist() for c in table.columns), strict=True)]

    @contextlib.contextmanager
    def stream(self, query: str) -> "Iterator[pa.RecordBatchReader]":
        """Yield the batches of a query, which arrive as they are read."""
        with contextlib.closing(self._connection.cursor()) as cursor:
            cursor.execute(query)
            yield cursor.fetch_record_batch()


@contextlib.contextmanager
def opened(address: str, credentials: Credentials, table: str | None = None) -> Iterator[Session]:
    """Connect to snowflake://user:${NAME}@account/database?warehouse=name&role=name.

    Raise CredentialError RDX-CRD-001 (missing) or 002 (refused), SourceError RDX-SRC-014 (no such database, schema or
    table), 015 (not permitted), 016, 050 (the driver is not installed) or 051 (an address of a cloud's metadata), and
    TransientSourceError RDX-SRC-012 (no answer).
    """
    where = {"database": without_secret(address)} | ({"table": table} if table else {})
    parts = urlsplit(revealed(address, credentials, table))
    refuse_metadata(parts.hostname or "", where)
    try:
        from adbc_driver_snowflake import dbapi
    except ImportError:
        raise not_installed("Snowflake", "snowflake") from None
    with errors(where, names_in(address)):
        connection = dbapi.connect(db_kwargs=_options(parts.hostname or "", parts.port, parts), autocommit=True)
        with contextlib.closing(connection):
            yield Session(connection, where)


def _options(host: str, port: int | None, parts: Any) -> dict[str, str]:
    query = dict(parse_qsl(parts.query))
    options = {
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "adbc.snowflake.sql.account": host.partition(_HOSTS)[0],
        "adbc.snowflake.sql.db": unquote(parts.path.strip("/")),
        "adbc.snowflake.sql.client_option.app_name": "radix",
        "adbc.snowflake.sql.client_option.login_timeout": "30s",
        # Nanoseconds would end in the year 2262.
        "adbc.snowflake.sql.client_option.max_timestamp_precision": "microseconds",
        **{option: query[name] for name, option in _OPTIONS.items() if name in query},
    }
    if port is not None:
        options |= {"adbc.snowflake.sql.uri.host": host, "adbc.snowflake.sql.uri.port": str(port)}
        options |= {"adbc.snowflake.sql.uri.protocol": "http" if host in {"127.0.0.1", "localhost"} else "https"}
    elif _HOSTS in host:
        options |= {"adbc.snowflake.sql.uri.host": host}
    return options


@contextlib.contextmanager
def errors(where: Mapping[str, str], names: Sequence[str] = ()) -> Iterator[None]:
    """Translate the driver's errors. `names` are the credentials of the address."""
    from adbc_driver_manager import Error

    try:
        yield
    except Error as error:
        raise error_of(error, where, names) from None


def error_of(error: Exception, where: Mapping[str, str], names: Sequence[str] = ()) -> RadixError:
    """Return an error of the driver as one of Radix, by the number of Snowflake in it."""
    number = getattr(error, "vendor_code", None)
    code = f"{number:06}" if number else next(iter(_CODE.findall(str(error))), "")
    if code in _REFUSED:
        return credential_refused(list(names), where)
    if code in _NO_OBJECT:
        hint = "correct the address, `schema` or `tables`; an object without rights of the role counts as missing"
        return SourceError("RDX-SRC-014", "there is no such database, schema or table", hint=hint, **where)
    if code in _DENIED:
        hint = "ask the owner: GRANT USAGE ON DATABASE …, USAGE ON SCHEMA … and SELECT ON … TO ROLE …"
        return SourceError("RDX-SRC-015", "permission denied on the table", hint=hint, **where)
    if code in _NO_WAREHOUSE:
        hint = "name a warehouse that the role may use: ?warehouse=NAME at the end of the address"
        return SourceError("RDX-SRC-016", "no warehouse is active that could read", hint=hint, **where)
    if code in _TRANSIENT or type(error).__name__ == "OperationalError" or not code:
        return no_answer(
            "an account of Snowflake", where, code, hint="check the account's name and the network; then try again"
        )
    return could_not_answer(f"error {code}", where, "the query history of Snowflake")
