"""Whether a column tells who somebody is, or what harms somebody when known: headers, patterns, checksums."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from radix_assets.suggestions.lexicon import BARE_NAME, GEO, INCOME, Rule, joined, of_persons, rule_of
from radix_assets.suggestions.model import Sensitivity

LOOK_AT = 200
"""Values that are looked at; more do not change the verdict."""

_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,24}\b")
_PHONE = re.compile(r"(?=.*[+(])\+?[\d\s().\-/]{7,22}(\s*(x|ext\.?)\s*\d+)?", re.IGNORECASE)
_DASHED_PHONE = re.compile(r"(\+?1[\s.-])?[2-9]\d{2}[\s.-][2-9]\d{2}[\s.-]\d{4}")
_SSN = re.compile(r"(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_CARD = re.compile(r"(3[47]\d{13}|4\d{12}(\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|6(011|5\d\d)\d{12})")
_IPV4 = re.compile(r"((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)")
_TITLE = re.compile(r"\b(Mr|Mrs|Ms|Miss|Master|Dr|Prof|Herr|Frau|Mme|Mlle|Sr|Sra|Sig|Sig\.ra)\b\.?\s+\w", re.IGNORECASE)
_FLAG = re.compile(r"(true|false|t|f|y|n|yes|no|ja|nein|si|oui|non|[01])", re.IGNORECASE)
_DIGITS = re.compile(r"\d")
_WORDS = re.compile(r".*([^\W\d]).*", re.DOTALL)
_PLACE = re.compile(r".*(\d|\S\s+\S|[^\x00-\u024f]).*", re.DOTALL)
_MUST: dict[str, tuple[Callable[[str], object], float]] = {
    "digits": (lambda value: len(_DIGITS.findall(value)) >= 5, 0.3),  # noqa: PLR2004 a number's length
    "text": (_WORDS.fullmatch, 0.5),
    "name": (_WORDS.fullmatch, 0.5),
    # An address has a number or several words; a kind of street has neither.
    "place": (_PLACE.fullmatch, 0.5),
}
"""What at least this share of the values must be, for a header to be believed."""


@dataclass(frozen=True)
class Finding:
    """What was found in a column, and why it is believed."""

    kind: str
    sensitivity: Sensitivity
    evidence: str
    """Words only, never a value."""


def sensitivity_of(name: str, sample: Sequence[str], table: str = "") -> Sensitivity:
    """Whether a column may be shown by value: "none", "personal" or "sensitive".

    `sample` holds some of its values as text (nulls and empty ones do no harm; it may be empty, then the header alone
    decides). `table` helps: `name` in `customers` is a person's, in `airports` it is not.
    """
    finding = find_personal(name, sample, table)
    return finding.sensitivity if finding else "none"


def find_personal(name: str, sample: Sequence[str], table: str = "") -> Finding | None:
    """The kind of personal datum that a column holds, or None. Values are trusted more than headers."""
    values = [text for text in (str(value).strip() for value in sample[:LOOK_AT] if value is not None) if text]
    found = _by_value(values)
    if found:
        return found
    match = rule_of(name)
    if match and not match[1] and _believable(match[0], values, table):
        return Finding(match[0].kind, match[0].sensitivity, f"the header says {match[0].kind}")
    return _by_context(name, values, table)


def _by_value(values: list[str]) -> Finding | None:
    for kind, sensitivity, share, least, test in _PATTERNS:
        hits = sum(1 for value in values if test(value))
        if values and hits >= least and hits >= share * len(values):
            return Finding(kind, sensitivity, f"{hits} of {len(values)} values sampled have the form: {kind}")
    return None


def _by_context(name: str, values: list[str], table: str) -> Finding | None:
    header, personal = joined(name), of_persons(table) or of_persons(name)
    if BARE_NAME.fullmatch(header):
        titled = sum(1 for value in values if _TITLE.search(value))
        if len(values) > 1 and titled > 0.3 * len(values):
            return Finding("person name", "personal", f"{titled} of {len(values)} values sampled carry a title")
        if personal and _share(values, str.isdigit) < 0.5:  # noqa: PLR2004 half
            return Finding("person name", "personal", "a name in a table of people")
    if personal and GEO.search(header):
        return Finding("location of a person", "personal", "coordinates in a table of people")
    if personal and INCOME.search(header) and not re.search(r"(^|_)(min|max|avg|mean)(_|$)", header):
        return Finding("income", "sensitive", "pay in a table of people")
    return None


def _believable(rule: Rule, values: list[str], table: str) -> bool:
    """Whether the values can be what the header says."""
    if not values:
        return True
    if rule.values == "category":
        # A race is also run: then there are many, or its table speaks of races.
        return len(set(values)) <= 30 and not re.search(r"race|result|circuit|heat", joined(table))  # noqa: PLR2004
    test, least = _MUST.get(rule.values, (None, 0.0))
    if test is None:
        return True
    return _share(values, _FLAG.fullmatch) < 1 and _share(values, test) >= least


def _share(values: list[str], test: Callable[[str], object]) -> float:
    return sum(1 for value in values if test(value)) / len(values) if values else 0.0


def luhn(text: str) -> bool:
    """Whether the digits of a text carry a right Luhn check digit (ISO/IEC 7812)."""
    total = 0
    for place, char in enumerate(reversed([char for char in text if char.isdigit()])):
        digit = int(char) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit  # noqa: PLR2004 sum of the two digits
    return total % 10 == 0


def _is_card(value: str) -> bool:
    digits = re.sub(r"[ -]", "", value)
    return bool(_CARD.fullmatch(digits)) and luhn(digits)


def _is_iban(value: str) -> bool:
    """ISO 13616: moved by four and read in base 36, the rest by 97 is 1."""
    text = value.replace(" ", "").upper()
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def _is_phone(value: str) -> bool:
    digits = len(_DIGITS.findall(value))
    return 7 <= digits <= 17 and bool(_PHONE.fullmatch(value) or _DASHED_PHONE.fullmatch(value))  # noqa: PLR2004 E.164


_PATTERNS: tuple[tuple[str, Sensitivity, float, int, Callable[[str], object]], ...] = (
    ("email", "personal", 0.1, 2, _EMAIL.search),
    ("credit card", "sensitive", 0.8, 5, _is_card),
    ("bank account", "sensitive", 0.8, 2, _is_iban),
    ("national id", "sensitive", 0.8, 3, _SSN.fullmatch),
    ("ip address", "personal", 0.8, 5, _IPV4.fullmatch),
    ("phone", "personal", 0.6, 3, _is_phone),
)
"""Kind, sensitivity, least share and least number of the sampled values that must have the form, the test."""
