"""Stage record batches of Arrow as the table that they are."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from radix_assets.sources.read.arrow_types import INFER, write_plain
from radix_assets.sources.read.dialect import unique_names
from radix_assets.sources.read.parquet import binary_as_text
from radix_assets.sources.read.staging import FILE, ROW, STAGED_FILE, Staged, position
from radix_assets.sources.schema import Declared

if TYPE_CHECKING:
    import pyarrow as pa


def stage_arrow_batches(
    batches: Iterable["pa.RecordBatch"],
    schema: "pa.Schema",
    work: Path,
    *,
    layout: str,
    types: Sequence[str],
    declared: Declared,
    dialect: dict[str, Any],
    size: int = 0,
) -> Staged:
    """Write record batches into the directory `work` as staged columns, in types without loss.

    `types` are the types that the source declares, by position.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    places = [field.with_name(position(number)).with_nullable(True) for number, field in enumerate(schema)]
    staged_schema = pa.schema([*places, pa.field(ROW, pa.int64()), pa.field(FILE, pa.int32())])
    path = work / STAGED_FILE
    write_plain(_numbered(batches, staged_schema), staged_schema, path)
    infer = {field.name for field in pq.read_schema(path) if INFER in (field.metadata or {})}
    staged = Staged(
        path,
        names=schema.names,
        unique=unique_names(schema.names, len(schema.names)),
        types=list(types),
        readings=[place.name in infer for place in places],
        size=size,
        layout=layout,
        declared=declared,
        dialect={"format": layout.lower(), **dialect},
    )
    frame = pl.scan_parquet(path)
    plain = binary_as_text(frame, staged)
    if plain is not frame:
        staged.path = work / "texts.parquet"
        plain.sink_parquet(staged.path, compression="lz4")
    return staged


def _numbered(batches: Iterable["pa.RecordBatch"], schema: "pa.Schema") -> Iterator["pa.RecordBatch"]:
    import numpy as np
    import pyarrow as pa

    start = 1
    for batch in batches:
        rows = pa.array(np.arange(start, start + batch.num_rows, dtype=np.int64))
        file = pa.array(np.zeros(batch.num_rows, dtype=np.int32))
        yield pa.RecordBatch.from_arrays([*batch.columns, rows, file], schema=schema)
        start += batch.num_rows
