"""Read columns of text as the project says."""

from collections.abc import Mapping

from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import DType, Reading
from radix_assets.sources.types.column_settings import ColumnSettings
from radix_assets.sources.types.counts import Counts, Finding, count_parsed
from radix_assets.sources.types.dates import FAMILIES
from radix_assets.sources.types.exact import decimal_scale
from radix_assets.sources.types.moments import infer_moments
from radix_assets.sources.types.numbers import number_candidates
from radix_assets.sources.types.readings import is_formatted
from radix_assets.sources.types.samples import sample_columns
from radix_assets.sources.types.whole_formats import native

_WORDS = (["true", "t", "yes", "y", "1"], ["false", "f", "no", "n", "0"])


def find_overridden(
    rows: Rows, counts: Mapping[str, Counts], overrides: Mapping[str, ColumnSettings]
) -> dict[str, Finding]:
    """Return the readings of the columns whose type the project gives; all cells that do not fit are rejected."""
    findings = {}
    for column, settings in overrides.items():
        if settings.type is None:
            continue
        reading = _reading(rows, counts, column, settings)
        failed = counts[column].present - count_parsed(rows, [(column, reading)])[0]
        findings[column] = Finding(reading, "as project.yaml says", failed)
    return findings


def _reading(rows: Rows, counts: Mapping[str, Counts], column: str, settings: ColumnSettings) -> Reading:
    dtype = _dtype(settings)
    match dtype:
        case "integer" | "float" | "decimal":
            reading = _number(rows, counts, column, settings).model_copy(update={"dtype": dtype})
            if dtype == "decimal":
                reading.scale = decimal_scale(rows, column, reading)
            reading.whole = dtype == "integer"
            return reading
        case "date" | "datetime" | "time":
            formats = _formats(rows, counts, column, dtype, settings)
            return Reading(dtype=dtype, formats=formats, pivot=settings.pivot)
        case "boolean":
            return Reading(dtype=dtype, true=_WORDS[0], false=_WORDS[1], spelling=["true", "false"])
        case _:
            return Reading()


def _number(rows: Rows, counts: Mapping[str, Counts], column: str, settings: ColumnSettings) -> Reading:
    """Return how the numbers are written: as the settings say, and where they say nothing, as most values are."""
    decimal = settings.decimal or ("," if settings.thousands == "." else ".")
    reading = Reading(dtype="float", decimal=decimal, thousands=settings.thousands or "")
    reading.signs = is_formatted(reading)
    values = sample_columns(rows, counts, [column])[column]
    numbers = [value for value in values if any(mark.isdigit() for mark in value)]
    others = [
        candidate.reading.model_copy(update={"dtype": "float"})
        for candidate in number_candidates(numbers, settings.decimal or ("," if settings.thousands == "." else ""))
        if settings.thousands is None or candidate.reading.thousands == settings.thousands
    ]
    readings = [reading, *others]
    converted = count_parsed(rows, [(column, each) for each in readings])
    return readings[converted.index(max(converted))]


def _dtype(settings: ColumnSettings) -> DType:
    """Return the canonical type that the settings give."""
    return "string" if settings.type is None or settings.type == "text" else settings.type


def _formats(
    rows: Rows, counts: Mapping[str, Counts], column: str, dtype: DType, settings: ColumnSettings
) -> list[str]:
    if settings.format:
        return [native(settings.format)]
    near: dict[str, Finding] = {}
    findings = infer_moments(rows, counts, sample_columns(rows, counts, [column]), near)
    finding = findings.get(column) or near.get(column)
    if finding and finding.reading.dtype == dtype:
        return finding.reading.formats
    return list((FAMILIES[-1] if dtype == "time" else FAMILIES[0]).formats(dtype))
