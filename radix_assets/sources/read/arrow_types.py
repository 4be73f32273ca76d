"""Arrow types that Polars does not read, or not without loss, as types that it does."""

import base64
import datetime as dt
import json
import re
import zoneinfo
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import polars as pl

from radix_assets.sources.read.dialect import unique_names

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_BATCH: Final = 1 << 16
_UUID_BREAKS: Final = ((0, 8), (8, 4), (12, 4), (16, 4), (20, 12))
_DECIMAL_DIGITS: Final = 38
"""Digits that a decimal of Polars holds."""
INFER: Final = b"radix:infer"
"""Key of a field's metadata: its text is to be inferred, since it is of numbers."""


def needs_arrow(schema: "pa.Schema") -> bool:
    """Return whether a column has a type that Polars does not read, or not without loss, or the name of another."""
    return len(set(schema.names)) < len(schema) or any(
        _is_odd(field.type) and not is_uuid(field.type) for field in schema
    )


def is_uuid(dtype: "pa.DataType") -> bool:
    """Return whether values are UUIDs of 16 bytes."""
    return getattr(dtype, "extension_name", "") == "arrow.uuid"


def uuid_text(column: pl.Expr) -> pl.Expr:
    """Return UUIDs of 16 bytes as their text of 36 characters."""
    digits = column.bin.encode("hex")
    return pl.concat_str([digits.str.slice(start, size) for start, size in _UUID_BREAKS], separator="-")


def write_plain(
    batches: Iterable["pa.RecordBatch"], schema: "pa.Schema", target: Path, as_json: Collection[str] = ()
) -> int:
    """Write record batches as a Parquet file of types that Polars reads; return the number of rows.

    Decimals of more than 38 digits become text to infer from, intervals ISO 8601 text, nested values that hold binary
    data, maps or unions JSON text, and so do the columns `as_json`. Names that occur twice get a number.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    plans = [(pa.string(), _as_json) if field.name in as_json else _plan(field.type) for field in schema]
    names = unique_names(schema.names, len(schema))
    # By position: several columns may have the same name.
    plain = pa.schema(
        pa.field(name, dtype, metadata={INFER: b"1"} if _is_wide(field.type) else None)
        for name, field, (dtype, _) in zip(names, schema, plans, strict=True)
    )
    rows = 0
    with pq.ParquetWriter(target, plain, compression="lz4") as writer:
        for batch in batches:
            rows += batch.num_rows
            arrays = [change(array) for array, (_, change) in zip(batch.columns, plans, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=plain), row_group_size=_BATCH * 2)
    return rows


def columns_of_odd_fractions(file: "pq.ParquetFile") -> list[str]:
    """Return the nested columns that hold a NaN or infinite number, which Polars would write as null."""
    import pyarrow.compute as pc
    from pyarrow import types

    schema = file.schema
    leaves = [schema.column(number) for number in range(len(schema.names))]
    result: dict[str, None] = {}
    for leaf in leaves:
        name = leaf.path.partition(".")[0]
        if leaf.path == name or leaf.physical_type not in {"FLOAT", "DOUBLE"} or name in result:
            continue
        for batch in file.iter_batches(batch_size=_BATCH, columns=[leaf.path]):
            values = batch.column(0)
            while types.is_nested(values.type):
                values = values.field(0) if types.is_struct(values.type) else values.flatten()
            if not pc.all(pc.is_finite(values)).as_py() and pc.any(pc.invert(pc.is_finite(values))).as_py():
                result[name] = None
                break
    return list(result)


def plain_parquet(path: Path, as_json: Collection[str] = ()) -> Path:
    """Rewrite a Parquet file in types that Polars reads, and return the new file."""
    import pyarrow.parquet as pq

    target = path.with_suffix(".plain")
    with pq.ParquetFile(path) as file:
        write_plain(file.iter_batches(batch_size=_BATCH), file.schema_arrow, target, as_json)
    return target


def _is_odd(dtype: "pa.DataType") -> bool:
    from pyarrow import types

    if types.is_decimal256(dtype) or types.is_map(dtype) or types.is_union(dtype) or types.is_interval(dtype):
        return True
    if hasattr(dtype, "storage_type") or types.is_date64(dtype) or types.is_run_end_encoded(dtype):
        return True
    if types.is_timestamp(dtype) and dtype.tz is not None:
        return not _is_zone(dtype.tz)
    if types.is_nested(dtype):
        return not dtype.num_fields or any(
            _is_odd(field.type) or _is_bytes(field.type) for field in (dtype.field(i) for i in range(dtype.num_fields))
        )
    return types.is_dictionary(dtype) and not _is_text(dtype.value_type)


def _is_bytes(dtype: "pa.DataType") -> bool:
    from pyarrow import types

    return bool(
        types.is_binary(dtype)
        or types.is_large_binary(dtype)
        or types.is_fixed_size_binary(dtype)
        or types.is_binary_view(dtype)
    )


def _is_text(dtype: "pa.DataType") -> bool:
    from pyarrow import types

    return bool(types.is_string(dtype) or types.is_large_string(dtype) or types.is_string_view(dtype))


def _is_wide(dtype: "pa.DataType") -> bool:
    from pyarrow import types

    if hasattr(dtype, "storage_type"):
        dtype = dtype.storage_type
    return bool(types.is_decimal256(dtype)) and dtype.precision > _DECIMAL_DIGITS


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return bool(re.fullmatch(r"[+-]\d\d:00", name))
    return True


def _plan(dtype: "pa.DataType") -> tuple["pa.DataType", Callable[[Any], Any]]:  # noqa: C901, PLR0911, PLR0912 a table of types
    """Return the type to store, and the conversion of an array to it."""
    import pyarrow as pa
    from pyarrow import types

    if is_uuid(dtype):
        return pa.string(), lambda array: _texts(array, _uuid)

    if hasattr(dtype, "storage_type"):
        stored, change = _plan(dtype.storage_type)
        if dtype.extension_name == "arrow.bool8":
            return pa.bool_(), lambda array: array.storage.cast(pa.bool_())
        return stored, lambda array: change(array.storage)
    if types.is_dictionary(dtype):
        stored, change = _plan(dtype.value_type)
        return stored, lambda array: change(array.dictionary_decode())
    if types.is_run_end_encoded(dtype):
        import pyarrow.compute as pc

        stored, change = _plan(dtype.value_type)
        return stored, lambda array: change(pc.run_end_decode(array))
    if types.is_decimal256(dtype):
        if dtype.precision <= _DECIMAL_DIGITS:
            narrow = pa.decimal128(dtype.precision, dtype.scale)
            return narrow, lambda array: array.cast(narrow)
        return pa.string(), lambda array: _texts(array, lambda value: format(value, "f"))
    if types.is_date64(dtype):
        return pa.date32(), lambda array: array.cast(pa.date32())
    if types.is_timestamp(dtype) and dtype.tz is not None and not _is_zone(dtype.tz):
        utc = pa.timestamp(dtype.unit, "UTC")
        return utc, lambda array: array.cast(utc)
    if types.is_interval(dtype):
        return pa.string(), lambda array: _texts(array, _interval)
    if types.is_union(dtype) or (types.is_nested(dtype) and _is_odd(dtype)):
        return pa.string(), lambda array: _texts(array, _json)

    if types.is_string_view(dtype):
        return pa.large_string(), lambda array: array.cast(pa.large_string())
    if types.is_binary_view(dtype) or types.is_fixed_size_binary(dtype):
        return pa.large_binary(), lambda array: array.cast(pa.binary()).cast(pa.large_binary())
    if types.is_list_view(dtype) or types.is_large_list_view(dtype):
        whole = pa.large_list(dtype.value_type)
        return whole, lambda array: array.cast(whole)
    if types.is_float16(dtype):
        return pa.float32(), lambda array: array.cast(pa.float32())
    return dtype, lambda array: array


def _texts(array: Any, change: Callable[[Any], str]) -> Any:
    import pyarrow as pa

    return pa.array([None if value is None else change(value) for value in array.to_pylist()], pa.string())


def _uuid(value: Any) -> str:
    return str(value if isinstance(value, UUID) else UUID(bytes=value))


def _as_json(array: Any) -> Any:
    return _texts(array, _json)


def _json(value: Any) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _interval(value: Any) -> str:
    """Return months, days and nanoseconds as an ISO 8601 duration."""
    seconds = (Decimal(value.nanoseconds) / 10**9).normalize()
    return f"P{value.months}M{value.days}DT{seconds:f}S"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if hasattr(value, "nanoseconds"):
        return _interval(value)
    return str(value)
