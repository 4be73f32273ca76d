"""Read the values of a raw column for features: as numbers, truth values, dates or text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.asof.plan import Reading

if TYPE_CHECKING:
    from radix_assets.common.vocabulary import FeatureType

TRUE = ("true", "t", "yes", "y", "1", "on")
FALSE = ("false", "f", "no", "n", "0", "off")
ISO = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d")
"""Formats of text that is read as dates. The list is fixed: a text must mean the same in one row and in a million."""
_WORDS = pl.Series([*TRUE, *FALSE])
_ONE_NUMBER = r"^[^\d.,+-]*([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d+)?)[^\d]*$"
"""Text with one number in it, such as 12 kg or $1,200.50; not a date, a range or a version."""


@dataclass(frozen=True)
class Unusable:
    """The reason why a column cannot be read."""

    reason: str


def choose(kind: "FeatureType", column: pl.Series) -> Reading | Unusable:
    """Return how to read a column with this tagged type.

    `column` is the raw column, or its distinct values; the user's tag may not fit the data.
    """
    dtype = column.dtype
    if kind in ("not-generalizable", "url", "list"):
        return Unusable(f"its type is {kind}")
    if dtype == pl.Boolean:
        return "boolean"
    if kind in ("datetime", "numeric", "embedded-number") or (kind == "context-specific" and dtype != pl.String):
        return _measure("datetime" if kind == "datetime" else "numeric", column)
    if kind == "sentence" and dtype == pl.String:
        return "text"
    return "boolean" if _binary(column) else "categorical"


def read(column: str, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    """Return the values of a raw column as read. Unreadable values are null, as are NaN and infinities."""
    raw = exactly(column)
    if reading == "numeric":
        return _number(raw, dtype)
    if reading == "boolean":
        return _truth(raw, dtype)
    if reading == "datetime":
        return iso(raw) if dtype == pl.String else raw.cast(pl.Datetime("us"))
    return raw.cast(pl.String)


def iso(text: pl.Expr) -> pl.Expr:
    """Return Datetime("us") from ISO 8601 text; null if it is not a date."""
    return pl.coalesce(text.str.strip_chars().str.to_datetime(form, time_unit="us", strict=False) for form in ISO)


def _number(raw: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Time:
        return raw.cast(pl.Int64) / 3.6e12  # nanoseconds since midnight, in hours
    if dtype == pl.String:
        raw = raw.str.extract(_ONE_NUMBER).str.replace_all(",", "", literal=True)
    value = raw.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def _truth(raw: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Boolean:
        return raw
    if dtype == pl.String:
        word = raw.str.strip_chars().str.to_lowercase()
        return pl.when(word.is_in(_WORDS.implode())).then(word.is_in(pl.Series(TRUE).implode()))
    return raw == 1


def moment(parts: Sequence[str], schema: pl.Schema) -> pl.Expr:
    """Return the time given by its parts, Datetime("us"); null if a part is missing or the date does not exist.

    A part is a date, a date with time, a time of day, or the next number of year, month, day, hour, minute, second.
    """
    start: pl.Expr | None = None
    numbers: list[str] = []
    times: list[str] = []
    for part in parts:
        dtype = schema[part]
        if dtype == pl.Time:
            times.append(part)
        elif start is None and not numbers and (dtype.is_temporal() or dtype == pl.String):
            start = read(part, dtype, "datetime")
        else:
            numbers.append(part)
    values = [exactly(name).cast(pl.Float64, strict=False).cast(pl.Int64, strict=False) for name in numbers]
    if start is None:
        start, values = _date(values[:3]), values[3:]
    # hour 24 is midnight of the next day, as in timetables
    for value, unit, most in zip(values, ("hours", "minutes", "seconds"), (24, 59, 59), strict=False):
        start = start + pl.when(value.is_between(0, most)).then(pl.duration(**{unit: value}, time_unit="us"))
    for part in times:
        start = start + pl.duration(nanoseconds=exactly(part).cast(pl.Int64), time_unit="us")
    return start.cast(pl.Datetime("us"))


def known_from(parts: Sequence[str], others: Sequence[str], schema: pl.Schema) -> pl.Expr:
    """Return since when a row is known: the latest of its time and of other dates; null if it has no time."""
    time = moment(parts, schema)
    if not others:
        return time
    latest = pl.max_horizontal(time, *(read(name, schema[name], "datetime") for name in others))
    return pl.when(time.is_not_null()).then(latest)


def _date(values: list[pl.Expr]) -> pl.Expr:
    year, month, day = [*values, pl.lit(1, pl.Int64), pl.lit(1, pl.Int64)][:3]
    valid = year.is_between(1, 9999) & month.is_between(1, 12) & day.is_between(1, 31)
    first = pl.datetime(pl.when(valid).then(year), pl.when(valid).then(month), 1)
    date = first + pl.duration(days=day - 1, time_unit="us")
    return pl.when(date.dt.month() == month).then(date)  # 30 February would become a day in March


def _binary(column: pl.Series) -> bool:
    values = column.drop_nulls()
    if values.is_empty():
        return False
    if values.dtype == pl.String:
        return bool(values.str.strip_chars().str.to_lowercase().is_in(_WORDS.implode()).all())
    return values.dtype.is_numeric() and bool(values.is_in(pl.Series([0, 1], dtype=values.dtype).implode()).all())


def _measure(kind: Literal["datetime", "numeric"], column: pl.Series) -> Reading | Unusable:
    if column.dtype in (pl.Date, pl.Datetime):
        return "datetime"
    if column.dtype != pl.String:
        return "numeric"
    if _readable(column.to_frame("x"), kind):
        return kind
    return Unusable(f"tagged {kind}, but its texts are none")


def _readable(frame: pl.DataFrame, reading: Reading) -> bool:
    """Return whether at least half of the texts can be read in this way."""
    values = frame.select(read("x", frame.schema["x"], reading)).to_series()
    present = len(frame) - frame["x"].null_count()
    return present > 0 and len(values) - values.null_count() >= present / 2
