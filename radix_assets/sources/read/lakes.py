"""By what a folder is known to be a table with a log of its versions, without opening it."""

from pathlib import Path
from typing import Final, Literal

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
