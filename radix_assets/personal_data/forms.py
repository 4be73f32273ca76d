"""Tests of single values by form or checksum. Each takes one stripped text."""

import re

EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,24}\b")
_ROLE = re.compile(
    r"(?:info|contact|office|sales|support|hello|admin|service|mail|kontakt|help|noreply|no-reply|press|jobs|team|"
    r"marketing|webmaster|enquiries|enquiry|reception|booking|reservations|billing|customerservice|feedback)@",
    re.IGNORECASE,
)
SSN = re.compile(r"(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}")
_CARD = re.compile(r"(?:3[47]\d{13}|4\d{12}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|6(?:011|5\d\d)\d{12})")
IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)")
MAC = re.compile(
    r"(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|"
    r"(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"
)
SECRET = re.compile(
    r"\$2[abxy]\$\d\d\$[./\w]{40,}|\$argon2\w+\$.+|\$[156]\$.{8,}|\{S?SHA\d*\}\S+|pbkdf2\S+\$.+|AKIA[0-9A-Z]{16}|"
    r"gh[pousr]_\w{30,}|sk_(?:live|test)_\w{16,}|xox[abpr]-[\w-]{10,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*"
)
PROFILE = re.compile(
    r"(?:https?://)?(?:[a-z]+\.)?(?:linkedin\.com/in/|facebook\.com/profile\.php|medium\.com/@|tiktok\.com/@|"
    r"mastodon\.\w+/@)\S+",
    re.IGNORECASE,
)
TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Master|Dr|Prof|Herr|Frau|Mme|Mlle|Sr|Sra|Sig|Sig\.ra)\b\.?\s+[^\W\d_]", re.IGNORECASE
)
_STREET_WORD = (
    r"st|street|ave|avenue|rd|road|blvd|boulevard|ln|lane|dr|drive|ct|court|pl|place|way|ter|terrace|cir|circle|hwy|"
    r"highway|"
    r"pkwy|parkway|sq|square|close|crescent|gardens|grove|mews|row|trail|loop|alley"
)
_STREET = re.compile(
    rf"\d+[a-z]?(?:[-/]\d+)?,?\s+(?:\S+\s+){{0,4}}(?:{_STREET_WORD})\b\.?.*"
    r"|\d+\s?(?:bis|ter)?,?\s+(?:rue|avenue|boulevard|place|chemin|impasse|quai|allee|allée|cours)\b.*"
    r"|(?:calle|avenida|av\.?|avda\.?|carrera|paseo|plaza|rua|travessa|via|viale|piazza|corso|ul\.|ulica|"
    r"al\.)\s.*\d+.*"
    r"|[^\d,]*(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm|straat|laan|gracht|plein|gatan|vägen|"
    r"gade|vej|veien|"
    r"katu|tie)\s\d+.*"
    r"|(?:am|an der|im|zum|zur|auf der)\s[^\d,]+\s\d+\s?[a-z]?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d")
_NUMBER = re.compile(r"[+-]?[\d,]+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def digits(text: str) -> int:
    """Return the number of digits."""
    return len(_DIGITS.findall(text))


def is_number(text: str) -> bool:
    """Return whether a text is a plain number, with fraction or exponent."""
    return _NUMBER.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Return whether a text holds an e-mail address that is not a shared mailbox (info@, sales@)."""
    return "@" in text and EMAIL.search(text) is not None and not _ROLE.match(text)


def luhn(text: str) -> bool:
    """Return whether the digits of a text have a valid Luhn check digit (ISO/IEC 7812)."""
    total = 0
    for place, char in enumerate(reversed([char for char in text if char.isdigit()])):
        digit = int(char) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit  # noqa: PLR2004 sum of the two digits
    return total % 10 == 0


def is_card(text: str) -> bool:
    """Return whether a text is a payment card number: an issuer's prefix and length, and the check digit."""
    number = text.replace(" ", "").replace("-", "")
    return bool(_CARD.fullmatch(number)) and luhn(number)


def is_iban(text: str) -> bool:
    """Return whether a text is an IBAN (ISO 13616): its country's length and check digits."""
    if len(text) < 15 or not (text[:2].isalpha() and text[2:4].isdigit()):  # noqa: PLR2004 the shortest
        return False
    from stdnum import iban

    return bool(iban.is_valid(text, check_country=False))


def is_imei(text: str) -> bool:
    """Return whether a text is an IMEI: 15 digits with a check digit."""
    return len(text) == 15 and text.isdigit() and not text.startswith("0") and luhn(text)  # noqa: PLR2004


def is_ip(text: str) -> bool:
    """Return whether a text is an IP address, version 4 or 6."""
    if IPV4.fullmatch(text):
        return True
    if text.count(":") < 2 or not (set(text) <= set("0123456789abcdefABCDEF:.")):  # noqa: PLR2004 at least
        return False
    import ipaddress

    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def is_street(text: str) -> bool:
    """Return whether a text is a street address: a number and a word for street, in the order of a dozen languages."""
    return 5 <= len(text) <= 120 and digits(text) > 0 and _STREET.fullmatch(text) is not None  # noqa: PLR2004
