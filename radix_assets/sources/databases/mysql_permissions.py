"""Probe a MySQL or MariaDB database: whether its tables may be read, and whether the user may do more than that."""

import re
from collections.abc import Sequence

from radix_assets.sources.databases.mysql import list_tables, quoted
from radix_assets.sources.databases.mysql_connection import Session, errors
from radix_resources.errors import SourceError

_READING = {"USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES", "REFERENCES", "PROCESS", "REPLICATION CLIENT"}
_GRANT = re.compile(r"GRANT (.*?) ON ", re.IGNORECASE)


def probe_database(session: Session, tables: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return how many tables may be seen, in words, and a warning if the user may do more than read.

    Raise SourceError RDX-SRC-014 or 015 if one of `tables` may not be read.
    """
    [(user,)] = session.rows("SELECT current_user()")
    for table in tables:
        try:
            with errors(session.where | {"table": table}):
                session.rows(f"SELECT 1 FROM {quoted(table)} LIMIT 0")  # noqa: S608 quoted
        except SourceError as error:
            if error.code != "RDX-SRC-016":  # a broken view is not a matter of permission
                raise
    rights = set()
    for (grant,) in session.rows("SHOW GRANTS"):
        if match := _GRANT.match(grant):
            rights |= {re.sub(r"\(.*\)", "", right).strip().upper() for right in match[1].split(",")}
    more = sorted(rights - _READING)
    warnings = (f"{user} may do more than read: {', '.join(more[:5])}",) if more else ()
    count = len(list_tables(session))
    return f"connected as {user}; {count} tables may be seen", warnings
