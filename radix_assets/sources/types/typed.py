"""Convert values that already have a type to canonical types."""

import polars as pl

from radix_assets.sources.schema import DType

_INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)
_LARGE = (pl.UInt64, pl.Int128, pl.UInt128)


def canonical(name: str, dtype: pl.DataType) -> tuple[DType, pl.Expr, str] | None:  # noqa: C901, PLR0911 a table of types
    """Return a column's canonical type, the converting expression, and how it converts, in words; None if it has none.

    Values that cannot be converted (whole numbers beyond 64 bits, infinite numbers) become null.
    """
    column = pl.col(name)
    if isinstance(dtype, _INTEGERS):
        return "integer", column.cast(pl.Int64), ""
    if isinstance(dtype, _LARGE):
        return "integer", column.cast(pl.Int64, strict=False), f"{dtype} to 64 bits"
    if isinstance(dtype, pl.Float32 | pl.Float64):
        number = column.cast(pl.Float64)
        return "float", pl.when(number.is_finite()).then(number), ""
    if isinstance(dtype, pl.Decimal):
        return "float", column.cast(pl.Float64), "decimal to binary fraction"
    if isinstance(dtype, pl.Boolean):
        return "boolean", column, ""
    if isinstance(dtype, pl.String | pl.Categorical | pl.Enum | pl.Null):
        how = "" if isinstance(dtype, pl.String) else "all null" if isinstance(dtype, pl.Null) else "category to text"
        return "string", column.cast(pl.String), how
    if isinstance(dtype, pl.Date):
        return "date", column, ""
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is None:
            return "datetime", column.cast(pl.Datetime("us")), ""
        utc = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None).cast(pl.Datetime("us"))
        return "datetime", utc, f"from {dtype.time_zone} to UTC"
    if isinstance(dtype, pl.Time):
        return "time", column, ""
    if isinstance(dtype, pl.Duration):
        return "float", column.dt.total_microseconds() / 1e6, "duration to seconds"
    if isinstance(dtype, pl.List | pl.Array | pl.Struct):
        # Polars writes only structs as JSON, so the value is wrapped in a struct and unwrapped again.
        wrapped = pl.struct(column.alias("v")).struct.json_encode()
        text = wrapped.str.strip_prefix('{"v":').str.strip_suffix("}")
        return "string", pl.when(column.is_not_null()).then(text), "nested values to JSON text"
    return None


def present(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return an expression for the values that are present: neither null nor NaN."""
    column = pl.col(name)
    return column.is_not_null() & column.is_not_nan() if dtype.is_float() else column.is_not_null()
