"""The needs and the usage of steps, as data."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Need(_Frozen):
    """The input of a step, from footers and file sizes; no data are read."""

    stage: str
    engine: str = "polars"
    rows: int = 0
    """Rows of all tables together; 0 if unknown, as for a source that was never read."""
    bytes: int = 0
    """Uncompressed size of all tables together; for a source the size of its files."""
    columns: dict[str, int] = {}
    """Number of columns of each type: number, text, time, flag, other."""
    rounds: int = 1
    """Number of passes over the data, such as the trials of a search."""


class Usage(_Frozen):
    """The measured usage of a step."""

    peak_bytes: int
    """Peak resident memory of the process and its children, including the interpreter and its libraries: what a
    separate process would need."""
    exact: bool = True
    """Whether the kernel reported the peak. Otherwise it was sampled, and shorter peaks are missed."""
    start_bytes: int = 0
    """Resident memory at the start."""
    cpu_seconds: float = 0.0
    seconds: float = 0.0
    output_bytes: int = 0
    """Size of all files of its snapshot."""
    table_bytes: int = 0
    """Uncompressed size of its tables, which are the input of later steps."""
    out_of_memory: bool = False
    """Whether it ran out of memory, so that it would have needed more than the peak."""


class Interval(_Frozen):
    """A prediction: the median, and bounds that are expected to contain 95% of the values."""

    low: float
    middle: float
    high: float


class Prediction(_Frozen):
    """The predicted usage of a step. It requests `high`."""

    peak_bytes: Interval
    cpu_seconds: Interval
    seconds: Interval
    output_bytes: Interval
    table_bytes: Interval


def tables_of(folders: Iterable[Path]) -> tuple[int, int, dict[str, int]]:
    """Return rows, uncompressed bytes and column types of all Parquet files in these folders, from their footers."""
    rows, size = 0, 0
    types: Counter[str] = Counter()
    for folder in folders:
        for file in sorted(folder.rglob("*.parquet")):
            metadata = pq.read_metadata(file)
            rows += metadata.num_rows
            size += sum(metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups))
            types.update(_kind(column.type) for column in metadata.schema.to_arrow_schema())
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
