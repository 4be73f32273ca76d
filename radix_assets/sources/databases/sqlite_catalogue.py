"""What a SQLite file says of its tables: their names, columns and declared keys."""

from collections.abc import Callable
from typing import Any

from radix_assets.sources.databases.errors import no_such_table
from radix_assets.sources.schema import Declared, ForeignKey

Rows = Callable[[str], list[tuple[Any, ...]]]
"""Returns the rows of a query of the catalogue."""


def quoted(name: str) -> str:
    """Return an identifier quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def list_tables(rows: Rows) -> list[str]:
    """Return the tables and views, without those in which SQLite keeps its own data."""
    listed = rows("PRAGMA main.table_list")
    names = [name for _, name, kind, *_ in listed if kind != "shadow" and not name.startswith("sqlite_")]
    return sorted(names)


def listed_columns(rows: Rows, table: str) -> list[tuple[Any, ...]]:
    """Return the columns of a table as SQLite lists them. Raise SourceError RDX-SRC-014 if there is no such table."""
    # Hidden columns of virtual tables are no data; generated columns (2, 3) are.
    listed = [row for row in rows(f"PRAGMA main.table_xinfo({quoted(table)})") if row[6] != 1]
    if not listed:
        raise no_such_table(table, list_tables(rows), {})
    return listed


def declared_of(rows: Rows, table: str) -> Declared:
    """Return the keys, unique columns, references and columns without nulls that a table declares."""
    names: dict[str, dict[str, str]] = {}

    def spelled(other: str, name: str) -> str:
        """Return a column's name as its table declares it: names of SQLite do not depend on case."""
        if other not in names:
            names[other] = {row[1].lower(): row[1] for row in rows(f"PRAGMA table_xinfo({quoted(other)})")}
        return names[other].get(name.lower(), name)

    def key_of(other: str) -> list[str]:
        listed = rows(f"PRAGMA main.table_info({quoted(other)})")
        return [row[1] for row in sorted(listed, key=lambda row: row[5]) if row[5]]

    tables = {name.lower(): name for name in list_tables(rows)}
    declared = Declared(primary_key=key_of(table))
    declared.not_null = [row[1] for row in rows(f"PRAGMA main.table_info({quoted(table)})") if row[3]]
    for _, name, unique, origin, partial in rows(f"PRAGMA main.index_list({quoted(table)})"):
        columns = [row[2] for row in rows(f"PRAGMA main.index_info({quoted(name)})")]
        if unique and not partial and origin != "pk" and all(columns):
            declared.unique.append(columns)
    links: dict[int, ForeignKey] = {}
    for number, _, named, name, parent_name, *_ in rows(f"PRAGMA main.foreign_key_list({quoted(table)})"):
        parent = tables.get(named.lower(), str(named))
        link = links.setdefault(number, ForeignKey(columns=[], parent=parent, parent_columns=[]))
        link.columns.append(spelled(table, name))
        if parent_name is not None:
            link.parent_columns.append(spelled(parent, parent_name))
    for link in links.values():
        link.parent_columns = link.parent_columns or key_of(link.parent)
    declared.foreign_keys = [link for link in links.values() if len(link.columns) == len(link.parent_columns)]
    declared.unique.sort()
    return declared
