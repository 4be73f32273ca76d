"""Telephone numbers by value."""

import re
from collections.abc import Sequence

from radix_assets.personal_data.forms import digits

_FORM = re.compile(r"\+?[\d\s().\-/]{7,22}(\s*(x|ext\.?)\s*\d+)?", re.IGNORECASE)
_DECIMAL = re.compile(r"-?\d+\.\d+")
_DATE = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}(\s.*)?")
_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "BR", "IN", "PL", "SE", "MX", "AU", "CH", "RU", "CN", "JP", "TR")
_LOOK_AT = 40
_NATIONAL = 9
"""Digits of a number without its country that is believed without a header; shorter ones are codes as well."""


def may_be_phone(text: str) -> bool:
    """Seven to seventeen digits (E.164, with an extension) written as a phone number may be: no decimal, no date."""
    return (
        7 <= digits(text) <= 17  # noqa: PLR2004
        and _FORM.fullmatch(text) is not None
        and not _DECIMAL.fullmatch(text)
        and not _DATE.fullmatch(text)
    )


def phone_share(values: Sequence[str]) -> float:
    """The share of values that are valid numbers, written so that they can be nothing else: with a plus, or in groups.

    Plain digits are no evidence: an order number may be a valid number of some country.
    """
    written = [value for value in values[:_LOOK_AT] if may_be_phone(value) and re.search(r"[+(]|\d[ .\-/]\d", value)]
    seen = min(len(values), _LOOK_AT)
    if not written or len(written) < 0.5 * seen:
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
        # A made-up exchange such as 555 is no valid number, yet written as only phones are.
        hits = max(hits, sum(1 for value in written if re.match(r"\(\d{2,5}\)\s?\d", value)))
        dashed = re.compile(r"(\+?1[\s.-])?[2-9]\d{2}[\s.-][2-9]\d{2}[\s.-]\d{4}")
        hits = max(hits, sum(1 for value in written if dashed.fullmatch(value)))
    return hits / seen
