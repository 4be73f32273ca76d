"""Probe a MySQL or MariaDB database: whether its tables may be read, and whether the user may do more than that."""

import re
from collections.abc import Sequence

from radix_assets.sources.databases.mysql import list_tables, quoted
from radix_assets.sources.databases.mysql_connection import Session, errors
from radix_assets.sources.databases.probing import in_words, require_readable

_READING = {"USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES", "REFERENCES", "PROCESS", "REPLICATION CLIENT"}
_GRANT = re.compile(r"GRANT (.*?) ON ", re.IGNORECASE)


def probe_database(session: Session, tables: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return how many tables may be seen, in words, and a warning if the user may do more than read.

    Raise SourceError RDX-SRC-014 or 015 if one of `tables` may not be read.
    """
    [(user,)] = session.rows("SELECT current_user()")

    def read(table: str) -> None:
        with errors(session.where | {"table": table}):
            session.rows(f"SELECT 1 FROM {quoted(table)} LIMIT 0")  # noqa: S608 quoted

    require_readable(read, tables)
    rights = set()
    for (grant,) in session.rows("SHOW GRANTS"):
        if match := _GRANT.match(grant):
            rights |= {re.sub(r"\(.*\)", "", right).strip().upper() for right in match[1].split(",")}
    return in_words(user, rights, _READING, len(list_tables(session)))
