"""How the columns of a source were read, as data: `schema.json` of a raw snapshot."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from radix_resources.errors import StorageError

DType = Literal["integer", "float", "boolean", "string", "date", "datetime", "time"]
"""The canonical types: Int64, Float64, Boolean, String, Date, Datetime in microseconds (naive, UTC), Time."""

DATA_FILE = "data.parquet"
SCHEMA_FILE = "schema.json"
REJECTS_FILE = "rejects.parquet"


class Reading(BaseModel):
    """How the text of one column becomes values of one canonical type."""

    dtype: DType = "string"
    formats: list[str] = []
    """Of dates and times: strptime formats, tried in this order."""
    decimal: str = "."
    thousands: str = ""
    unit: str = ""
    """What stood beside every number: `%`, a currency symbol or code. A percentage keeps its scale: 100% is 100.0."""
    true: list[str] = []
    """Of booleans: the words, in lower case."""
    false: list[str] = []
    spelling: list[str] = []
    """Of booleans: the word for true and the one for false as the source writes them, for answers in its own words."""
    whole: bool = False
    """Of integers: written with a fraction of zero, such as 3.0."""
    nulls: list[str] = []
    """Texts that meant null here, beside the empty one."""


class ColumnSchema(BaseModel):
    """One column of a raw snapshot."""

    name: str
    dtype: DType
    source: str
    """Its name in the source's header; empty where it had none."""
    source_type: str
    """Its type in the source: `text`, a Parquet or a database type."""
    coerced: str
    """How its values became canonical ones, in words; empty where nothing was done."""
    reading: Reading | None = None
    """Where it was text whose type was inferred."""
    nulls: int = 0
    rejected: int = 0
    """Cells that could not be converted; they are null here and their text is in `rejects.parquet`."""


class RawSchema(BaseModel):
    """One table. It says nothing of where the data came from, so equal data give equal files."""

    table: str
    rows: int
    columns: list[ColumnSchema]
    dropped: dict[str, str] = {}
    """Columns of the source that the snapshot does not hold, and why."""
    blank_rows: int = 0
    """Rows of the source without any value; they are left out."""

    suspected: list[str] | None = None
    """Columns that look private by name or values; None in snapshots from before this was kept."""

    beyond: int = 0
    """Cells beyond the last column, in rows longer than the header; they are in `rejects.parquet`."""

    @property
    def rejected(self) -> int:
        """Cells that could not be converted or that have no column."""
        return self.beyond + sum(column.rejected for column in self.columns)


def spelling_of(path: Path, column: str) -> tuple[str, str] | None:
    """How a source writes true and false in a column; None where it was not text. `path` is a raw snapshot."""
    if not (path / SCHEMA_FILE).exists():
        return None
    found = next((one for one in read_schema(path).columns if one.name == column), None)
    words = found.reading.spelling if found and found.reading else []
    return (words[0], words[1]) if words else None


def rejected_cells(path: Path) -> int:
    """How many cells of a raw snapshot could not be converted or have no column; 0 where nothing is known of it."""
    return read_schema(path).rejected if (path / SCHEMA_FILE).exists() else 0


def read_schema(path: Path) -> RawSchema:
    """The schema of a raw snapshot. Raises StorageError RDX-STO-010 where the directory holds none."""
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


def load_schema_of(path: Path) -> list[tuple[str, DType]]:
    """Names and canonical types of a raw snapshot's columns, in the table's order."""
    return [(column.name, column.dtype) for column in read_schema(path).columns]
