"""Parts of a moment that some values have and others lack, or that a snapshot cannot hold: zones and nanoseconds."""

import re
from collections.abc import Mapping, Sequence

from radix_assets.common.plural import counted
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import Reading, ReadWarning
from radix_assets.sources.types.counts import Counts, Finding, count_parsed, present_in, required
from radix_assets.sources.types.readings import ZONE
from radix_assets.sources.types.zone_names import NAMED

_NAMED_TIME = re.compile(r"\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?: [AP]M)? ?[A-Z]{3,5}(?: \d{4})?$")


def settle_zones(rows: Rows, counts: Mapping[str, Counts], findings: Mapping[str, Finding]) -> dict[str, Finding]:
    """Return what replaces the findings of datetimes of which only some have a time zone.

    Where nearly all have one, or nearly none, the rest are set aside; otherwise the column is text until a person says
    that the others are UTC as well.
    """
    mixed = {
        column: finding
        for column, finding in findings.items()
        if finding.reading.dtype == "datetime" and len({_has_zone(each) for each in finding.reading.formats}) > 1
    }
    result = {}
    for column, finding in mixed.items():
        present = counts[column].present
        readings = [_only(finding.reading, zone=zone) for zone in (True, False)]
        numbers = count_parsed(rows, [(column, reading) for reading in readings])
        most = max(numbers)
        if most >= required(present):
            reading = readings[numbers.index(most)]
            result[column] = Finding(reading, finding.how, present - most, finding.warnings)
            continue
        message = (
            f"{numbers[1]:,} of {counted(present, 'datetime')} {'has' if numbers[1] == 1 else 'have'} no time zone, "
            "although others have one, and nothing says which zone is meant; the column is kept as text until "
            "`columns` in project.yaml says `type: datetime`, by which values without a zone are UTC, or `type: text`"
        )
        warning = ReadWarning(code="mixed_zones", message=message, count=numbers[1])
        result[column] = Finding(Reading(), "text, because only some of its times have a zone", warnings=[warning])
    return result


def warn_of_zone_names(rows: Rows, findings: Mapping[str, Finding]) -> None:
    """Warn of datetimes whose zone is a name such as CET, which is read as its usual distance from UTC."""
    columns = [column for column, finding in findings.items() if any(map(_has_zone, finding.reading.formats))]
    if not columns:
        return
    named = rows.one(present_in(column).str.contains(NAMED).sum().alias(column) for column in columns)
    for column, number in zip(columns, named, strict=True):
        if number:
            message = (
                f"{counted(number, 'datetime')} {'names its' if number == 1 else 'name their'} time zone, as CET or "
                "PST; they are converted to UTC by the usual meaning of the name"
            )
            findings[column].warnings.append(ReadWarning(code="zone_names", message=message, count=number))


def explain_zones(rows: Rows, counts: Mapping[str, Counts], samples: Mapping[str, Sequence[str]]) -> dict[str, Finding]:
    """Return findings of text, with a warning, for times behind which a name stands that means several zones."""
    result = {}
    for column, values in samples.items():
        if not values or not all(_NAMED_TIME.search(value) for value in values[:20]):
            continue
        number = int(rows.select(present_in(column).str.contains(_NAMED_TIME.pattern).sum()).item())
        if number < required(counts[column].present):
            continue
        message = (
            "the times have the name of a time zone that several zones have, or that is not known, such as CST or IST; "
            "the column is kept as text until `columns` in project.yaml says `type: text`, or the source is exported "
            "with offsets such as +01:00"
        )
        warning = ReadWarning(code="mixed_zones", message=message, count=number)
        result[column] = Finding(Reading(), "text, because its time zones are not certain", warnings=[warning])
    return result


def warn_of_fractions(rows: Rows, findings: Mapping[str, Finding]) -> None:
    """Warn of moments and times with fractions of a microsecond, which are cut off."""
    columns = [column for column, finding in findings.items() if any("%.f" in each for each in finding.reading.formats)]
    if not columns:
        return
    cut = rows.one(present_in(column).str.contains(r"\.\d{6}0*[1-9]").sum().alias(column) for column in columns)
    for column, number in zip(columns, cut, strict=True):
        if number:
            message = f"fractions of a microsecond are cut off from {counted(number, 'value')}"
            findings[column].warnings.append(ReadWarning(code="fractions_cut", message=message, count=number))


def _only(reading: Reading, *, zone: bool) -> Reading:
    return reading.model_copy(update={"formats": [each for each in reading.formats if _has_zone(each) == zone]})


def _has_zone(pattern: str) -> bool:
    return pattern.endswith(ZONE)
