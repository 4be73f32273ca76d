"""Detect telephone numbers by value."""

import re
from collections.abc import Sequence

from radix_assets.personal_data.forms import digits

_FORM = re.compile(r"\+?[\d\s().\-/]{7,22}(\s*(x|ext\.?)\s*\d+)?", re.IGNORECASE)
_DECIMAL = re.compile(r"-?\d+\.\d+")
_DATE = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}(\s.*)?")
_VERSION = re.compile(r"(?=.*\.(?:\d|\d{5,})(?:\.|$))\d+(?:\.\d+){2,}")
"""Dotted parts, one of them shorter or longer than a group of a phone number: 10.0.19041.0, not 1.212.555.0143."""
_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "BR", "IN", "PL", "SE", "MX", "AU", "CH", "RU", "CN", "JP", "TR")
_LOOK_AT = 40
_NATIONAL = 9
"""Digits of a number without country code that is accepted without a header; shorter ones may be codes."""


def may_be_phone(text: str) -> bool:
    """Return whether a text has seven to seventeen digits (E.164 with an extension), and is not a decimal or a date."""
    return (
        7 <= digits(text) <= 17  # noqa: PLR2004
        and _FORM.fullmatch(text) is not None
        and not _DECIMAL.fullmatch(text)
        and not _DATE.fullmatch(text)
        and not _VERSION.fullmatch(text)
    )


def phone_share(values: Sequence[str]) -> float:
    """Return the share of values that are valid numbers in an unambiguous notation: with a plus, or in groups.

    Plain digits are not evidence: an order number may be a valid number of some country.
    """
    written = [value for value in values[:_LOOK_AT] if may_be_phone(value) and re.search(r"[+(]|\d[ .\-/]\d", value)]
    digits_seen = min(len(values), _LOOK_AT)
    if not written or len(written) < 0.5 * digits_seen:
        return 0.0
    import phonenumbers

    def valid(value: str, region: str | None) -> bool:
        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(value, region))
        except phonenumbers.NumberParseException:
            return False

    international = [value for value in written if value.startswith(("+", "00"))]
    hits = sum(valid(value, None if value[0] == "+" else "DE") for value in international)
    national = [value for value in written if not value.startswith(("+", "00")) and digits(value) >= _NATIONAL]
    if national:
        hits += max(sum(valid(value, region) for value in national) for region in _REGIONS)
        # A fictitious exchange such as 555 is not valid, but its notation is that of a phone number.
        hits = max(hits, sum(1 for value in written if re.match(r"\(\d{2,5}\)\s?\d", value)))
        dashed = re.compile(r"(\+?1[\s.-])?[2-9]\d{2}[\s.-][2-9]\d{2}[\s.-]\d{4}")
        hits = max(hits, sum(1 for value in written if dashed.fullmatch(value)))
    return hits / digits_seen
