"""Read a Parquet file in batches of rows."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 61_440
"""Rows of a batch: half a row group of a raw snapshot."""
CELLS = 1 << 24
"""Cells of a batch: fewer rows for wide tables."""


def open_parquet(file: Path) -> pq.ParquetFile:
    """Open a file so that strings are read as dictionaries."""
    plain = pq.ParquetFile(file)
    texts = [
        plain.metadata.schema.column(place).path
        for place, field in enumerate(plain.schema_arrow)
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type) or pa.types.is_string_view(field.type)
    ]
    if not texts:
        return plain
    return pq.ParquetFile(file, read_dictionary=texts, metadata=plain.metadata)


def batches(parquet: pq.ParquetFile, skip: int = 0, names: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Yield the rows after the first `skip`, one row group after another; only columns `names` if given."""
    width = max(1, parquet.metadata.num_columns if names is None else len(names))
    size = max(1_024, min(ROWS, CELLS // width))
    for group in range(parquet.metadata.num_row_groups):
        number = parquet.metadata.row_group(group).num_rows
        if skip >= number:
            skip -= number
            continue
        for batch in parquet.iter_batches(batch_size=size, row_groups=[group], columns=names, use_threads=True):
            rows = batch if names is None else batch.select(names)
            if skip:
                left = min(skip, rows.num_rows)
                rows, skip = rows.slice(left), skip - left
            if rows.num_rows:
                yield rows
