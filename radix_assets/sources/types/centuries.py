"""Years of two digits: the century that the dates of a column belong to.

The rule: the dates of a column end before a gap of at least 15 years in which there is none, as late as possible but
at most ten years after `PRESENT`, and they have begun by then. Births and deaths, by the column's name, end by
`PRESENT`; dates named as due or valid may lie up to 50 years ahead. Without such a gap dates end by `PRESENT`.

`PRESENT` is a fixed year and not today's, so that the same file gives the same snapshot in every year.
"""

import re
from collections.abc import Mapping
from typing import Final

from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import Reading, ReadWarning
from radix_assets.sources.types.counts import Counts, Finding, count_parsed, present_in, required
from radix_assets.sources.types.readings import parsed

_PAST = re.compile(
    r"(?:^|[^a-z])(?:dob|dod|birth\w*|born|bday|died|death\w*|deceased|geb|geboren|geburt\w*|gestorben|verstorben|tod"
    r"|todes\w*|naissance|ne_le|deces|nacimiento|nacido|fallecimiento|nascita|nascimento|morte)(?:$|[^a-z])"
    r"|birthda|geburtsd|dateofbirth",
    re.IGNORECASE,
)
_BIRTH = re.compile(r"dob|birth|born|bday|geb|naissance|nacimi|nascita|nascimento", re.IGNORECASE)
_FUTURE = re.compile(
    r"due|expir|valid_?(?:to|until|thru)|maturit|until|deadline|planned|forecast|renew|ablauf|faellig|fällig"
    r"|gueltig|gültig|frist|echeance|vencimiento|scadenza",
    re.IGNORECASE,
)
PRESENT: Final = 2026
"""The year that counts as the present one, for years of two digits only. Each version of Radix may move it on."""
_CENTURY = 100
_AHEAD = 10
_FAR_AHEAD = 50
_LEAST_GAP = 15
"""Years without dates that end a span."""


def settle_centuries(
    rows: Rows,
    counts: Mapping[str, Counts],
    findings: dict[str, Finding],
    names: Mapping[str, str],
    year: int = PRESENT,
    *,
    overridden: bool = False,
) -> None:
    """Set the pivot of every finding of dates with two-digit years, and warn. `year` counts as the present one.

    Findings of columns that hold days which their century lacks, such as 29 February 1900, are removed, unless they are
    `overridden`: the project says that they are dates.
    """
    short = {
        column: finding
        for column, finding in findings.items()
        if any("%y" in pattern for pattern in finding.reading.formats) and finding.reading.pivot is None
    }
    if not short:
        return
    for column, finding in short.items():
        name = names.get(column, "")
        finding.reading.pivot = _pivot(_years(rows, column, finding.reading), name, year)
    _order_lives(rows, short, names)
    for column, finding in short.items():
        pivot = finding.reading.pivot or year
        present = counts[column].present
        finding.failed = present - count_parsed(rows, [(column, finding.reading)])[0]
        if not overridden and present - finding.failed < required(present):
            del findings[column]
            continue
        finding.warnings.append(
            ReadWarning(
                code="two_digit_years",
                message="years are written with two digits and are read as "
                f"{pivot - _CENTURY + 1} to {pivot}, the latest century in which the column's dates lie close "
                "together and not far in the future; another century can be meant: `pivot` in project.yaml "
                "says the latest year",
            )
        )


def _years(rows: Rows, column: str, reading: Reading) -> list[int]:
    """Return the two digits that occur, in order."""
    short = reading.model_copy(update={"formats": [each for each in reading.formats if "%y" in each]})
    years = rows.select((parsed(present_in(column), short).dt.year() % _CENTURY).unique()).to_series()
    return sorted(int(year) for year in years.drop_nulls())


def _pivot(digits: list[int], name: str, year: int) -> int:
    """Return the latest year that the two digits of a column mean."""
    if not digits:
        return year
    following = [*digits[1:], digits[0]]
    gaps = [(after - digit) % _CENTURY or _CENTURY for digit, after in zip(digits, following, strict=True)]
    past, future = bool(_PAST.search(name)), bool(_FUTURE.search(name))
    latest = year if past else year + (_FAR_AHEAD if future else _AHEAD)
    ends = []
    for place, gap in enumerate(gaps):
        if gap < _LEAST_GAP:
            continue
        end = latest - (latest - digits[place]) % _CENTURY
        has_begun = future or end - (_CENTURY - gap) <= year
        ends.append(end if has_begun else end - _CENTURY)
    return max(ends, default=year)


def _order_lives(rows: Rows, short: Mapping[str, Finding], names: Mapping[str, str]) -> None:
    """Move births by a century where they would lie after another date of the same row that is not before them then."""
    births = [column for column in short if _PAST.search(names.get(column, "")) and _BIRTH.search(names[column])]
    for birth in births:
        for other in short:
            if other in births:
                continue
            reading = short[birth].reading
            earlier = reading.model_copy(update={"pivot": (reading.pivot or 0) - _CENTURY})
            then = parsed(present_in(other), short[other].reading)
            late, still_late = rows.one(
                (parsed(present_in(birth), reading) > then).sum().alias("late"),
                (parsed(present_in(birth), earlier) > then).sum().alias("still_late"),
            )
            if late and not still_late:
                short[birth].reading = earlier
