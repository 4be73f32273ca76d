"""Convert text to canonical values: a Polars expression for each reading."""

import re
from typing import Final

import polars as pl

from radix_assets.sources.schema import DType, Reading
from radix_assets.sources.types.months import is_named, plain, plain_format
from radix_assets.sources.types.whole_formats import missing_parts
from radix_assets.sources.types.zone_names import with_offsets

DIGITS = 38
"""The digits of a decimal."""
CANONICAL: dict[DType, pl.datatypes.DataType] = {
    "integer": pl.Int64(),
    "float": pl.Float64(),
    "boolean": pl.Boolean(),
    "string": pl.String(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
    "time": pl.Time(),
    "decimal": pl.Float64(),
}
"""The types in which stages compute. In the snapshot itself a decimal is a Decimal, see `stored_type`."""
NULL_TOKENS = [
    *("NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "Null", "null", "None", "NaN", "nan", "NAN", "NaT", "nil", "(null)"),
    *("?", "-", "--", "—", "–", ".", "\\N", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"),
    *("inf", "-inf", "+inf", "Inf", "-Inf", "Infinity", "-Infinity", "infinity", "-infinity"),
]
"""Texts that are no values of a column that is not text: they mean null, or an infinite number."""
INFINITE = frozenset(token for token in NULL_TOKENS if "inf" in token.lower())
"""Those that are numbers which cannot be kept: they are set aside and counted."""
FIRST_YEAR, LAST_YEAR = 1, 9999
"""The years of Python's dates, to which the dates of a snapshot are held."""
_TEMPORAL = {"date": pl.Date(), "datetime": pl.Datetime("us"), "time": pl.Time()}
_SPELLINGS = {" ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}
_MINUS = "\u2212"
ZONE: Final = "%#z"
"""The end of a format of datetimes with a time zone: `Z`, `UTC`, `GMT` or an offset."""
_NO_CENTS = "[-\u2010-\u2015]{1,2}"
"""In place of the digits after the decimal mark: 5,- is 5."""


def stored_type(reading: Reading) -> pl.DataType:
    """Return the Polars type of a reading's values in the snapshot."""
    return pl.Decimal(DIGITS, reading.scale) if reading.dtype == "decimal" else CANONICAL[reading.dtype]


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
        case "integer" | "float" | "decimal":
            return _numbers(bare(text, reading), reading)
        case "boolean":
            word = text.str.to_lowercase()
            return pl.when(word.is_in(reading.true)).then(True).when(word.is_in(reading.false)).then(False)
        case "date" | "datetime" | "time":
            return _moments(text, reading)
        case "string":
            return text


def within_calendar(moment: pl.Expr) -> pl.Expr:
    """Return dates or datetimes; null where the year is before 1 or after 9999."""
    return pl.when(moment.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(moment)


def is_formatted(reading: Reading) -> bool:
    """Return whether numbers are written otherwise than programs write them."""
    return bool(reading.thousands or reading.unit or reading.signs or reading.decimal != ".")


def bare(text: pl.Expr, reading: Reading) -> pl.Expr:
    """Return numbers as programs write them: digits, a sign, a decimal point; null if a text does not fit."""
    if not is_formatted(reading):
        return text
    text = pl.when(text.str.contains(number_pattern(reading))).then(text)
    text = text.str.replace(rf"({re.escape(reading.decimal)}){_NO_CENTS}", "${1}")
    negative = text.str.contains(rf"\(|[-{_MINUS}]")
    if reading.unit:
        text = text.str.replace_all(_unit(reading.unit), "")
    if reading.thousands:
        text = text.str.replace_all(_separator(reading.thousands), "")
    if reading.decimal != ".":
        text = text.str.replace(reading.decimal, ".", literal=True)
    if not reading.unit and not reading.signs:
        return text.str.replace(_MINUS, "-", literal=True)
    digits = text.str.replace_all(r"[^0-9.]", "")
    return pl.when(negative).then(pl.lit("-") + digits).otherwise(digits)


def number_pattern(reading: Reading) -> str:
    """Return the regular expression of a number written this way: sign, unit before or behind, digit groups."""
    decimal, unit = re.escape(reading.decimal), _unit(reading.unit)
    whole = r"\d+"
    if reading.thousands:
        mark = _separator(reading.thousands)
        groups = rf"\d{{1,2}}(?:{mark}\d{{2}})*{mark}\d{{3}}" if reading.indian else rf"\d{{1,3}}(?:{mark}\d{{3}})+"
        whole = rf"(?:{groups}|\d+)"
    number = rf"(?:{whole}(?:{decimal}(?:\d*|{_NO_CENTS}))?|{decimal}\d+)"
    sign = rf"[-+{_MINUS}]?"
    if not unit and not reading.signs:
        exponent = "" if reading.thousands else r"(?:[eE][-+]?\d+)?"
        return rf"^{sign}{number}{exponent}$"
    # Without its sign a percentage could be a share, so the sign is required; other units may be left out.
    amount = rf"(?:{unit}\s*{number}|{number}\s*{unit})" if unit == "%" else _amount(number, unit)
    behind = rf"\s*[-{_MINUS}]?" if reading.signs else ""
    apart = rf"|{unit}\s*\(\s*{number}\s*\)|\(\s*{number}\s*\)\s*{unit}" if unit else ""
    return rf"^(?:{sign}\s*{amount}{behind}|\(\s*{amount}\s*\){apart})$"


def _unit(unit: str) -> str:
    """Return the regular expression of a unit; a point behind letters abbreviates them, as in `Rs. 500`."""
    return rf"{re.escape(unit)}\.?" if unit[-1:].isalpha() else re.escape(unit)


def _amount(number: str, unit: str) -> str:
    return rf"(?:{unit})?\s*[-+{_MINUS}]?{number}\s*(?:{unit})?" if unit else number


def _separator(mark: str) -> str:
    return _SPELLINGS.get(mark, re.escape(mark))


def _numbers(text: pl.Expr, reading: Reading) -> pl.Expr:
    match reading.dtype:
        case "integer":
            whole = text.str.replace(r"\.0*$", "") if reading.whole else text
            return whole.cast(pl.Int64, strict=False)
        case "decimal":
            # Polars drops digits beyond the scale, and reads exponents.
            exact = ~text.str.contains(rf"[eE]|\.\d{{{reading.scale}}}\d*[1-9]")
            return pl.when(exact).then(text).cast(stored_type(reading), strict=False)
        case _:
            number = text.cast(pl.Float64, strict=False)
            return pl.when(number.is_finite()).then(number)


def _moments(text: pl.Expr, reading: Reading) -> pl.Expr:
    target = _TEMPORAL[reading.dtype]
    attempts = []
    for pattern in reading.formats:
        zoned = pattern.endswith(ZONE) or "%Z" in pattern or "%z" in pattern
        candidate = with_offsets(text) if zoned else text
        written = pattern.replace(" %Z", ZONE).replace("%Z", ZONE).replace(" %z", ZONE)
        if is_named(pattern):
            candidate, written = plain(candidate, written), plain_format(written)
        elif guard := _year_guard(pattern):
            candidate = pl.when(candidate.str.contains(guard)).then(candidate)
        more, directives = missing_parts(pattern)
        if more:
            candidate, written = candidate + more, written + directives
        if ",%.f" in pattern or "%.f" in written:
            candidate = candidate.str.replace(r"(:\d{2}),(\d)", "${1}.${2}")
        moment = candidate.str.strptime(
            pl.Datetime("us", "UTC") if zoned else target, written, strict=False, ambiguous="null"
        )
        moment = moment.dt.replace_time_zone(None) if zoned else moment
        if "%y" in pattern and reading.pivot is not None:
            moment = _in_century(moment, reading.pivot)
        attempts.append(moment)
    moments = pl.coalesce(attempts).cast(target)
    return moments if reading.dtype == "time" else within_calendar(moments)


def _in_century(moment: pl.Expr, pivot: int) -> pl.Expr:
    """Move moments by a century so that their years are the hundred years that end with `pivot`."""
    year = moment.dt.year()
    centuries = pl.when(year > pivot).then(pl.lit("-100y")).when(year <= pivot - 100).then(pl.lit("100y"))
    moved = moment.dt.offset_by(centuries.otherwise(pl.lit("0y")))
    # 29 February is no day of 1900, and would become the 28th.
    return pl.when(moved.dt.day() == moment.dt.day()).then(moved)


_SHORT_YEAR: Final = re.compile(r"%[dm]\D%[dm]\D%y")


def _digits(pattern: str) -> str:
    """Return a regular expression by which a year of two digits has two digits."""
    parts = re.split(r"(%[-_0]?[A-Za-z])", pattern)
    known = {"%y": r"\d{2}", "%Y": r"\d{4}", **dict.fromkeys(("%d", "%m", "%H", "%M", "%S", "%I"), r"\d{1,2}")}
    return "^" + "".join(known.get(part, ".*?" if part.startswith("%") else re.escape(part)) for part in parts)


def _year_guard(pattern: str) -> str:
    """Require the number of digits of the format's year: strptime would read 1/2/20 as the year 20, 1.2.3 as a day."""
    if pattern.startswith("%Y"):
        return r"^\d{4}"
    if pattern.startswith("%y") and pattern[3:5] == "%m" and pattern[6:8] == "%d":
        return r"^\d{2}\D\d{2}\D\d{2}(?:\D|$)"
    if "%y" in pattern and not _SHORT_YEAR.match(pattern):
        return _digits(pattern)
    if "%y" in pattern:
        return r"^\d{1,2}\D\d{1,2}\D\d{2}(?:\D|$)"
    return r"\d{4}" if "%Y" in pattern else ""
