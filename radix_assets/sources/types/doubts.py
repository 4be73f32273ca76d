"""Texts that have the form of numbers or times of day and may be something else.

Versions such as 1.10, lists such as "101,102", telephone numbers such as 555 123 456, durations such as 3:45. Where
nothing in the column, its name or the table tells which they are, they stay text, and a person decides.
"""

import re
from collections.abc import Mapping, Sequence

import polars as pl

from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import Reading, ReadWarning
from radix_assets.sources.types.counts import Counts, Finding, present_in
from radix_assets.sources.types.hints import AMOUNTS, CLOCK, CODES, LISTS, SPANS, VERSIONS, tells

_VERSION = r"^\d{1,3}(?:\.(?:0|[1-9]\d{0,2}))?$"
_FULL_GROUPS = r"^\d{{3}}(?:{mark}\d{{3}})+$"
_HARD_SPACE = "[\u00a0\u2009\u202f]"
_BARE_NUMBER = r"^[^\d]{0,6}[\d.,]+[^\d]{0,6}$"
_POINT_GROUPS = r"^[1-9]\d{0,2}(?:\.\d{3})+$"
_SPACE_GROUPS = r"^(?:[-+]?\d{1,3}(?: \d{3})+[.,]\d{1,2}|[-+]?\d{1,2}(?: \d{3})+)$"
_COMMA_FRACTION = r"^[-+\u2212(]|^0,\d|,0|^\d{1,3}(?:\.\d{3})+(?:,\d+)?$|[eE]"
"""Numbers with a decimal comma that can be no list: signs, zeros that no item begins with, groups of digits."""
_SOME = 3
_LATE, _EVENING = 4, 17
"""Hours that durations of two digits rarely have, and that those of one or two digits rarely have."""


def doubt_versions(
    rows: Rows,
    counts: Mapping[str, Counts],
    samples: Mapping[str, list[str]],
    findings: Mapping[str, Finding],
    names: Mapping[str, str],
) -> dict[str, Finding]:
    """Return what replaces the findings of decimal numbers that are versions, or as likely versions as numbers.

    They are versions if their name says so. Without a name, 1.1 beside 1.10 shows that zeros at the end may count.
    """
    result = {}
    for column, finding in findings.items():
        if finding.reading != Reading(dtype="float") or finding.failed or column not in samples:
            continue
        values, name = samples[column], names.get(column, "")
        if not all(re.match(_VERSION, value) for value in values):
            continue
        if tells(name, VERSIONS):
            result[column] = Finding(Reading(), "text, as its name tells of versions")
        elif not tells(name, AMOUNTS) and _have_two_spellings(values) and _all(rows, column, _VERSION):
            message = (
                "the same number is written with and without a zero at its end, as versions such as 1.1 and 1.10 are "
                "and prices may be; it is kept as text until `columns` in project.yaml says `type: float` or "
                "`type: text`"
            )
            result[column] = _text("text, because its numbers may be versions", message, counts[column].present)
    return result


def _have_two_spellings(values: Sequence[str]) -> bool:
    fractions = [value for value in values if "." in value]
    return len({float(value) for value in fractions}) < len(set(fractions))


def doubt_number(
    rows: Rows, count: Counts, column: str, finding: Finding, name: str, *, delimiter: str, commas: bool, spaces: bool
) -> Finding | None:
    """Return what replaces the reading of formatted numbers that are as likely lists or codes; None if they are not.

    `commas` says that other columns show a decimal comma, `spaces` that they show groups of digits with spaces.
    """
    reading = finding.reading
    if reading.unit or reading.signs:
        return None
    listed = tells(name, LISTS)
    amount = tells(name, AMOUNTS) and not listed
    if reading.thousands == "," and not amount and (listed or not _shows(rows, column, r"^[-+]|^\d{1,2},|,0\d|\.")):
        return _lists(count, 'type: integer` with `thousands: ","')
    if reading.decimal == "," and not reading.thousands and not amount and (delimiter == "," or listed):
        if not listed and (commas or _shows(rows, column, _COMMA_FRACTION) or _have_one_scale(rows, column)):
            return None
        return _lists(count, 'type: float` with `decimal: ","')
    if reading.thousands == " " or (reading.thousands == "." and not commas):
        return _grouped_codes(rows, count, column, reading, name, spaces=spaces, amount=amount)
    return None


def _grouped_codes(
    rows: Rows, count: Counts, column: str, reading: Reading, name: str, *, spaces: bool, amount: bool
) -> Finding | None:
    mark = {" ": " ", ".": r"\."}[reading.thousands]
    if reading.thousands == " " and tells(name, CODES) and not amount:
        return Finding(Reading(), "text, as its name tells of codes")
    if amount or spaces or reading.dtype != "integer" or not _all(rows, column, _FULL_GROUPS.format(mark=mark)):
        return None
    lengths = rows.select(present_in(column).str.len_chars().n_unique()).item()
    if lengths > 1 + (count.present < count.rows) or _shows(rows, column, _HARD_SPACE):
        return None
    shown = {" ": "spaces", ".": "points"}[reading.thousands]
    message = (
        f"every value is groups of three digits with {shown} between them, as telephone numbers and codes are written "
        "and large numbers as well; it is kept as text until `columns` in project.yaml says so: `type: text`, or "
        f'`type: integer` with `thousands: "{reading.thousands}"`'
    )
    return _text("text, because its numbers may be codes", message, count.present)


def shows_commas(values: Sequence[str]) -> bool:
    """Return whether a sample of a column shows that a comma is the decimal mark, and a point groups digits."""
    everything = pl.Series(values, dtype=pl.String)
    texts = everything.filter(everything.str.contains(_BARE_NUMBER))
    return (len(texts) == len(everything) > 0 and texts.str.contains(_COMMA_FRACTION).any()) or (
        len(texts) > 0 and texts.str.contains(_POINT_GROUPS).all()
    )


def shows_spaces(values: Sequence[str]) -> bool:
    """Return whether a sample of a column shows that spaces group digits."""
    return pl.Series(values, dtype=pl.String).str.contains(_SPACE_GROUPS).any()


def _lists(count: Counts, override: str) -> Finding:
    message = (
        "a comma in quoted cells such as 12,345 can be a mark inside a number or can separate the items of a list, and "
        "nothing in the table tells which; it is kept as text until `columns` in project.yaml says so: `type: text`, "
        f"or `{override}`"
    )
    return _text("text, because its numbers may be lists", message, count.present)


def _have_one_scale(rows: Rows, column: str) -> bool:
    """Return whether all numbers have as many digits behind the comma, at least two, and not as many before it."""
    text = present_in(column)
    before, behind, distinct = rows.one(
        text.str.find(",", literal=True).drop_nulls().n_unique().alias("before"),
        text.str.len_chars().sub(text.str.find(",", literal=True)).unique().implode().alias("behind"),
        text.n_unique().alias("distinct"),
    )
    scales = {scale - 1 for scale in behind if scale is not None}
    return before > 1 and distinct >= _SOME and len(scales) == 1 and min(scales) > 1


def doubt_times(
    rows: Rows, counts: Mapping[str, Counts], findings: Mapping[str, Finding], names: Mapping[str, str]
) -> dict[str, Finding]:
    """Return what replaces the findings of times of day that are as likely durations or ratios, such as 3:45."""
    result = {}
    for column, finding in findings.items():
        name = names.get(column, "")
        span = tells(name, SPANS)
        if finding.reading.dtype != "time" or (tells(name, CLOCK) and not span):
            continue
        text = present_in(column)
        hour = text.str.extract(r"^(\d{1,2}):").cast(pl.Int32)
        padded, latest, halves = rows.one(
            text.str.contains(r"^\d\d:").all().alias("padded"),
            hour.max().alias("latest"),
            text.str.contains(r"[AaPp]\.?[Mm]\.?$").any().alias("halves"),
        )
        if halves or (not span and latest >= (_LATE if padded else _EVENING)):
            continue
        message = (
            "texts such as 3:45 can be times of day, durations or ratios; it is kept as text until `columns` in "
            "project.yaml says `type: time` or `type: text`"
        )
        doubt = _text("text, because its times may be durations", message, counts[column].present)
        doubt.warnings[0].code = "ambiguous_time"
        result[column] = doubt
    return result


def _text(how: str, message: str, number: int) -> Finding:
    return Finding(Reading(), how, warnings=[ReadWarning(code="ambiguous_number", message=message, count=number)])


def _shows(rows: Rows, column: str, pattern: str) -> bool:
    return bool(rows.select(present_in(column).str.contains(pattern).any()).item())


def _all(rows: Rows, column: str, pattern: str) -> bool:
    return bool(rows.select(present_in(column).str.contains(pattern).all()).item())
