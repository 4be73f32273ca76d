"""Columns of dates that are written in two ways or more: each is read as what it is, if that is certain."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from radix_assets.common.plural import counted
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import DType, Reading, ReadWarning
from radix_assets.sources.types.counts import Counts, Finding, count_parsed, required
from radix_assets.sources.types.dates import FAMILIES, Family
from radix_assets.sources.types.moments import suggest_reading

_FORMS: Final = (
    re.compile(r"\d{4}(?P<mark>[-/.])\d{1,2}(?P=mark)\d{1,2}(?!\d)"),
    re.compile(r"\d{1,2}(?P<mark>[-/.])\d{1,2}(?P=mark)\d{4}(?!\d)"),
    re.compile(
        r"\d{1,2}(?P<mark>[-/ .]+)[^\W\d_]{3,}\.?[-/ .,]*\d{4}"
        r"|[^\W\d_]{3,}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
    ),
)
_EITHER: Final = frozenset({"dmy", "mdy"})
_LEAST, _FEW = 0.01, 2


def find_mixed_dates(
    rows: Rows, counts: Mapping[str, Counts], samples: Mapping[str, Sequence[str]]
) -> dict[str, Finding]:
    """Return findings of columns of dates in several ways of writing, or of text where their order is not certain."""
    result = {}
    for column, values in samples.items():
        groups = _groups(values)
        if len(groups) < _FEW:
            continue
        present = counts[column].present
        formats, uncertain = _formats(groups)
        if formats is None:
            continue
        dtype: DType = "datetime" if any("%H" in each or "%I" in each for each in formats) else "date"
        reading = Reading(dtype=dtype, formats=formats)
        converted = count_parsed(rows, [(column, reading)])[0]
        if converted < required(present):
            continue
        ways = f"the {counted(present, 'date')} are written in {len(groups)} ways"
        if uncertain:
            message = (
                f"{ways}, and of some nothing tells whether the day or the month comes first; the column is kept as "
                "text until the source writes them in one way, or `columns` in project.yaml says `type: date` with a "
                "`format`"
            )
            warning = ReadWarning(code="mixed_formats", message=message, count=present)
            result[column] = Finding(
                Reading(), "text, because its dates are written in several ways", warnings=[warning]
            )
            continue
        message = f"{ways}; each is read as it is written"
        warning = ReadWarning(code="mixed_formats", message=message, count=present)
        result[column] = Finding(reading, "dates written in several ways", present - converted, [warning])
    return result


def _groups(values: Sequence[str]) -> dict[tuple[int, str], list[str]]:
    """Return the values by the way in which they are written; none if some are no dates."""
    groups: dict[tuple[int, str], list[str]] = {}
    for value in values:
        hit, form = next(((hit, form) for form, each in enumerate(_FORMS) if (hit := each.match(value))), (None, 0))
        if hit is None:
            return {}
        mark = (hit["mark"] or "").strip() or " " if form < _FEW else ""
        groups.setdefault((form, mark), []).append(value)
    return {key: group for key, group in groups.items() if len(group) >= _LEAST * len(values)}


def _formats(groups: Mapping[tuple[int, str], list[str]]) -> tuple[list[str] | None, bool]:
    """Return the formats of all groups, and whether the order of day and month is uncertain in one of them."""
    formats: list[str] = []
    uncertain = False
    for group in groups.values():
        options: list[tuple[Family, Reading]] = []
        for family in FAMILIES:
            reading = suggest_reading(group, family)
            if reading is not None and not any("%y" in each for each in reading.formats):
                options.append((family, reading))
        if not options:
            return None, False
        counts = [_converted(group, reading) for _, reading in options]
        best = [option for option, count in zip(options, counts, strict=True) if count == max(counts)]
        uncertain |= len({family.order for family, _ in best} & _EITHER) > 1
        formats += [each for each in best[0][1].formats if each not in formats]
    return formats, uncertain


def _converted(values: Sequence[str], reading: Reading) -> int:
    rows = Rows(pl.DataFrame({"text": values}, schema={"text": pl.String}))
    return count_parsed(rows, [("text", reading)])[0]
