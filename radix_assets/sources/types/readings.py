"""Convert text to canonical values: a Polars expression for each reading."""

import re

import polars as pl

from radix_assets.sources.schema import DType, Reading

CANONICAL: dict[DType, pl.datatypes.DataType] = {
    "integer": pl.Int64(),
    "float": pl.Float64(),
    "boolean": pl.Boolean(),
    "string": pl.String(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
    "time": pl.Time(),
}
NULL_TOKENS = [
    *("NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "Null", "null", "None", "NaN", "nan", "NAN", "NaT", "nil", "(null)"),
    *("?", "-", "--", "—", "–", ".", "\\N", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"),
    *("inf", "-inf", "+inf", "Inf", "-Inf", "Infinity", "-Infinity", "infinity", "-infinity"),
]
"""Texts that mean null if the rest of the column is not text."""
_TEMPORAL = {"date": pl.Date(), "datetime": pl.Datetime("us"), "time": pl.Time()}
_EXACT_INTEGER = 2**53


def dtype_of(dtype: pl.DataType) -> DType:
    """Return the canonical name of a canonical Polars type."""
    return next(name for name, canonical_dtype in CANONICAL.items() if canonical_dtype == dtype)


def cleaned(text: pl.Expr, nulls: list[str]) -> pl.Expr:
    """Strip surrounding white space; null if the text is empty or one of `nulls`."""
    stripped = text.str.strip_chars()
    absent = stripped.str.len_bytes() == 0
    if nulls:
        absent |= stripped.is_in(nulls)
    return pl.when(~absent).then(stripped)


def parsed(text: pl.Expr, reading: Reading) -> pl.Expr:
    """Convert cleaned text to canonical values; null if a text cannot be read this way."""
    if reading.nulls:
        text = pl.when(~text.is_in(reading.nulls)).then(text)
    match reading.dtype:
        case "integer" | "float":
            return _numbers(text, reading)
        case "boolean":
            word = text.str.to_lowercase()
            return pl.when(word.is_in(reading.true)).then(True).when(word.is_in(reading.false)).then(False)
        case "date" | "datetime" | "time":
            return _moments(text, reading)
        case "string":
            return text


def _numbers(text: pl.Expr, reading: Reading) -> pl.Expr:
    if reading.thousands or reading.unit or reading.decimal != ".":
        text = pl.when(text.str.contains(number_pattern(reading))).then(_bare(text, reading))
    if reading.dtype == "integer" and not reading.whole:
        return text.cast(pl.Int64, strict=False)
    number = text.cast(pl.Float64, strict=False)
    number = pl.when(number.is_finite()).then(number)
    if reading.dtype == "float":
        return number
    exact = (number == number.floor()) & (number.abs() <= _EXACT_INTEGER)
    return pl.when(exact).then(number).cast(pl.Int64, strict=False)


def _bare(text: pl.Expr, reading: Reading) -> pl.Expr:
    """Return digits, sign and decimal point only."""
    negative = text.str.starts_with("(") | text.str.contains("-", literal=True)
    for mark in (reading.unit, reading.thousands):
        if mark:
            text = text.str.replace_all(mark, "", literal=True)
    if reading.decimal != ".":
        text = text.str.replace(reading.decimal, ".", literal=True)
    digits = text.str.replace_all(r"[^0-9.]", "")
    return pl.when(negative).then(pl.lit("-") + digits).otherwise(digits)


def number_pattern(reading: Reading) -> str:
    """Return the regular expression of a number written this way: sign, unit before or behind, digit groups."""
    decimal, thousands, unit = re.escape(reading.decimal), re.escape(reading.thousands), re.escape(reading.unit)
    whole = rf"(?:\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)" if thousands else r"\d+"
    number = rf"(?:{whole}(?:{decimal}\d*)?|{decimal}\d+)"
    if not unit:
        return rf"^[-+]?{number}$"
    return (
        rf"^(?:[-+]?\s*(?:{unit})?\s*[-+]?{number}\s*(?:{unit})?"
        rf"|\(\s*(?:{unit})?\s*{number}\s*(?:{unit})?\s*\))$"
    )


def _moments(text: pl.Expr, reading: Reading) -> pl.Expr:
    target = _TEMPORAL[reading.dtype]
    attempts = []
    for pattern in reading.formats:
        zoned = pattern.endswith("%#z")
        candidate = _utc(text) if zoned else text
        guard = _year_guard(pattern)
        if guard:
            candidate = pl.when(candidate.str.contains(guard)).then(candidate)
        moment = candidate.str.strptime(
            pl.Datetime("us", "UTC") if zoned else target, pattern, strict=False, ambiguous="null"
        )
        attempts.append(moment.dt.replace_time_zone(None) if zoned else moment)
    return pl.coalesce(attempts).cast(target)


def _utc(text: pl.Expr) -> pl.Expr:
    """Return the text with Z as an offset, and with minutes added to an offset of hours only."""
    return text.str.replace(r"\s*(?:Z|z|UTC|GMT)$", "+0000").str.replace(r"\s*([+-]\d{2})$", "${1}00")


def _year_guard(pattern: str) -> str:
    """Require the number of digits of the format's year: strptime would read 1/2/20 as the year 20."""
    if pattern.startswith("%Y"):
        return r"^\d{4}"
    return r"\d{4}" if "%Y" in pattern else ""
