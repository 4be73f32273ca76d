"""Read and write snapshots on a cluster: the Parquet files that one machine reads and writes.

Columns have places for names here (c0, c1 …), since a table's names may be anything. ROW is a row's number in the file.
Times of day, which Spark cannot hold, are nanoseconds since midnight.
"""

import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROW = "__row"


@dataclass(frozen=True)
class Snapshot:
    """A Parquet file on a cluster."""

    frame: "DataFrame"
    """ROW, c0, c1 …"""
    schema: pa.Schema
    rows: int

    def column(self, name: str) -> str:
        """Return the name that a column of the file has in the frame."""
        return f"c{self.schema.get_field_index(name)}"


def read(session: "SparkSession", file: Path) -> Snapshot:
    """Open a Parquet file in canonical types, with decimals as floats. Only its footer is read here."""
    from pyspark.sql import functions as f
    from pyspark.sql import types as t

    metadata = pq.read_metadata(file)
    schema = metadata.schema.to_arrow_schema()
    fields = [t.StructField(field.name, _type(field.type)) for field in schema]
    reader = session.read.schema(t.StructType(fields)).option("__globPaths__", "false")
    frame = reader.parquet(place(file))
    if not fields:
        return Snapshot(session.range(metadata.num_rows).toDF(ROW), schema, metadata.num_rows)
    frame = frame.withColumn("__row", frame.metadataColumn("_metadata").getField("row_index"))
    frame = frame.toDF(*(f"c{number}" for number in range(len(fields))), ROW)
    decimals = [number for number, field in enumerate(schema) if pa.types.is_decimal(field.type)]
    if decimals:
        frame = frame.withColumns({f"c{number}": f.col(f"c{number}").cast("double") for number in decimals})
        for number in decimals:
            schema = schema.set(number, schema.field(number).with_type(pa.float64()))
    return Snapshot(frame, schema, metadata.num_rows)


def write(frame: "DataFrame", names: Sequence[str], file: Path, order: Sequence[str] = (ROW,)) -> int:
    """Write a frame as one Parquet file with these column names, in this order of rows. Return the number of rows.

    `order` are columns of the frame; those that are none of `names` are left out. Rows go from the workers to the file
    system, not through the driver; one task sorts and writes them.
    """
    folder = file.with_name(f".{file.name}-{uuid.uuid4().hex}")
    plain = [name if name in order else f"w{number}" for number, name in enumerate(frame.columns)]
    columns = [alias for alias, name in zip(plain, frame.columns, strict=True) if name not in order or name in names]
    ordered = frame.toDF(*plain).repartition(1).sortWithinPartitions(*order)
    ordered.select(*columns).toDF(*names).write.parquet(place(folder))
    try:
        parts = sorted(folder.glob("part-*.parquet"))
        parts[0].replace(file)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return int(pq.read_metadata(file).num_rows)


def place(path: Path) -> str:
    """Return a local path as a URI, independent of Spark's default file system."""
    return f"file://{path.resolve()}"


def text(value: str) -> str:
    """Return any text as a SQL literal."""
    return f"CAST(X'{value.encode().hex()}' AS STRING)"


def number(value: float) -> str:
    """Return a float as a SQL literal, exact to the bit."""
    return f"CAST('{value!r}' AS DOUBLE)"


def _type(kind: pa.DataType) -> Any:  # noqa: PLR0911 a table of types
    from pyspark.sql import types as t

    if pa.types.is_boolean(kind):
        return t.BooleanType()
    if pa.types.is_integer(kind):
        return t.LongType()
    if pa.types.is_floating(kind):
        return t.DoubleType()
    if pa.types.is_decimal(kind):
        return t.DecimalType(kind.precision, kind.scale)
    if pa.types.is_date(kind):
        return t.DateType()
    if pa.types.is_timestamp(kind):
        return t.TimestampNTZType() if kind.tz is None else t.TimestampType()
    return t.LongType() if pa.types.is_time(kind) else t.StringType()
