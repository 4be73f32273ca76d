"""The messages of a topic as records: their place, time and key, and the fields of their value."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from radix_assets.sources.read.avro_files import declared_types, plain_value, without_moments
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.records.decode import Broken, Decoded, decoder
from radix_assets.sources.read.records.stage import Typed
from radix_assets.sources.read.staging import Reject
from radix_resources.errors import SourceError

Format = Literal["json", "text", "avro", "avro-confluent"]
ID, PARTITION, OFFSET, TIMESTAMP, KEY = (
    "kafka_id",
    "kafka_partition",
    "kafka_offset",
    "kafka_timestamp",
    "kafka_key",
)
"""Columns beside the value; the first names the message in tables of lists inside it."""
_SAMPLE: Final = 1_000
_SHOWN: Final = 200
_HEADER: Final = 5
"""Bytes that a registry's serializer puts before the value: a zero, and the number of the schema."""
_COLUMNS: Final[Typed] = {
    (PARTITION,): (lambda text: text.cast(pl.Int64), "partition"),
    (OFFSET,): (lambda text: text.cast(pl.Int64), "offset"),
    (TIMESTAMP,): (lambda text: text.cast(pl.Int64).cast(pl.Datetime("ms")), "timestamp"),
    (KEY,): (lambda text: text, "key"),
    (ID,): (lambda text: text, "partition-offset"),
}


@dataclass
class Values:
    """How the values of a topic are decoded."""

    format: Format
    schema: Any = None
    """avro: as it was written."""
    hexadecimal: bool = False
    """Whether keys are bytes that are not text."""
    evidence: str = ""
    typed: dict[tuple[str, ...], Any] = field(default_factory=dict)


def values_of(path: Path, declared: Format | None, schema: Any) -> Values:
    """Return how values are decoded: as declared, else as JSON if a sample of them is, else as text."""
    import pyarrow.parquet as pq

    values = Values(declared or "json", schema, _has_bytes(path), typed=dict(_COLUMNS))
    if values.format.startswith("avro"):
        declared_types(schema, (), values.typed, {})
    if declared is None:
        first = next(pq.ParquetFile(path).iter_batches(_SAMPLE, columns=["value"]), None)
        sample = [value for value in first.column(0).to_pylist() if value is not None] if first else []
        objects = sum(_is_object(value) for value in sample)
        values.format = "json" if 2 * objects >= len(sample) else "text"
        values.evidence = f"{objects:,} of the first {len(sample):,} values are JSON objects"
    return values


def _has_bytes(path: Path) -> bool:
    try:
        pl.scan_parquet(path).select(pl.col("key").cast(pl.String).is_null().sum()).collect(engine="streaming")
    except pl.exceptions.PolarsError:  # raised where bytes are not UTF-8
        return True
    return False


def _is_object(value: bytes) -> bool:
    try:
        return isinstance(json.loads(value), dict)
    except (ValueError, RecursionError):
        return False


def reader_of(values: Values) -> Callable[[Path, Decoded, Place], Iterator[dict[str, Any] | Broken]]:
    """Return the reader of a file of messages as records; values that cannot be decoded are set aside."""

    def read(path: Path, notes: Decoded, place: Place) -> Iterator[dict[str, Any] | Broken]:
        import pyarrow.parquet as pq

        decode = _decoder(values, place)
        row = 0
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                moments = batch.column("timestamp").cast("int64").to_pylist()
                for message, moment in zip(batch.to_pylist(), moments, strict=True):
                    row += 1
                    record = _place(message, moment, hexadecimal=values.hexadecimal)
                    if message["value"] is not None:
                        try:
                            content = decode(message["value"])
                        except (ValueError, RecursionError, LookupError, EOFError, TypeError):
                            shown = message["value"][:_SHOWN].decode("utf-8", "backslashreplace")
                            notes.set_aside(Reject(row, 0, None, shown, f"not {values.format}"))
                            yield Broken("")
                            continue
                        fields = content if isinstance(content, dict) else {"value": content}
                        record |= {f"value_{name}" if name in record else name: item for name, item in fields.items()}
                    yield record

    return read


def _place(message: Mapping[str, Any], moment: int | None, *, hexadecimal: bool) -> dict[str, Any]:
    key = message["key"]
    return {
        ID: f"{message['partition']}-{message['offset']}",
        PARTITION: message["partition"],
        OFFSET: message["offset"],
        TIMESTAMP: moment,
        KEY: None if key is None else key.hex() if hexadecimal else key.decode(),
    }


def _decoder(values: Values, place: Place) -> Callable[[bytes], Any]:
    match values.format:
        case "json":
            parse = decoder().decode
            return lambda value: parse(value.decode("utf-8-sig").strip())
        case "text":
            return lambda value: value.decode()
    import fastavro

    schema = fastavro.parse_schema(without_moments(values.schema))
    numbers: set[bytes] = set()

    def decode(value: bytes) -> Any:
        if values.format == "avro-confluent":
            numbers.add(value[:_HEADER])
            if len(numbers) > 1 or value[0]:
                raise _other_schema(place)
            value = value[_HEADER:]
        stream = io.BytesIO(value)
        content = plain_value(fastavro.schemaless_reader(stream, schema, None))
        if stream.tell() != len(value):
            raise ValueError("bytes follow the value")
        return content

    return decode


def _other_schema(place: Place) -> SourceError:
    return SourceError(
        "RDX-SRC-070",
        "the values were written with several schemas of a registry, which is not asked",
        expected="values of the one schema that `avro_schema` names",
        hint="convert the topic to one schema, or to JSON",
        **place.context(),
    )
