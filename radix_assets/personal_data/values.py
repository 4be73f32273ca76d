"""Check whether values agree with their header."""

import re
from collections.abc import Callable, Sequence

from radix_assets.personal_data.forms import digits, is_ip, is_number
from radix_assets.personal_data.names import is_full_name, is_single_name
from radix_assets.personal_data.phones import may_be_phone

LOOK_AT = 200
"""Values that are used; more do not change the result."""

_BLANK = frozenset(
    {"", "?", "-", "--", "n/a", "na", "null", "none", "nan", "unknown", "not_found", "not found", "##########"}
)
_FLAG = re.compile(r"true|false|t|f|y|n|yes|no|ja|nein|si|oui|non|-?[01]|on|off", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_FILE = re.compile(r".*\.[A-Za-z][A-Za-z0-9]{1,4}")
_YEAR = re.compile(r"(?:1[89]|20)\d\d(?:\.0)?")
_ETHNIC = re.compile(
    r"white|black|asian?\b|hispanic|latin|caucasian|african|afro|native|indian|american|pacific|mixed|multi|other|"
    r"european|arab|jewish|roma\b|indigen|inuit|maori|chinese|malay|coloured|branc|pret|pard|negr|amarel|unknown|"
    r"[^\x00-\x7f]",
    re.IGNORECASE,
)
_LINK = re.compile(r"0x[0-9a-f]+|https?://.*|www\..*|[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)


def _is_long(text: str) -> bool:
    """Return whether a text may be a personal number: at least four digits (the last four), not a decimal."""
    return digits(text) >= 4 and not re.fullmatch(r"-?\d+[.,]\d{1,3}", text) and len(text) <= 30  # noqa: PLR2004


def _is_birth(text: str) -> bool:
    """Return whether a text may be a birth date: a date, a year of a lifetime, or a day or month."""
    if is_number(text):
        return bool(_YEAR.fullmatch(text)) or len(text) in {6, 8} or (text.isdigit() and 1 <= int(text) <= 31)  # noqa: PLR2004
    return digits(text) >= 4 or (digits(text) >= 1 and _LETTER.search(text) is not None)  # noqa: PLR2004


def _is_card_like(text: str) -> bool:
    return digits(text) >= 12 or (text.isdigit() and len(text) in {3, 4}) or bool(re.search(r"[*xX]{4}", text))  # noqa: PLR2004


def _is_place(text: str) -> bool:
    """Return whether a text may be an address: it has a number or several words, and is not a link or an IP address."""
    if _LINK.fullmatch(text) or not _LETTER.search(text):
        return False
    return digits(text) > 0 or bool(re.search(r"\S\s+\S", text)) or not text.isascii()


_MUST: dict[str, tuple[Callable[[str], object], float]] = {
    "text": (_LETTER.search, 0.5),
    "name": (lambda text: _LETTER.search(text) and not _FILE.fullmatch(text) and len(text) <= 80, 0.6),  # noqa: PLR2004
    "position": (lambda text: digits(text) > 0 and (not _LETTER.search(text) or re.search(r"[.,°]", text)), 0.5),
    "names": (lambda text: is_full_name(text) or is_single_name(text), 0.3),
    "handle": (lambda text: _LETTER.search(text) and len(text.split()) <= 3, 0.6),  # noqa: PLR2004
    "secret": (lambda text: len(text) >= 4 and not is_number(text), 0.4),  # noqa: PLR2004
    "long": (_is_long, 0.4),
    "account": (lambda text: digits(text) >= 6 and not re.search(r"\d\.\d", text), 0.5),  # noqa: PLR2004
    "card": (_is_card_like, 0.5),
    "phone": (may_be_phone, 0.3),
    "birth": (_is_birth, 0.5),
    "plate": (lambda text: 4 <= len(text) <= 12 and digits(text) > 0, 0.5),  # noqa: PLR2004
    "id": (lambda text: len(text) >= 8 and digits(text) > 0, 0.5),  # noqa: PLR2004
    "ip": (lambda text: is_ip(text.split(",")[0].strip()), 0.3),
    "place": (_is_place, 0.5),
    "health": (lambda text: len(text) >= 2 and not is_number(text), 0.3),  # noqa: PLR2004
    "money": (lambda text: digits(text) >= 2 and not re.search(r"\d\s?[-–]\s?\d", text), 0.5),  # noqa: PLR2004
}  # fmt: skip
"""Smallest share of the values that must agree, for a header to be accepted."""
_FLAGS_ALLOWED = frozenset({"any", "category", "health"})


def cleaned(sample: Sequence[str | None]) -> list[str]:
    """Return the values that are used: stripped, without nulls and null markers."""
    stripped = (str(value).strip() for value in sample[:LOOK_AT] if value is not None)
    return [text for text in stripped if text.lower() not in _BLANK]


def believable(kind: str, values: Sequence[str]) -> bool:
    """Return whether enough of the values are what a rule's `values` require; True without values."""
    if not values:
        return True
    if kind == "category":
        # Groups of people are few and named, or coded by small integers.
        return len(set(values)) <= 60 and not any(re.fullmatch(r"-?\d+[.,]\d+|\d{4,}", value) for value in values)  # noqa: PLR2004
    if kind not in _FLAGS_ALLOWED and all(_FLAG.fullmatch(value) for value in values):
        return False
    test, least = _MUST.get(kind, (bool, 0.0))
    return share(values, test) >= least


def are_origins(values: Sequence[str]) -> bool:
    """Return whether values of a column `race` can be origins of people: known words for them, or codes."""
    return not values or share(values, lambda text: len(text) <= 2 or text.isdigit() or _ETHNIC.search(text)) >= 0.3  # noqa: PLR2004


def share(values: Sequence[str], test: Callable[[str], object]) -> float:
    """Return the share of values that pass a test."""
    return sum(1 for value in values if test(value)) / len(values) if values else 0.0


def words_each(values: Sequence[str]) -> float:
    """Return the mean number of words in a value."""
    return sum(len(value.split()) for value in values) / len(values) if values else 0.0
