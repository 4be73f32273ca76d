"""Leak suspects by time: times after the row's own, and amounts that measure the time up to them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from radix_assets.exploration.name_words import known_before
from radix_assets.exploration.sample import Vector
from radix_assets.exploration.schema import Severity, Suspect
from radix_assets.exploration.scoring import as_numbers, spearman
from radix_assets.tags.schema import TableTags

NEVER_EARLIER = 0.98
"""Minimum share of the rows in which a later time is not before the row's own."""
LATER = 0.5
"""Minimum share of the rows in which it is after."""
MIN_ROWS = 20
DURATION = 0.99
ZONES = 4
"""Maximum number of distinct distances between two times that are due to time zones."""
DAY = 86_400_000_000
HOUR = 3_600_000_000
QUARTER = 900_000_000


@dataclass(frozen=True)
class TimedTable:
    """Rows of a table, with their tags."""

    table: str
    names: list[str]
    frame: pl.DataFrame
    """Columns `c{i}`."""
    tags: TableTags


def row_time(names: list[str], tags: TableTags, frame: pl.DataFrame) -> pl.Series | None:
    """Return the creation time of each row; None if the table has no time index, or one that is not a time."""
    if not tags.time_index or any(part not in names for part in tags.time_index):
        return None
    columns = [frame[f"c{names.index(part)}"] for part in tags.time_index]
    if len(columns) == 1:
        only = columns[0]
        return only.cast(pl.Datetime("us")).alias("time") if only.dtype in (pl.Date, pl.Datetime) else None
    if all(column.dtype.is_integer() for column in columns) and len(columns) <= 5:  # noqa: PLR2004
        parts = pl.DataFrame([column.alias(f"p{i}") for i, column in enumerate(columns)])
        defaults = [pl.lit(1)] * 3 + [pl.lit(0)] * 2
        values = [pl.col(f"p{i}") if i < len(columns) else default for i, default in enumerate(defaults)]
        valid = values[1].is_between(1, 12) & values[2].is_between(1, 31) & values[3].is_between(0, 23)
        valid &= values[4].is_between(0, 59) & values[0].is_between(1, 9999)
        values = [pl.when(valid).then(value) for value in values]
        # A day that the month does not have would raise an error; as an offset from the first it does not.
        start = pl.datetime(values[0], values[1], 1, values[3], values[4], time_unit="us")
        return parts.select((start + pl.duration(days=values[2] - 1)).alias("time")).to_series()
    if columns[0].dtype in (pl.Date, pl.Datetime):
        return columns[0].cast(pl.Datetime("us")).alias("time")
    return None


def later(timed: TimedTable) -> list[Suspect]:
    """Return the columns with a time after the row's own, and the durations up to it."""
    time = row_time(timed.names, timed.tags, timed.frame)
    if time is None:
        return []
    suspects: list[Suspect] = []
    start = as_numbers(time)
    for position, name in enumerate(timed.names):
        column = timed.frame[f"c{position}"]
        tag = timed.tags.columns.get(name)
        if column.dtype not in (pl.Date, pl.Datetime) or name in timed.tags.time_index:
            continue
        if tag is not None and tag.role == "foreign_key":
            continue
        gap = _gap(as_numbers(column), start)
        if (
            len(gap) < MIN_ROWS
            or (gap >= 0).mean() < NEVER_EARLIER
            or (gap > 0).mean() < LATER
            or _is_time_zone_gap(gap)
        ):
            continue
        severity: Severity = "weak" if known_before(name) else "strong"
        hint = "; its name says that it may be set in advance" if severity == "weak" else ""
        suspects.append(
            Suspect(
                table=timed.table,
                column=name,
                code="later",
                score=round(float((gap > 0).mean()), 6),
                severity=severity,
                reason=f"it is a moment after {' '.join(timed.tags.time_index)} in {(gap > 0).mean():.0%} of the "
                f"rows that have it{hint}",
            )
        )
        if severity == "strong":
            suspects += _durations(timed, as_numbers(column) - start, name)
    return suspects


def _gap(moment: Vector, start: Vector) -> Vector:
    """Distances of the timed from the rows' own, in microseconds; whole hours or days are compared as such."""
    both = ~(np.isnan(moment) | np.isnan(start))
    moment, start = moment[both], start[both]
    for step in (DAY, HOUR):
        if len(moment) and (moment % step == 0).all():
            return np.asarray(moment - np.floor(start / step) * step, dtype=np.float64)
    return np.asarray(moment - start, dtype=np.float64)


def _is_time_zone_gap(gap: Vector) -> bool:
    """Return whether the distances are those of time zones: few values, whole quarters of an hour, below a day."""
    values = np.unique(gap)
    return bool(len(values) <= ZONES and (values % QUARTER == 0).all() and (np.abs(values) < DAY).all())


def _durations(timed: TimedTable, gap: Vector, until: str) -> list[Suspect]:
    suspects = []
    for position, name in enumerate(timed.names):
        column = timed.frame[f"c{position}"]
        if not column.dtype.is_numeric():
            continue
        rho = spearman(as_numbers(column), gap)
        if rho >= DURATION:
            suspects.append(
                Suspect(
                    table=timed.table,
                    column=name,
                    code="duration",
                    score=round(rho, 6),
                    severity="strong",
                    reason=f"it measures the time up to {until}, which is after the row's own moment",
                )
            )
    return suspects
