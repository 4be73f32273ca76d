"""The columns and types of which the tags are in force, stored with their snapshot."""

import json
from collections.abc import Mapping
from pathlib import Path

from radix_assets.sources.schema import load_schema_of

COLUMNS_FILE = "columns.json"
Columns = Mapping[str, Mapping[str, str]]
"""By table and column, the canonical type; empty text where it is unknown."""


def columns_of(raw: Mapping[str, Path]) -> dict[str, dict[str, str]]:
    """Return the columns of raw snapshots, given as directories by table."""
    return {table: dict(load_schema_of(path)) for table, path in raw.items()}


def write_columns(columns: Columns, folder: Path) -> None:
    """Write columns into the directory of a snapshot."""
    (folder / COLUMNS_FILE).write_text(json.dumps(columns, indent=1, ensure_ascii=False), encoding="utf-8")


def load_columns(folder: Path) -> dict[str, dict[str, str]] | None:
    """Load the columns of a snapshot; None if it was written by a version that did not store them."""
    file = folder / COLUMNS_FILE
    return json.loads(file.read_bytes()) if file.is_file() else None
