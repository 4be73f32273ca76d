"""Infer numbers: plain ones, and those with digit groups, a currency, a unit or a percent sign."""

import re
from collections.abc import Sequence
from typing import Final

from radix_assets.sources.schema import Reading
from radix_assets.sources.types.counts import Counts, Finding, required
from radix_assets.sources.types.readings import is_formatted, number_pattern

_CODES = [
    "USD",
    "EUR",
    "GBP",
    "JPY",
    "CNY",
    "INR",
    "CHF",
    "CAD",
    "AUD",
    "NZD",
    "BRL",
    "MXN",
    "ARS",
    "CLP",
    "COP",
    "KRW",
    "SGD",
    "HKD",
    "TWD",
    "THB",
    "IDR",
    "MYR",
    "PHP",
    "SEK",
    "NOK",
    "DKK",
    "ISK",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "BGN",
    "RUB",
    "UAH",
    "TRY",
    "ILS",
    "ZAR",
    "EGP",
    "NGN",
    "AED",
    "SAR",
    "VND",
]
_SIGNS = [
    *("US$", "CA$", "NT$", "HK$", "NZ$", "AU$", "R$", "A$", "C$", "S$", "$", "€", "£", "¥", "₹", "₩", "₽", "₺", "₪"),
    *("￥", "＄", "฿", "₫", "₴", "₦", "₱", "円", "元", "원", "zł", "Kč", "руб", "грн"),
]
_WORDS = [
    *("SFr", "sFr", "Fr", "Rs", "kr", "Kr", "Ft", "TL", "RM", "Rp", "lei", "Lei", "DM", "Euro", "euro", "euros"),
    *("Dollar", "dollars"),
]
"""Currencies of letters, which may be part of a code as well. A point behind them abbreviates: `Rs. 500`."""
CURRENCIES: Final = [*_SIGNS, *_WORDS, *_CODES]
MEASURES: Final = [
    *("kg", "mg", "µg", "lbs", "lb", "oz", "km", "cm", "mm", "µm", "nm", "miles", "mi", "ft", "inch", "yd", "ha"),
    *("km²", "m²", "m³", "sqm", "sqft", "sq ft", "ml", "cl", "dl", "hl", "kWh", "MWh", "Wh", "kW", "MW", "kV", "mV"),
    *("kJ", "kcal", "cal", "bar", "mbar", "hPa", "kPa", "MPa", "psi", "Hz", "kHz", "MHz", "GHz", "rpm", "hp", "bhp"),
    *("CC", "cc", "kmpl", "km/kg", "km/h", "kmh", "mph", "m/s", "mpg", "°C", "°F", "°", "KB", "kB", "MB", "GB", "TB"),
    *("ppm", "ppb", "dB", "dpi", "px", "pcs", "Stk", "ms", "sec", "secs", "min", "mins", "minutes", "hours", "hour"),
    *("hrs", "hr", "days", "day", "weeks", "months", "month", "years", "year", "yrs", "points", "pts"),
]
_LETTERS = ["g", "t", "m", "l", "h", "s", "W", "V"]
"""Units of one letter, which may be part of a code as well."""
_GROUPS = {".": [",", "", " ", "'"], ",": [".", "", " ", "'"]}
_NEARLY = 0.9
_MOSTLY = 0.5
_FEW = 5


def plain_number(count: Counts) -> Finding | None:
    """Return the reading of plain numbers; None if the column holds identifiers or is not numeric."""
    if not count.present or count.floats < required(count.present) or are_codes(count):
        return None
    failed = count.present - count.floats
    if count.integers == count.floats:
        return Finding(Reading(dtype="integer"), "whole numbers", failed)
    if count.present < count.rows and count.whole and count.whole + count.integers >= count.floats:
        how = "whole numbers, written with .0 because some are missing"
        return Finding(Reading(dtype="integer", whole=True), how, failed)
    return Finding(Reading(dtype="float"), "decimal numbers", failed)


def are_codes(count: Counts) -> bool:
    """Return whether values that could be numbers identify things: they would lose zeros, a plus or their last digits.

    Whole numbers that all begin with a plus are telephone numbers. Digits, E, digits, as in 67E9, are a code unless
    other values of the column have a fraction.
    """
    fractions = count.floats - count.integers - count.bare_exponents
    return bool(
        count.zero_led
        or count.oversized
        or (count.plus_led == count.present and count.integers)
        or (count.bare_exponents and not fractions)
        or count.odd_exponents
    )


def looks_numeric(values: Sequence[str]) -> bool:
    """Return whether a sample of values is worth trying as numbers with marks, units or signs."""
    return bool(values) and sum(bool(_NUMERIC.match(value)) for value in values) >= _NEARLY * len(values)


_NUMERIC = re.compile(r"^[^\d]{0,6}\d[\d., '\u2019\u00a0\u2009\u202f]*(?:[eE][-+]?\d+|[^\d]{0,10})$")
ZERO_LED = r"^[^\d.,]{0,6}0\d"
"""The pattern of a number that begins with a zero before another digit."""
_ZERO_LED = re.compile(ZERO_LED)
_TELEPHONE = re.compile(r"^\+[\d ]+$")
_FULL_GROUPS = re.compile(r"^\d{3}(?:[ .]\d{3}){2,}$")
_BRACKETED = re.compile(r"^\(.*\)$|^[^\d(]*\(.*\)$|(?<![.,])[-\u2212]$")
_FRACTION = re.compile(r"\d[.,]\d")
_NO_CENTS = re.compile(r"\d[.,][-\u2010-\u2015]{1,2}(?!\d)")
"""Amounts without cents: 5,- or 5.–"""
_INDIAN = re.compile(r"\d,\d{2},\d{3}(?!\d)")
_BARE_EXPONENT = re.compile(r"^[-+]?\d+[eE]\d+$")


def number_candidates(values: list[str], decimal: str) -> list[Finding]:
    """Return candidate readings of a sample of distinct values as formatted numbers, the likeliest first.

    `decimal` is the decimal mark; with empty text both are tried.
    """
    if not looks_numeric(values) or _are_written_codes(values):
        return []
    unit = _unit(values)
    bracketed = sum(bool(_BRACKETED.search(value)) for value in values)
    signs = (
        0 < bracketed < len(values)
        or (bracketed and any(_FRACTION.search(value) for value in values))
        or any(value.startswith("\u2212") for value in values)
        or (not unit and any(_NO_CENTS.search(value) for value in values))
    )
    candidates = []
    for mark in [decimal] if decimal else [".", ","]:
        for thousands in _GROUPS[mark]:
            indian = thousands == "," and any(_INDIAN.search(value) for value in values)
            options = {"decimal": mark, "thousands": thousands, "indian": indian, "unit": unit, "signs": signs}
            reading = Reading.model_validate({"dtype": "float", **options})
            pattern = re.compile(number_pattern(reading))
            matching = [value for value in values if pattern.match(value)]
            if len(matching) < _NEARLY * len(values) or not is_formatted(reading):
                continue  # plain numbers were left as text for a reason
            if thousands and not any(_holds(value, thousands) for value in matching):
                continue
            if not any(mark in value for value in matching):
                if mark == "," and not thousands and not unit and not signs:
                    continue
                if not unit:  # amounts are as a rule fractions, also where a table holds none
                    whole = reading.model_copy(update={"dtype": "integer"})
                    candidates.append(Finding(whole, _description(whole)))
            candidates.append(Finding(reading, _description(reading)))
    return candidates


def _are_written_codes(values: list[str]) -> bool:
    """Return whether a sample holds codes: leading zeros, telephone numbers, groups of always the same length."""
    return (
        any(_ZERO_LED.match(value) for value in values)
        or all(_TELEPHONE.match(value) for value in values)
        or any(_BARE_EXPONENT.match(value) for value in values)
        or (len(values) >= _FEW and len({len(value) for value in values}) == 1 and all(map(_FULL_GROUPS.match, values)))
    )


def _holds(value: str, mark: str) -> bool:
    spellings = {" ": " \u00a0\u2009\u202f", "'": "'\u2019"}.get(mark, mark)
    return any(f"0{spelling}0" in re.sub(r"\d", "0", value) for spelling in spellings)


def _unit(values: list[str]) -> str:
    """Return the one unit beside the numbers; empty if there are several, or if it is rare.

    Some values may leave it out, but not a percent sign: 0.05 beside 5% has another scale.
    """
    bare = [value.strip("-+()\u2212\u2013 ") for value in values]

    def share(mark: str, *, before: bool) -> float:
        number = sum(
            value.endswith((mark, f"{mark}.") if mark[-1].isalpha() else mark) or (before and value.startswith(mark))
            for value in bare
        )
        return number / len(values)

    for mark in ["%", *CURRENCIES]:
        if share(mark, before=True) >= (_NEARLY if mark == "%" else _MOSTLY) and not (
            mark in _WORDS and _are_marked(values, mark)
        ):
            return mark
    for mark in [*sorted(MEASURES, key=len, reverse=True), *_LETTERS]:
        if share(mark, before=False) >= _MOSTLY and not (mark in _LETTERS and _may_be_codes(values, mark)):
            return mark
    return ""


def _are_marked(values: list[str], word: str) -> bool:
    """Return whether a word beside numbers may mark codes, such as `RM 101`, rather than amounts, such as `Rs. 350`."""
    if any(re.search(rf"{word}\d|\d{word}", value) for value in values):
        return True
    return not any(re.search(r"\d[.,'\u2019]\d", value) or value.startswith(f"{word}.") for value in values) and all(
        value.startswith(word) for value in values
    )


def _may_be_codes(values: list[str], letter: str) -> bool:
    return not all(value.endswith(f" {letter}") or "." in value or "," in value for value in values)


def _description(reading: Reading) -> str:
    parts = ["numbers"]
    if reading.unit == "%":
        parts.append("in per cent (100% is 100.0)")
    elif reading.unit:
        parts.append(f"with the unit {reading.unit}")
    if reading.thousands:
        size = "two and three" if reading.indian else "three"
        parts.append(f"with groups of {size} digits ({'space' if reading.thousands == ' ' else reading.thousands})")
    if reading.decimal != "." and reading.dtype != "integer":
        parts.append("with a decimal comma")
    if reading.signs:
        parts.append("with negative ones in brackets or with the minus behind")
    return " ".join(parts)
