"""What a step needs and what it used, as data."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Need(_Frozen):
    """What a step is about to compute on, as footers and file sizes tell it; no data are read."""

    stage: str
    engine: str = "polars"
    rows: int = 0
    """Of all tables together; 0 where it is not known, as of a source that was never read."""
    bytes: int = 0
    """Of all tables together, unpacked from Parquet's compression; of a source the size of its files."""
    columns: dict[str, int] = {}
    """How many of each type: number, text, time, flag, other."""
    rounds: int = 1
    """How often it goes over the data, such as the trials of a search."""


class Usage(_Frozen):
    """What a step used."""

    peak_bytes: int
    """Largest resident memory of the process that computed and of its children, the interpreter and its libraries
    included: what a process of its own would have to be given."""
    exact: bool = True
    """Whether the kernel told the peak. Else it was sampled, and what lasted less than a sample is missed."""
    start_bytes: int = 0
    """Resident memory when it began."""
    cpu_seconds: float = 0.0
    seconds: float = 0.0
    output_bytes: int = 0
    """Of all files of its snapshot."""
    table_bytes: int = 0
    """Of the tables among them, unpacked: what the steps behind it compute on."""
    out_of_memory: bool = False
    """It was ended for want of memory, so that it would have needed more than the peak."""


class Interval(_Frozen):
    """A prediction: the median, and the bounds that nineteen of twenty are expected to lie in."""

    low: float
    middle: float
    high: float


class Prediction(_Frozen):
    """What a step is about to use. `high` is what it asks for."""

    peak_bytes: Interval
    cpu_seconds: Interval
    seconds: Interval
    output_bytes: Interval
    table_bytes: Interval


def tables_of(folders: Iterable[Path]) -> tuple[int, int, dict[str, int]]:
    """Rows, unpacked bytes and column types of all Parquet files in these folders. Reads their footers alone."""
    rows, size = 0, 0
    types: Counter[str] = Counter()
    for folder in folders:
        for file in sorted(folder.rglob("*.parquet")):
            metadata = pq.read_metadata(file)
            rows += metadata.num_rows
            size += sum(metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups))
            types.update(_kind(one.type) for one in metadata.schema.to_arrow_schema())
    return rows, size, dict(sorted(types.items()))


def _kind(dtype: pa.DataType) -> str:
    types = pa.types
    if types.is_integer(dtype) or types.is_floating(dtype) or types.is_decimal(dtype):
        return "number"
    if types.is_temporal(dtype):
        return "time"
    if types.is_boolean(dtype):
        return "flag"
    if types.is_dictionary(dtype):
        dtype = dtype.value_type
    text = types.is_string(dtype) or types.is_large_string(dtype) or types.is_string_view(dtype)
    return "text" if text else "other"
