"""Infer numbers: plain ones, and those with digit groups, a currency or a percent sign."""

import re

from radix_assets.sources.schema import Reading
from radix_assets.sources.types.counts import Counts, Finding, required
from radix_assets.sources.types.readings import number_pattern

_CURRENCIES = [
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
_SYMBOLS = ["R$", "US$", "CA$", "A$", "$", "€", "£", "¥", "₹", "₩", "₽", "₺", "₪", "฿", "₫", "zł", "kr", *_CURRENCIES]
_STYLES = [(".", ","), (".", ""), (".", " "), (".", "'")]
_COMMA_STYLES = [(",", "."), (",", ""), (",", " ")]
_NEARLY = 0.9


def plain_number(count: Counts) -> Finding | None:
    """Return the reading of plain numbers; None if the column holds identifiers or is not numeric."""
    if not count.present or count.floats < required(count.present):
        return None
    if count.zero_led or count.oversized or count.plus_led == count.present:
        return None  # postal codes, telephone numbers, long identifiers: they identify things and are not quantities
    failed = count.present - count.floats
    if count.integers >= required(count.present):
        return Finding(Reading(dtype="integer"), "whole numbers", count.present - count.integers)
    if count.present < count.rows and count.whole and count.whole + count.integers >= count.floats:
        how = "whole numbers, written with .0 because some are missing"
        return Finding(Reading(dtype="integer", whole=True), how, failed)
    return Finding(Reading(dtype="float"), "decimal numbers", failed)


def number_candidates(values: list[str], *, comma_separated: bool) -> list[Finding]:
    """Return candidate readings of a sample of distinct values as formatted numbers, the likeliest first.

    `comma_separated` says that a comma between digits is unlikely to be a decimal mark.
    """
    if not values or not _promising(values[:20]):
        return []
    unit = _unit(values)
    candidates = []
    for decimal, thousands in [*_STYLES, *([] if comma_separated else _COMMA_STYLES)]:
        reading = Reading(dtype="float", decimal=decimal, thousands=thousands, unit=unit)
        pattern = re.compile(number_pattern(reading))
        matching = [value for value in values if pattern.match(value)]
        if len(matching) < _NEARLY * len(values) or (thousands and not any(thousands in value for value in matching)):
            continue
        if not unit and not thousands and decimal == ".":
            continue  # plain numbers that were left as text for a reason
        if not unit and not any(decimal in value for value in matching):
            reading.dtype = "integer"
        candidates.append(Finding(reading, _description(reading)))
    return candidates


def _promising(values: list[str]) -> bool:
    numeric = sum(any(mark.isdigit() for mark in value) and len(value) < 40 for value in values)  # noqa: PLR2004
    return numeric >= _NEARLY * len(values)


def _unit(values: list[str]) -> str:
    """Return the one unit beside the numbers; empty if there are several, or if it is rare."""
    least = _NEARLY * len(values)
    for mark in ["%", *_SYMBOLS]:
        if sum(value.strip("-+() ").startswith(mark) or value.strip("() ").endswith(mark) for value in values) >= least:
            return mark
    return ""


def _description(reading: Reading) -> str:
    parts = ["numbers"]
    if reading.unit == "%":
        parts.append("in per cent (100% is 100.0)")
    elif reading.unit:
        parts.append(f"with the unit {reading.unit}")
    if reading.thousands:
        parts.append(f"with groups of three digits ({'space' if reading.thousands == ' ' else reading.thousands})")
    if reading.decimal != ".":
        parts.append("with a decimal comma")
    return " ".join(parts)
