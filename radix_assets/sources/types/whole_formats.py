"""Formats as `strptime` has them, in the form that the reader of dates takes, with the parts that they leave out.

A part of the date that a format lacks is the first: `Jan-22` by `%b-%y` is 1 January 2022, `2022` by `%Y` as well, and
a week without a day is its Monday. Without minutes they are zero.
"""

import re
from typing import Final

_DIRECTIVE: Final = re.compile(r"%[-_0]?(?:[.:#]?\d?[A-Za-z+])")
_YEARS: Final = frozenset("YyGgCFDxcsv+")
_MONTHS: Final = frozenset("mbBhFDxcjsv+UWV")
_DAYS: Final = frozenset("deFDxcjsv+uwaA")
_WEEKS: Final = frozenset("UWV")
_HOURS, _MINUTES = frozenset("HIklpP"), frozenset("MTRrXcs+")
_FRACTION: Final = re.compile(r"[.,]%f|%[.]?\d?f")


def has_year(pattern: str) -> bool:
    """Return whether a format says of which year a date is."""
    return bool(_letters(pattern) & _YEARS)


def native(pattern: str) -> str:
    """Return a format for the reader of dates: `%f` are digits of a second, whatever stands before them."""
    pattern = re.sub(r"%[-_0]([A-Za-z])", r"%\1", pattern).replace("%e", "%d").replace("%h", "%b")
    return re.sub(r"[.,]%f", "%.f", pattern)


def missing_parts(pattern: str) -> tuple[str, str]:
    """Return what is put behind a text, and behind its format, for the parts that the format lacks."""
    letters = _letters(pattern)
    text, directives = "", ""
    if letters & _YEARS:
        if letters & _WEEKS and not letters & set("uwaA"):
            text, directives = " 1", " %u"
        elif not letters & _WEEKS and not letters & _DAYS:
            text, directives = " 01", " %d"
            if not letters & _MONTHS:
                text, directives = " 01 01", " %m %d"
    if letters & _HOURS and not letters & _MINUTES:
        text, directives = text + " 00", directives + " %M"
    return text, directives


def _letters(pattern: str) -> set[str]:
    return {hit[-1] for hit in _DIRECTIVE.findall(pattern.replace("%%", ""))}
