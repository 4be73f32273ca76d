"""A source becomes one local Parquet file of cleaned columns that the next steps can read as often as they like.

Its columns are called by position (`c0`, `c1` …), so that no name of the data can clash with anything.
"""

from dataclasses import dataclass, field
from pathlib import Path

from radix_assets.sources.read.tables import Rows

ROW, FILE = "row", "file"
"""Beside the columns of the data: the row's number in its file, from 1, and the file's number."""


@dataclass
class Staged:
    """A source's rows, at rest."""

    path: Path
    names: list[str]
    """As the source has them; empty where it has none."""
    unique: list[str]
    """The names in the snapshot, no two the same."""
    types: list[str]
    """In the source: `text`, or the type that it declares."""
    readings: list[bool]
    """Whether the type of a column is to be inferred from its text."""
    files: list[str] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    size: int = 0
    """Bytes of the source."""
    layout: str = ""
    """Encoding and delimiter and the like, in words."""
    comma_separated: bool = True
    blank_lines: bool = False
    """Whether a row without any value is an empty line of the file, and no row."""
    dropped: dict[str, str] = field(default_factory=dict)
    overflow: list[str] = field(default_factory=list)
    """Staged columns with cells beyond the last column of their table; they are rejected."""
    notes: list[str] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """The staged names."""
        return [position(number) for number in range(len(self.unique))]

    def rows(self) -> Rows:
        """The rows."""
        return Rows.of(self.path)


def position(number: int) -> str:
    """The staged name of a column."""
    return f"c{number}"
