"""Convert rows from callers, with some of the columns and possibly other types, to canonical columns."""

from collections.abc import Sequence

import polars as pl

from radix_assets.asof.parsing import iso
from radix_assets.asof.plan import Input
from radix_resources.errors import FeatureError

CANONICAL: dict[str, pl.DataType] = {
    "Int64": pl.Int64(),
    "Float64": pl.Float64(),
    "Boolean": pl.Boolean(),
    "String": pl.String(),
    "Date": pl.Date(),
    "Datetime": pl.Datetime("us"),
    "Time": pl.Time(),
}


def canonical(dtype: pl.DataType) -> str:
    """Return the name of a raw snapshot's type."""
    return dtype.base_type().__name__


def conform(rows: pl.DataFrame, inputs: Sequence[Input]) -> pl.DataFrame:
    """Return the columns that features read, in their canonical types. Missing columns are null.

    Raises FeatureError RDX-FEA-004 if a value cannot be converted to the column's type.
    """
    columns: dict[str, pl.Series] = {}
    given = dict(rows.schema)
    for column in inputs:
        dtype = CANONICAL[column.dtype]
        if column.name not in given:
            columns[column.name] = pl.repeat(None, len(rows), dtype=dtype, eager=True)
        elif given[column.name] == dtype:
            columns[column.name] = rows[column.name]
        else:
            columns[column.name] = _cast(rows[column.name], dtype)
    return pl.DataFrame(columns)


def _cast(values: pl.Series, dtype: pl.DataType) -> pl.Series:
    name, values = values.name, values.alias("x")
    try:
        if values.dtype == pl.String and dtype == pl.Boolean:
            words = values.str.strip_chars().str.to_lowercase()
            result = words.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
        elif values.dtype == pl.String and dtype.is_temporal():
            result = _parse(values, dtype)
        else:
            result = values.cast(dtype, strict=False)
            if values.dtype.is_float() and dtype == pl.Int64:
                result = result.set(result.cast(values.dtype) != values, None)
    except pl.exceptions.PolarsError:
        result = pl.repeat(None, len(values), dtype=dtype, eager=True)
    wrong = int((result.is_null() & values.is_not_null()).sum())
    if wrong:
        raise FeatureError(
            "RDX-FEA-004",
            f"{wrong} of {len(values)} values of {name!r} are not {canonical(dtype)}",
            expected=canonical(dtype),
            hint="pass the column in the type it had when the model was trained",
            column=name,
        )
    return result


def _parse(texts: pl.Series, dtype: pl.DataType) -> pl.Series:
    if dtype == pl.Time:
        value = pl.coalesce(pl.col("x").str.to_time(form, strict=False) for form in ("%H:%M:%S%.f", "%H:%M"))
    else:
        value = iso(pl.col("x")).cast(dtype)
    return texts.to_frame("x").select(value).to_series()
