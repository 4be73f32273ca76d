"""Infer the types of text columns, over all rows.

Cheap counts over everything settle plain numbers. For what is left a sample spread over the whole column says which
ways of writing are worth trying; the choice is made by parsing every row.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import Reading
from radix_assets.sources.types.counts import Counts, Finding, count, count_parsed, present_in, required
from radix_assets.sources.types.moments import infer_moments
from radix_assets.sources.types.numbers import number_candidates, plain_number
from radix_assets.sources.types.readings import NULL_TOKENS
from radix_assets.sources.types.words import infer_booleans, nulls_of

_SAMPLE = 1_000
_ENOUGH = 200
_FIRST_DAY, _LAST_DAY = 19000101, 21001231


def infer(rows: Rows, columns: Sequence[str], *, comma_separated: bool) -> dict[str, Finding]:
    """Infer the reading of every column of a frame of cleaned text.

    `comma_separated` says that a comma between digits is unlikely to be a decimal mark.
    """
    if not columns:
        return {}
    counts = count(rows, columns)
    findings = {column: plain for column in columns if (plain := plain_number(counts[column])) is not None}
    findings.update(_compact_dates(rows, counts, findings))
    rest = [column for column in columns if column not in findings and counts[column].present]
    samples = _samples(rows, counts, rest)
    for step in (infer_booleans, infer_moments):
        findings.update(step(rows, counts, samples))
        samples = {column: values for column, values in samples.items() if column not in findings}
    findings.update(_formatted_numbers(rows, counts, samples, comma_separated=comma_separated))
    nulls = nulls_of(rows, counts, findings)
    for column in columns:
        findings.setdefault(column, Finding(Reading())).reading.nulls = nulls[column]
    return findings


def _compact_dates(rows: Rows, counts: Mapping[str, Counts], findings: Mapping[str, Finding]) -> dict[str, Finding]:
    """Find columns of whole numbers that are all dates written YYYYMMDD."""
    reading = Reading(dtype="date", formats=["%Y%m%d"])
    likely = [
        column
        for column, finding in findings.items()
        if finding.reading == Reading(dtype="integer")
        and not finding.failed
        and (counts[column].low or 0) >= _FIRST_DAY
        and (counts[column].high or 0) <= _LAST_DAY
    ]
    days = count_parsed(rows, [(column, reading) for column in likely])
    return {
        column: Finding(reading.model_copy(), "dates written YYYYMMDD")
        for column, parsed_days in zip(likely, days, strict=True)
        if parsed_days == counts[column].present
    }


def _samples(rows: Rows, counts: Mapping[str, Counts], columns: Sequence[str]) -> dict[str, list[str]]:
    """Sample distinct values of every column, spread over all rows."""
    if not columns:
        return {}
    step = max(1, counts[columns[0]].rows // (2 * _SAMPLE))
    sample = rows.filter(pl.int_range(pl.len()) % step == 0).select(pl.col(columns))
    values = {}
    for column in columns:
        present = sample[column].drop_nulls()
        present = present.filter(~present.is_in(NULL_TOKENS))
        if len(present) < min(_ENOUGH, counts[column].present):
            every = max(1, counts[column].present // (2 * _SAMPLE))
            present = rows.select(present_in(column).drop_nulls().gather_every(every)).to_series()
        distinct = present.unique(maintain_order=True)
        values[column] = distinct.gather_every(max(1, len(distinct) // _SAMPLE)).to_list()
    return values


def _formatted_numbers(
    rows: Rows, counts: Mapping[str, Counts], samples: Mapping[str, list[str]], *, comma_separated: bool
) -> dict[str, Finding]:
    tries = [
        (column, candidate)
        for column, values in samples.items()
        for candidate in number_candidates(values, comma_separated=comma_separated)
    ]
    converted = count_parsed(rows, [(column, candidate.reading) for column, candidate in tries])
    findings: dict[str, Finding] = {}
    for (column, candidate), number in zip(tries, converted, strict=True):
        candidate.failed = counts[column].present - number
        best = findings.get(column)
        if number >= required(counts[column].present) and (best is None or candidate.failed < best.failed):
            findings[column] = candidate
    return findings
