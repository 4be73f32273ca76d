"""Names of time zones behind times, such as CET and PST, and their distance from UTC."""

from typing import Final

import polars as pl

_OFFSETS: Final = {
    "Z UTC GMT WET UCT": "+0000",
    "CET MEZ WEST": "+0100",
    "CEST MESZ EET": "+0200",
    "EEST MSK": "+0300",
    "JST KST": "+0900",
    "HKT SGT AWST": "+0800",
    "AEST": "+1000",
    "AEDT": "+1100",
    "NZST": "+1200",
    "NZDT": "+1300",
    "EST": "-0500",
    "EDT": "-0400",
    "CDT": "-0500",
    "MST": "-0700",
    "MDT": "-0600",
    "PST": "-0800",
    "PDT": "-0700",
    "AKST": "-0900",
    "AKDT": "-0800",
    "HST": "-1000",
    "BRT": "-0300",
}
OFFSET_OF: Final = {name: offset for names, offset in _OFFSETS.items() for name in names.split()}
AMBIGUOUS: Final = frozenset({"CST", "IST", "BST", "AST", "SST", "ECT", "GST", "PKT", "AMT", "WST"})
"""Names of several zones: CST is one of America, of China and of Cuba."""
NAMED: Final = (
    r"(\d)\s*\b(" + "|".join(sorted({*OFFSET_OF, *AMBIGUOUS} - {"Z", "UTC", "GMT"}, key=len, reverse=True)) + r")\b"
)
"""A name other than UTC behind a time."""
_REGION: Final = r"\[[A-Za-z_]+(?:/[A-Za-z_+-]+)*(?:[+-]\d+)?\]$"
"""The name of a region behind an offset, as Java writes it: `+01:00[Europe/Berlin]`."""


_LONGEST_FIRST: Final = sorted(OFFSET_OF, key=len, reverse=True)
_NAMES: Final = [f"{blank}{name}" for blank in (" ", "") for name in _LONGEST_FIRST if name != "Z"]
_REPLACEMENTS: Final = [OFFSET_OF[name.strip()] for name in _NAMES]


def with_offsets(text: pl.Expr) -> pl.Expr:
    """Return moments with an offset of hours and minutes for the name of a zone: `10:00+0100` for `10:00 CET`."""
    text = text.str.replace(_REGION, "").str.replace(r"\s*(?:GMT|UTC)([+-])(\d(?::?\d\d)?)$", "${1}0${2}")
    text = text.str.replace(r"\s*(?:GMT|UTC)([+-]\d)", "${1}").str.replace_many(_NAMES, _REPLACEMENTS, leftmost=True)
    return text.str.replace(r"\s*[Zz]$", "+0000").str.replace(r"\s*([+-]\d{2})$", "${1}00")
