"""By what a folder is known to be a table with a log of its versions, without opening it."""

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote, unquote, urlsplit

Lake = Literal["delta", "iceberg"]
METADATA: Final = ".metadata.json"
"""The end of the name of a file that describes an Iceberg table."""


def lake_of(path: Path) -> Lake | None:
    """Return the kind of table that a folder, or a file of Iceberg's metadata, is. Never raises."""
    try:
        if (path / "_delta_log").is_dir():
            return "delta"
        if path.name.endswith(METADATA):
            return "iceberg" if path.is_file() else None
        metadata = path / "metadata"
        if metadata.is_dir() and any(entry.name.endswith(METADATA) for entry in metadata.iterdir()):
            return "iceberg"
    except OSError:
        return None
    return None


_SQLITE: Final = b"SQLite format 3\0"
_OF_CATALOG: Final = {"iceberg_tables", "iceberg_namespace_properties"}


@dataclass(frozen=True)
class CatalogTable:
    """A table that an Iceberg catalog in a SQLite file lists."""

    catalog: str
    """The name of the catalog; a file may hold several."""
    namespace: str
    name: str
    folder: Path | None
    """The folder of the table; None if it is not on this computer."""


def catalog_tables(path: Path) -> list[CatalogTable]:
    """Return the tables of an Iceberg catalog, a SQLite file with nothing else in it; none for other files.

    Never raises.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_SQLITE)) != _SQLITE:
                return []
        address = f"file:{quote(str(path.absolute()))}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "iceberg_tables" not in tables or tables - _OF_CATALOG:
                return []
            rows = connection.execute(
                "SELECT catalog_name, table_namespace, table_name, metadata_location FROM iceberg_tables "
                "ORDER BY catalog_name, table_namespace, table_name"
            ).fetchall()
    except (OSError, sqlite3.Error, ValueError):
        return []
    return [CatalogTable(catalog, space, name, _folder_of(place or "")) for catalog, space, name, place in rows]


def _folder_of(metadata: str) -> Path | None:
    parts = urlsplit(metadata)
    if parts.scheme not in {"", "file"}:
        return None
    return Path(unquote(parts.path) if parts.scheme else metadata).parent.parent
