"""Convert values that already have a type to canonical types."""

from collections.abc import Sequence

import polars as pl

from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import DType
from radix_assets.sources.types.readings import DIGITS

_INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)
_LARGE = (pl.UInt64, pl.Int128, pl.UInt128)
_LEAST, _GREATEST = -(2**63), 2**63 - 1
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896
"""The first day of the year 1 and the last of the year 9999, from 1970."""
_MOST_DAYS = 90_000_000
"""Days from 1970 up to which the library writes a date."""
_PER_SECOND = {"ms": 10**3, "us": 10**6, "ns": 1}
"""Units of moments in a second; those of nanoseconds never reach the limit."""
_MONEY = 4
"""Digits after the point up to which whole decimals stay decimals, since they are amounts that happen to be whole."""


def whole_columns(rows: Rows, columns: Sequence[str]) -> dict[str, DType]:
    """Return the type of columns that hold whole numbers only, though their type could hold other or larger ones.

    They are integers; text if a value is beyond 64 bits, since such numbers identify things. Decimals with one to four
    digits after the point stay decimals.
    """
    schema = rows.schema
    wide = [column for column in columns if _may_be_whole(schema[column])]
    if not wide:
        return {}
    answers = rows.select_each(
        [
            pl.struct(
                pl.col(column).min().alias("low"),
                pl.col(column).max().alias("high"),
                _has_fraction(column, schema[column]).any().alias("fraction"),
            )
            for column in wide
        ]
    )
    types: dict[str, DType] = {}
    for column, answer in zip(wide, answers, strict=True):
        low, high, fraction = answer.unnest(answer.columns).row(0)
        dtype = schema[column]
        if fraction or (low is None and isinstance(dtype, pl.Decimal) and dtype.scale):
            continue
        types[column] = "integer" if low is None or (low >= _LEAST and high <= _GREATEST) else "string"
    return types


def _may_be_whole(dtype: pl.DataType) -> bool:
    if isinstance(dtype, pl.Decimal):
        return dtype.scale == 0 or dtype.scale > _MONEY
    return isinstance(dtype, _LARGE)


def _has_fraction(column: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Decimal) and dtype.scale:
        return pl.col(column).cast(pl.String).str.contains(r"\.0*[1-9]")
    return pl.lit(value=False)


def canonical(  # noqa: C901, PLR0911 a table of types
    name: str, dtype: pl.DataType, whole: DType | None = None
) -> tuple[DType, pl.Expr, str] | None:
    """Return a column's canonical type, the converting expression, and how it converts, in words; None if it has none.

    `whole` is the type of whole numbers that `whole_columns` gives. Values that cannot be converted (infinite numbers,
    dates outside the years 1 to 9999) become null.
    """
    column = pl.col(name)
    if isinstance(dtype, _INTEGERS):
        return "integer", column.cast(pl.Int64), ""
    if isinstance(dtype, (*_LARGE, pl.Decimal)):
        return _wide(column, dtype, whole)
    if dtype.is_float():
        number = column.cast(pl.Float64)
        return "float", pl.when(number.is_finite()).then(number), ""
    if isinstance(dtype, pl.Boolean):
        return "boolean", column, ""
    if isinstance(dtype, pl.String | pl.Categorical | pl.Enum | pl.Null):
        how = "" if isinstance(dtype, pl.String) else "all null" if isinstance(dtype, pl.Null) else "category to text"
        return "string", column.cast(pl.String), how
    if isinstance(dtype, pl.Date):
        return "date", _in_calendar(column, dtype), ""
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is None:
            return "datetime", _in_calendar(column, dtype).cast(pl.Datetime("us")), ""
        utc = _in_calendar(column, dtype).dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return "datetime", utc.cast(pl.Datetime("us")), f"from {dtype.time_zone} to UTC"
    if isinstance(dtype, pl.Time):
        return "time", column, ""
    if isinstance(dtype, pl.Duration):
        nanoseconds = dtype.time_unit == "ns"
        units = column.dt.total_nanoseconds() if nanoseconds else column.dt.total_microseconds()
        # By a column: Polars multiplies by the reciprocal of a single number, which is not exact.
        return "float", units / (units * 0 + (1e9 if nanoseconds else 1e6)), "duration to seconds"
    if isinstance(dtype, pl.List | pl.Array | pl.Struct):
        # Polars writes only structs as JSON, so the value is wrapped in a struct and unwrapped again.
        wrapped = pl.struct(column.alias("v")).struct.json_encode()
        text = wrapped.str.strip_prefix('{"v":').str.strip_suffix("}")
        return "string", pl.when(column.is_not_null()).then(text), "nested values to JSON text"
    return None


def _wide(column: pl.Expr, dtype: pl.DataType, whole: DType | None) -> tuple[DType, pl.Expr, str]:
    """Convert decimals and whole numbers that may be beyond 64 bits."""
    if whole == "string":
        text = column.cast(pl.String)
        return "string", text.str.replace(r"\.0*$", "") if isinstance(dtype, pl.Decimal) else text, "beyond 64 bits"
    if isinstance(dtype, pl.Decimal) and whole is None:
        return "decimal", column.cast(pl.Decimal(DIGITS, dtype.scale)), ""
    return "integer", column.cast(pl.Int64, strict=False), "" if dtype.is_integer() else "whole decimals"


def _in_calendar(column: pl.Expr, dtype: pl.Date | pl.Datetime) -> pl.Expr:
    """Return dates or moments, null where the year is before 1 or after 9999, of which the library may know no year."""
    units = 86_400 * _PER_SECOND[dtype.time_unit] if isinstance(dtype, pl.Datetime) else 1
    if isinstance(dtype, pl.Datetime) and dtype.time_unit == "ns":
        return column  # 64 bits hold the years from 1677 to 2262
    return pl.when(column.to_physical().is_between(_FIRST_DAY * units, (_LAST_DAY + 1) * units - 1)).then(column)


def shown(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return the text of values, also of dates in years that no calendar has, as their distance from 1970."""
    column = pl.col(name)
    if isinstance(dtype, pl.Date):
        limit, unit = _MOST_DAYS, "days"
    elif isinstance(dtype, pl.Datetime):
        limit, unit = _MOST_DAYS * 86_400 * _PER_SECOND[dtype.time_unit], dtype.time_unit
    else:
        return column.cast(pl.String)
    distance = column.to_physical()
    text = pl.when(distance.is_between(-limit, limit)).then(column).cast(pl.String)
    return pl.coalesce(text, distance.cast(pl.String) + f" {unit} since 1970-01-01")


def present(name: str) -> pl.Expr:
    """Return an expression for the values that are present: not null. NaN and infinity are, though no number is."""
    return pl.col(name).is_not_null()
