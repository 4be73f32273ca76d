"""Signs of cp1252 that occur in text which is otherwise ASCII or Western European: degrees, quotes, dashes, fractions.

A file of measurements or of notes in English may hold no letter outside ASCII, so that its letters say nothing.
"""

import re
from typing import Final

_LETTER: Final = rb"[A-Za-z\x80-\xff]"
_SIGNS: Final = re.compile(
    rb"\xb0(?=[CFK]?(?!%(letter)s))"  # 20 °C
    rb"|(?<=[nN])\xb0"  # n° 5
    rb"|(?<=[A-Za-z\xc0-\xff])\x92(?=(?:s|t|d|m|re|ve|ll)(?!%(letter)s)|[A-Z])"  # an apostrophe, as in Bob's and O'Neil
    rb"|(?<=[dlnsjmctDLNSJMCT])\x92(?=%(letter)s)"  # the same, as in l'eau
    rb"|(?<!%(letter)s)\x93(?=[^\x93\x94\r\n]{1,300}\x94(?!%(letter)s))"  # quotes
    rb"|(?<=[^\x93\x94\r\n])\x94(?!%(letter)s)"
    rb"|(?<!%(letter)s)\x91(?=[A-Za-z])"
    rb"|(?<=[ \d])[\x96\x97](?=[ \d])"  # a dash between numbers or words
    rb"|(?<=[A-Za-z.])\x85(?!%(letter)s)"  # an ellipsis
    rb"|\x80(?= ?\d)|(?<=\d)\x80|(?<=\d )\x80"  # 5 €
    rb"|(?<!%(letter)s)\xb5(?=[A-Za-z])"  # µm
    rb"|(?<=\d)[\xbc\xbd\xbe]"  # 1½
    rb"|(?<=[mM])[\xb2\xb3](?!%(letter)s)"  # m²
    rb"|[\xb1\xa7\xa3](?= ?\d)"  # ± 5, § 5, £5
    rb"|(?<=[A-Za-z])[\x99\xa9\xae](?!%(letter)s)"  # Radix™
    rb"|\xa0" % {b"letter": _LETTER}
)
_WORDS: Final = re.compile(
    rb"(?<=[A-Za-z])[\xc0-\xff\x8a\x8c\x8e\x9a\x9c\x9e]{1,2}"
    rb"|[\xc0-\xff\x8a\x8c\x8e\x9a\x9c\x9e]{1,2}(?=[A-Za-z])"
    rb"|(?<=[ ,;\t])[\xe0\xc0\xe9\xf3\xf6\xe5\xf8](?= )"
)
"""Letters beside letters of ASCII, and words of one letter."""
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_ENOUGH: Final = 0.25
"""Share of the bytes outside ASCII that must be signs, where letters explain the others."""


def sign_share(text: bytes) -> float:
    """Return the share of the bytes outside ASCII that are signs of cp1252; 0 if anything else than letters is left.

    1 means that all are signs.
    """
    high = len(_HIGH.findall(text))
    signs = len(_SIGNS.findall(text))
    letters = sum(len(run) for run in _WORDS.findall(_SIGNS.sub(b" ", text)))
    if not high or signs + letters < high or signs < _ENOUGH * high:
        return 0.0
    return signs / high
