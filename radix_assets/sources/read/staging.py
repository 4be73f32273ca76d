"""Staged columns: a local Parquet file to which every kind of source copies a table before its types are settled.

Its columns are named by position (`c0`, `c1` …), so that no column name of the data can collide with another name.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.sources.read.dialect import unique_names
from radix_assets.sources.rows import IN_MEMORY, Rows
from radix_assets.sources.schema import Declared, ReadWarning
from radix_assets.sources.types.column_settings import ColumnSettings
from radix_assets.sources.types.readings import cleaned

ROW, FILE = "row", "file"
"""Columns beside the data: the row's number in its file, from 1 (Int64), and the file's number, from 0 (Int32)."""
STAGED_FILE = "staged.parquet"


@dataclass(frozen=True)
class Reject:
    """A cell or a row that could not be read, set aside before the types are settled."""

    row: int
    """The row's number in its file, as in the staged column `row`."""
    file: int
    """The file's number."""
    column: int | None
    """The column's position; None if it is a whole row, which is not staged."""
    text: str
    """The text in the source, as far as it can be shown."""
    reason: str
    """Why it was set aside, such as `not UTF-8` or `#DIV/0!`."""


@dataclass(frozen=True)
class Increment:
    """The staged rows are those of a table that are new or changed, by a column whose values rise with every change."""

    column: str
    """Its name in the source."""
    low: Any
    """The staged rows are those that have at least this value, or none; a value of the column's canonical type."""
    total: int
    """The rows of the table in the source."""
    is_ordered: bool = True
    """Whether the source gives rows in the order of the primary key."""


@dataclass(frozen=True)
class TextRows:
    """Rows of text files, scanned where they are."""

    frame: pl.LazyFrame
    """The columns `c0`, `c1` …, which are text as it stands in the files, `row` and `file`."""
    rows: int
    """Its rows, blank ones included."""
    sample: Callable[[], pl.DataFrame]
    """Return some of its rows, from all over the files: cleaned text, without `row` and `file`."""

    def cleaned(self) -> pl.LazyFrame:
        """Return the rows with cleaned text."""
        return self.frame.with_columns(cleaned(pl.exclude(ROW, FILE), []))


@dataclass
class Staged:
    """The rows of a table as they were read. All lists have one item for each column unless noted."""

    path: Path
    """The Parquet file with the columns `c0`, `c1` …, `row` and `file`."""
    names: list[str]
    """As in the source; empty text if a column has no name."""
    unique: list[str]
    """The names in the snapshot, all different."""
    types: list[str]
    """In the source: `text`, or the type that it declares."""
    readings: list[bool]
    """Whether the column is text whose type is to be inferred."""
    files: list[str] = field(default_factory=list)
    """The names of the files, by their number; empty if the source is a database."""
    hashes: list[str] = field(default_factory=list)
    """SHA-256 of each file."""
    size: int = 0
    """Bytes in the source."""
    layout: str = ""
    """The file format that was detected, for display, such as `UTF-8, semicolons`."""
    delimiter: str = ""
    """What separates the cells of a text file; empty if nothing does."""
    blank_lines: bool = False
    """Whether a row without any value is an empty line of the file, which is not a row."""
    dropped: dict[str, str] = field(default_factory=dict)
    """Columns of the source that are left out, with the reason."""
    overflow: list[str] = field(default_factory=list)
    """Staged columns with cells beyond the last column of the table, which are rejected."""
    notes: list[str] = field(default_factory=list)
    """Remarks for the user."""
    dialect: dict[str, Any] = field(default_factory=dict)
    """How the files were read, for programs; see `RawSchema.dialect`."""
    warnings: list[ReadWarning] = field(default_factory=list)
    """What may have been read otherwise than it was meant."""
    rejects: list[Reject] = field(default_factory=list)
    """Cells and rows that were set aside while staging. Their staged cells are null."""
    unread: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By position, a staged column with the text of the cells that could not be read, null elsewhere; and the reason.

    For kinds of which any number of cells may be unreadable, which `rejects` would hold in memory.
    """
    declared: Declared = field(default_factory=Declared)
    """What the source states about the table; columns by their names in `unique`."""
    overrides: Mapping[str, ColumnSettings] = field(default_factory=dict)
    """How the project says that columns are read, by their names in the snapshot."""
    state: dict[str, Any] = field(default_factory=dict)
    """What the kind finds at its next read as `SourceContext.previous.state`, as JSON: offsets, files, a maximum. It is
    stored with the commit of the snapshot, and is no part of its content."""
    beside: dict[str, Path] = field(default_factory=dict)
    """By name, files that the kind finds at its next read in `SourceContext.previous.folder`, beside the snapshot's."""
    frame: pl.LazyFrame | None = None
    """The rows, if they can be scanned where they are; then there is no file at `path`."""

    text: TextRows | None = None
    """The rows of text files that are not copied yet; then there is no file at `path`."""

    increment: Increment | None = None
    """Set if rows of the last snapshot are to be replaced by the staged ones."""

    @property
    def columns(self) -> list[str]:
        """The names of the staged columns."""
        return [position(number) for number in range(len(self.unique))]

    def rows(self) -> Rows:
        """Return the rows."""
        if self.text is not None and self.text.rows * len(self.unique) <= IN_MEMORY:
            return Rows(self.text.cleaned().collect())
        return Rows.of(scan_staged(self))


def scan_staged(staged: Staged) -> pl.LazyFrame:
    """Return the staged rows as a lazy frame."""
    if staged.text is not None:
        staged.text.cleaned().sink_parquet(staged.path, compression="lz4")
        staged.text = None
    return pl.scan_parquet(staged.path) if staged.frame is None else staged.frame


def stage_frame(
    frame: pl.LazyFrame | pl.DataFrame,
    work: Path,
    *,
    layout: str,
    infer: Collection[str] = (),
    types: Mapping[str, str] | None = None,
    size: int = 0,
    dropped: Mapping[str, str] | None = None,
) -> Staged:
    """Write a Polars frame into the directory `work` as staged columns, in the frame's row order.

    `layout` says how it was read, for display. `infer` names the text columns whose types Radix is to infer; all others
    keep their type. `types` are the types that the source declares, by column; `size` is the bytes in the source, and
    `dropped` the columns that were left out, with the reason.
    """
    lazy = frame.lazy()
    schema = lazy.collect_schema()
    names = list(schema)
    staged = Staged(
        work / STAGED_FILE,
        names=names,
        unique=unique_names(names, len(names)),
        types=[(types or {}).get(name, str(dtype)) for name, dtype in schema.items()],
        readings=[name in infer for name in names],
        size=size,
        layout=layout,
        dropped=dict(dropped or {}),
    )
    lazy = lazy.rename(dict(zip(names, staged.columns, strict=True)))
    texts = [name for name, text in zip(staged.columns, staged.readings, strict=True) if text]
    if texts:
        lazy = lazy.with_columns(cleaned(pl.col(texts), []))
    lazy.with_row_index(ROW, offset=1).with_columns(
        pl.col(ROW).cast(pl.Int64), pl.lit(0, dtype=pl.Int32).alias(FILE)
    ).sink_parquet(staged.path, compression="lz4")
    return staged


def position(number: int) -> str:
    """Return the staged name of a column."""
    return f"c{number}"
