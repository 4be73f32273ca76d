"""The schema of a raw snapshot, `schema.json`: its columns, their types and how each was read."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from radix_resources.errors import StorageError

DType = Literal["integer", "float", "decimal", "boolean", "string", "date", "datetime", "time"]
"""The canonical types: Int64, Float64, Decimal of 38 digits, Boolean, String, Date, Datetime in microseconds (naive,
UTC), Time. Stages after the raw snapshot see decimals as Float64, through `sources.rows.scan_values`."""

DATA_FILE = "data.parquet"
SCHEMA_FILE = "schema.json"
REJECTS_FILE = "rejects.parquet"
DOUBTS = frozenset(
    {
        "ambiguous_number",
        "ambiguous_dates",
        "ambiguous_time",
        "mixed_zones",
        "mixed_values",
        "mixed_units",
        "debit_credit",
    }
)
"""Codes of warnings that ask a person to decide between two readings."""
_LONGEST_COMMENT = 120


class Reading(BaseModel):
    """The conversion of one column of text into values of a canonical type."""

    dtype: DType = "string"
    formats: list[str] = []
    """Dates and times: strptime formats, tried in this order."""
    decimal: str = "."
    thousands: str = ""
    indian: bool = False
    """Numbers: groups of two digits before the last three, such as 12,34,567."""
    unit: str = ""
    """The text beside the numbers: `%`, a currency, `kg`. A percentage keeps its scale: 100% is 100.0."""
    signs: bool = False
    """Numbers: negative ones may be written in brackets or with the minus behind, such as (5) or 5-."""
    scale: int = 0
    """Decimals: the digits after the decimal mark."""
    pivot: int | None = None
    """Dates: the latest year that two digits mean; with 2030, `30` is 2030 and `31` is 1931."""
    true: list[str] = []
    """Booleans: the words for true, in lower case."""
    false: list[str] = []
    spelling: list[str] = []
    """Booleans: the words for true and for false as the source writes them, so that predictions use the same words."""
    whole: bool = False
    """Integers: written with a fraction of zero, such as 3.0."""
    nulls: list[str] = []
    """Texts that mean null in this column, in addition to empty text."""


class ColumnSchema(BaseModel):
    """One column of a raw snapshot."""

    name: str
    dtype: DType
    source: str
    """Its name in the source's header; empty if it has none."""
    source_type: str
    """Its type in the source: `text`, a Parquet or a database type."""
    coerced: str
    """A description of the conversion of its values; empty if they were not converted."""
    reading: Reading | None = None
    """Set if the type was inferred from text."""
    nulls: int = 0
    rejected: int = 0
    """Cells that could not be converted; they are null here and their text is in `rejects.parquet`."""


class ReadWarning(BaseModel):
    """Something in a source that a user should know of, because a value may mean something else than was read.

    It holds no value of a column, since it is shown in events; names of columns and of files are not values.
    """

    code: str
    """A stable word for programs, in snake case, such as `short_rows`."""
    message: str
    """One sentence: what was found, where, and how it was read."""
    column: str = ""
    """The column that it is about; empty if it is about the table."""
    lines: list[int] = []
    """The first lines (text) or rows (other formats) that it is about, counted from 1 in their file."""
    count: int = 0
    """How many rows or cells it is about; 0 if it is about the whole."""


class ForeignKey(BaseModel):
    """A foreign key as a source declares it."""

    columns: list[str]
    parent: str
    """The table that it references, by its name in the source."""
    parent_columns: list[str]


class Declared(BaseModel):
    """What a source itself states about a table, such as the constraints and comments of a database."""

    comment: str = ""
    primary_key: list[str] = []
    unique: list[list[str]] = []
    """Other sets of columns in which no two rows agree, unless one of them is null."""
    foreign_keys: list[ForeignKey] = []
    not_null: list[str] = []
    comments: dict[str, str] = {}
    """Comments of columns, by column."""


class RawSchema(BaseModel):
    """One table. It does not say where the data came from, so equal data give equal files."""

    table: str
    rows: int
    columns: list[ColumnSchema]
    dropped: dict[str, str] = {}
    """Columns of the source that are not in the snapshot, with the reason."""
    blank_rows: int = 0
    """Rows of the source without any value, which are left out."""

    suspected: list[str] | None = None
    """Columns that look private by name or values; None in snapshots of versions that did not store this."""

    beyond: int = 0
    """Cells beyond the last column, in rows longer than the header; their text is in `rejects.parquet`."""

    lost_rows: int = 0
    """Rows that could not be read as rows of the table; their text is in `rejects.parquet`."""

    dialect: dict[str, Any] = {}
    """How it was read, such as `delimiter`, `encoding`, `header_lines`; with `confidence` and `evidence` of guesses."""

    warnings: list[ReadWarning] = []
    """What may have been read otherwise than it was meant."""

    declared: Declared = Declared()
    """Keys, references, nullability and comments that the source declares; columns by their names in the snapshot."""

    @property
    def rejected(self) -> int:
        """Cells that could not be converted or that have no column, and rows that could not be read."""
        return self.beyond + self.lost_rows + sum(column.rejected for column in self.columns)


def spelling_of(path: Path, column: str) -> tuple[str, str] | None:
    """Return the words for true and false in a column's source; None if it is not a boolean read from text.

    `path` is the directory of a raw snapshot.
    """
    if not (path / SCHEMA_FILE).exists():
        return None
    schema = next((schema for schema in read_schema(path).columns if schema.name == column), None)
    words = schema.reading.spelling if schema and schema.reading else []
    return (words[0], words[1]) if words else None


def rejected_cells(path: Path) -> int:
    """Return how many cells of a raw snapshot could not be converted or have no column; 0 if it has no schema."""
    return read_schema(path).rejected if (path / SCHEMA_FILE).exists() else 0


def read_schema(path: Path) -> RawSchema:
    """Read the schema of a raw snapshot. Raise StorageError RDX-STO-010 if the directory holds none."""
    try:
        return RawSchema.model_validate_json((path / SCHEMA_FILE).read_bytes())
    except (OSError, ValueError):
        raise StorageError(
            "RDX-STO-010",
            "the raw snapshot has no readable schema",
            expected=SCHEMA_FILE,
            hint="materialize the raw table again",
            directory=path.name,
        ) from None


def comments_of(path: Path) -> dict[str, str]:
    """Return the comments that a source declares for the columns of a raw snapshot, each shortened to one line."""
    if not (path / SCHEMA_FILE).exists():
        return {}
    comments = {name: " ".join(text.split()) for name, text in read_schema(path).declared.comments.items()}
    return {
        name: text if len(text) <= _LONGEST_COMMENT else f"{text[:_LONGEST_COMMENT]}…"
        for name, text in comments.items()
    }


def doubts_of(path: Path) -> dict[str, str]:
    """Return, by column of a raw snapshot, why its values can be read in two ways that are equally likely."""
    if not (path / SCHEMA_FILE).exists():
        return {}
    return {
        warning.column: warning.message
        for warning in read_schema(path).warnings
        if warning.column and warning.code in DOUBTS
    }


def load_schema_of(path: Path) -> list[tuple[str, DType]]:
    """Return the names and canonical types of a raw snapshot's columns, in the table's order."""
    return [(column.name, column.dtype) for column in read_schema(path).columns]
