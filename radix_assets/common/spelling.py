"""Compare keys that two tables write differently: in capitals or small letters, with or without leading zeros."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_ZEROS = r"^0+([0-9]+)$"


def folded(value: "pl.Expr", *, decimal: bool = False) -> "pl.Expr":
    """Return a key as text without what its spelling may differ in: `007` and `7`, `AB-1` and `ab-1` are equal.

    `decimal`: whether the values are floats or decimals that hold whole numbers.
    """
    import polars as pl

    text = (value.cast(pl.Int64, strict=False) if decimal else value).cast(pl.String, strict=False)
    return text.str.strip_chars().str.to_lowercase().str.replace(_ZEROS, "${1}")


def folded_sql(text: str) -> str:
    """Return the same as Spark SQL, of a value that is text already."""
    return f"regexp_replace(lower(trim({text})), '{_ZEROS}', '$1')"
