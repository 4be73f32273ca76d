"""Avro files: records of nested values whose types are declared."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

import polars as pl

from radix_assets.sources.read.files import SourceFile
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.records.decode import Decoded, Number
from radix_assets.sources.read.records.stage import stage_records
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import Staged

_DIGITS: Final = 38
_HEADER: Final[Any] = {
    "type": "record",
    "name": "Header",
    "fields": [
        {"name": "magic", "type": {"type": "fixed", "name": "Magic", "size": 4}},
        {"name": "meta", "type": {"type": "map", "values": "bytes"}},
        {"name": "sync", "type": {"type": "fixed", "name": "Sync", "size": 16}},
    ],
}
"""The beginning of an Avro file, as its specification has it."""


def _moment(unit: Literal["ms", "us", "ns"], zone: str | None, text: pl.Expr) -> pl.Expr:
    return text.cast(pl.Int64).cast(pl.Datetime(unit, zone))


_LOGICAL: Final[dict[str, Callable[[pl.Expr], pl.Expr]]] = {
    "date": lambda text: text.cast(pl.Int32).cast(pl.Date),
    "time-millis": lambda text: (text.cast(pl.Int64) * 1_000_000).cast(pl.Time),
    "time-micros": lambda text: (text.cast(pl.Int64) * 1_000).cast(pl.Time),
    "timestamp-millis": partial(_moment, "ms", "UTC"),
    "timestamp-micros": partial(_moment, "us", "UTC"),
    "timestamp-nanos": partial(_moment, "ns", "UTC"),
    "local-timestamp-millis": partial(_moment, "ms", None),
    "local-timestamp-micros": partial(_moment, "us", None),
    "local-timestamp-nanos": partial(_moment, "ns", None),
}
"""Integers with a meaning. They are decoded as integers: Python has no moment beyond the year 9999."""


def stage_avro(source: FileSettings, files: Sequence[SourceFile], work: Path) -> Staged:
    """Stage a list of records of Avro files. Raise as `stage_records` does."""
    import fastavro

    with reading_errors(Place(source.table, files[0].name)), files[0].path.open("rb") as file:
        schema = fastavro.reader(file).writer_schema
    typed: dict[tuple[str, ...], Any] = {}
    if not files[0].inside:
        declared_types(schema, (), typed, {})
    staged = stage_records(source, files, work, read_avro, typed)
    staged.layout, staged.dialect["format"] = "Avro", "avro"
    return staged


def read_avro(path: Path, notes: Decoded, place: Place) -> Iterator[Any]:
    """Yield the records of an Avro file, as those of a JSON document."""
    import fastavro

    del notes, place
    plain = path.with_suffix(".plain")
    if not plain.exists():
        _rewrite(path, plain)
    with plain.open("rb") as file:
        for record in fastavro.reader(file):
            yield plain_value(record)


def _rewrite(path: Path, target: Path) -> None:
    """Copy an Avro file with a header in which integers with a meaning are integers."""
    import fastavro

    with path.open("rb") as file, target.open("wb") as out:
        header: Any = fastavro.schemaless_reader(file, _HEADER, None)
        schema = without_moments(json.loads(header["meta"]["avro.schema"]))
        header["meta"]["avro.schema"] = json.dumps(schema).encode()
        fastavro.schemaless_writer(out, _HEADER, header)
        shutil.copyfileobj(file, out)


def without_moments(schema: Any) -> Any:
    """Return a schema in which integers with a meaning are integers."""
    if isinstance(schema, list):
        return [without_moments(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    drop = schema.get("logicalType") in _LOGICAL
    return {
        name: [{**item, "type": without_moments(item["type"])} for item in value]
        if name == "fields"
        else without_moments(value)
        if name in {"type", "items", "values"}
        else value
        for name, value in schema.items()
        if not (drop and name == "logicalType") and not name.startswith("__")
    }


def declared_types(  # noqa: C901 one branch for each form of a schema
    schema: Any, path: tuple[str, ...], typed: dict[tuple[str, ...], Any], known: dict[str, Any]
) -> None:
    """Collect the conversion of every field whose type says more than its text."""
    if isinstance(schema, list):
        others = [item for item in schema if item != "null"]
        if len(others) == 1:
            declared_types(others[0], path, typed, known)
        return
    if isinstance(schema, str):
        if schema in known and len(path) < 12:  # noqa: PLR2004 a record may hold itself
            declared_types(known[schema], path, typed, known)
        return
    if "name" in schema:
        known[schema["name"]] = schema
    logical = schema.get("logicalType", "")
    if logical in _LOGICAL:
        typed[path] = (_LOGICAL[logical], logical)
    elif logical == "decimal" and schema.get("precision", 99) <= _DIGITS:
        dtype = pl.Decimal(schema["precision"], schema.get("scale", 0))
        typed[path] = (lambda text: text.cast(dtype), f"decimal({dtype.precision},{dtype.scale})")
    elif schema.get("type") == "record" or isinstance(schema.get("fields"), list):
        for field in schema.get("fields", []):
            declared_types(field["type"], (*path, field["name"]), typed, known)
    elif isinstance(schema.get("type"), Mapping | list):
        declared_types(schema["type"], path, typed, known)


def plain_value(value: Any) -> Any:  # noqa: PLR0911 one return for each type
    """Return a value as JSON has it: bytes as hexadecimal digits, numbers with all digits."""
    if isinstance(value, dict):
        return {name: plain_value(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    if isinstance(value, float):
        return Number(repr(value).replace("inf", "Infinity").replace("nan", "NaN"))
    if isinstance(value, Decimal):
        return Number(format(value, "f"))
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple):  # a branch of a union, with its name
        return plain_value(value[-1])
    return value if isinstance(value, int | str | None) else json.loads(json.dumps(value, default=str))
