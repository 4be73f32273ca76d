"""Probe a SQL Server database: whether its tables may be read, and whether the user may do more than that."""

from collections.abc import Sequence
from typing import Final

from radix_assets.sources.databases.mssql import list_tables, quoted
from radix_assets.sources.databases.mssql_connection import Session, errors
from radix_assets.sources.databases.probing import in_words, require_readable

_READING: Final = frozenset(
    {"CONNECT", "SELECT", "VIEW DEFINITION", "VIEW ANY COLUMN MASTER KEY DEFINITION", "REFERENCES"}
    | {"VIEW ANY COLUMN ENCRYPTION KEY DEFINITION", "VIEW DATABASE STATE", "VIEW ANY SENSITIVITY CLASSIFICATION"}
    | {"VIEW DATABASE PERFORMANCE STATE", "VIEW DATABASE SECURITY STATE", "VIEW SECURITY DEFINITION", "UNMASK"}
)


def probe_database(session: Session, schema: str, tables: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return how many tables may be seen, in words, and a warning if the user may do more than read.

    Raise SourceError RDX-SRC-014 or 015 if one of `tables` may not be read.
    """
    [(user,)] = session.rows("SELECT SUSER_SNAME()")

    def read(table: str) -> None:
        with errors(session.where | {"table": table}):
            session.rows(f"SELECT TOP 0 1 FROM {quoted(schema)}.{quoted(table)}")  # noqa: S608 quoted

    require_readable(read, tables)
    rights = {row[0] for row in session.rows("SELECT permission_name FROM fn_my_permissions(NULL, 'DATABASE')")}
    return in_words(user, rights, _READING, len(list_tables(session, schema)))
