"""Meanings that are recognized by the form of values or a check digit, whatever the header."""

import re
from collections.abc import Callable

from radix_assets.personal_data import forms

NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:[ ,.']\d{3})+|\d+)?(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
CURRENCY_SIGNS = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₺": "TRY",
    "R$": "BRL",
}
_MONEY = re.compile(
    r"[-(]?\s?(?:R\$|US\$|[$€£¥₹₽₩₺])\s?-?[\d.,]+\)?\s?(?:[kKmMbB]|bn|mn)?|-?[\d.,]+\s?(?:[€£$₹₽₺]|(?:USD|EUR|GBP|"
    r"CHF|JPY|INR))"
)
_PERCENT = re.compile(r"[+-]?\d*[.,]?\d+\s?%")
_URL = re.compile(r"(?:https?|ftp|s3|gs)://\S+|www\.\S+\.\S+", re.IGNORECASE)
_UUID = re.compile(r"\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?", re.IGNORECASE)
_HASH = re.compile(r"(?=.*[a-f])(?=.*\d)(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})", re.IGNORECASE)
_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})|rgba?\([\d\s,.%]+\)", re.IGNORECASE)
_VERSION = re.compile(r"v?\d+\.\d+\.\d+(?:[.\-+][\w.\-+]*)?")
_PATH = re.compile(
    r"(?:[A-Za-z]:\\|/|\./|\.\./|~/|\\\\)[^\s:*?\"<>|]*[\w.]|[\w\-]+(?:/[\w.\-]+)+\.\w{1,5}|"
    r"[\w\-]+\.(?:csv|txt|pdf|jpe?g|png|gif|wav|mp[34]|xlsx?|docx?|zip|gz|json|xml|html?|py|tiff?|parquet)"
)
_MIME = re.compile(r"(?:application|audio|font|image|message|model|multipart|text|video)/[\w.+-]+(?:;.*)?")
_JSON = re.compile(r"\{.*[:}].*|\[\s*(?:[{\[\"'\d-].*)?\]", re.DOTALL)
_POINT = re.compile(r"\(?\s?-?\d{1,3}\.\d+\s?[,; ]\s?-?\d{1,3}\.\d+\s?\)?|POINT ?\(.*\)")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:\s?[aApP]\.?[mM]\.?)?")
_LASTING = re.compile(
    r"P(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?|\d+ days?,? \d+:\d\d(?::\d\d)?(?:\.\d+)?|"
    r"(?:\d+\s?(?:years?|yrs?|months?|weeks?|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)\s?)+",
    re.IGNORECASE,
)
_DAY = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|"
    r"\d{1,2}[ -][^\W\d]{3,9}\.?[ -]\d{2,4}|[^\W\d]{3,9}\.? \d{1,2},? \d{4})"
)
_DATE = re.compile(_DAY)
_MOMENT = re.compile(rf"(?:[^\W\d]{{3}},? )?{_DAY}[T ,]+\d{{1,2}}:\d{{2}}.*")
_TICKER = re.compile(r"[A-Z]{1,5}(?:\.[A-Z]{1,2})?")


def is_number(text: str) -> bool:
    """Return whether a text is a number, with thousands separators and either decimal sign."""
    return bool(text) and any(char.isdigit() for char in text) and NUMBER.fullmatch(text) is not None


def as_number(text: str) -> float | None:
    """Return the value of a plain number; a single comma is a decimal sign."""
    try:
        return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text.replace(",", ""))
    except ValueError:
        return None


def _is_isbn(text: str) -> bool:
    if not 10 <= len(text) <= 17 or not (text.isdigit() or "-" in text or text[-1] in "xX"):  # noqa: PLR2004
        return False
    from stdnum import isbn

    return bool(isbn.is_valid(text))


def _is_ean(text: str) -> bool:
    if not text.isdigit() or len(text) not in {8, 12, 13, 14}:
        return False
    from stdnum import ean

    return bool(ean.is_valid(text))


def is_vin(text: str) -> bool:
    """Return whether a text is a vehicle number (ISO 3779): 17 letters and digits without I, O and Q."""
    return re.fullmatch(r"(?=.*\d)(?=.*[A-HJ-NPR-Z])[A-HJ-NPR-Z0-9]{17}", text.upper()) is not None


def is_ticker(text: str) -> bool:
    """Return whether a text looks like a stock ticker."""
    return _TICKER.fullmatch(text) is not None


FORMS: tuple[tuple[str, Callable[[str], object], float, int, float], ...] = (
    ("url", _URL.fullmatch, 0.8, 1, 0.97),
    ("email", forms.EMAIL.fullmatch, 0.8, 1, 0.97),
    ("uuid", _UUID.fullmatch, 0.9, 1, 0.98),
    ("ip address", forms.is_ip, 0.9, 1, 0.95),
    ("mac address", forms.MAC.fullmatch, 0.9, 1, 0.95),
    ("bank account", forms.is_iban, 0.9, 2, 0.97),
    ("isbn", _is_isbn, 0.95, 3, 0.95),
    ("article number (EAN)", _is_ean, 0.95, 5, 0.9),
    ("hash", _HASH.fullmatch, 0.95, 1, 0.93),
    ("colour", _COLOUR.fullmatch, 0.9, 1, 0.95),
    ("mime type", _MIME.fullmatch, 0.9, 1, 0.95),
    ("percentage", _PERCENT.fullmatch, 0.8, 1, 0.97),
    ("amount of money", _MONEY.fullmatch, 0.8, 1, 0.95),
    ("date and time", _MOMENT.fullmatch, 0.9, 1, 0.95),
    ("date", _DATE.fullmatch, 0.9, 1, 0.93),
    ("time of day", _CLOCK.fullmatch, 0.9, 2, 0.85),
    ("version", _VERSION.fullmatch, 0.9, 2, 0.85),
    ("coordinate pair", _POINT.fullmatch, 0.9, 1, 0.9),
    ("duration", _LASTING.fullmatch, 0.9, 1, 0.9),
    ("json", _JSON.fullmatch, 0.9, 1, 0.85),
    ("file path", _PATH.fullmatch, 0.9, 1, 0.85),
)
"""Meaning, test, smallest share and number of values that must pass, confidence."""
