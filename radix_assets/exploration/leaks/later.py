"""Leak suspects by time: times after the row's own, and amounts that measure the time up to them."""

import numpy as np
import polars as pl

from radix_assets.exploration.leaks.base import Data, Findings, Signal
from radix_assets.exploration.leaks.co_occurrence import together
from radix_assets.exploration.leaks.name_words import known_before
from radix_assets.exploration.leaks.names import ancestors
from radix_assets.exploration.leaks.timed_tables import MIN_ROWS, TimedTable, timed_sample
from radix_assets.exploration.row_time import row_time
from radix_assets.exploration.sample import Vector
from radix_assets.exploration.schema import Severity, Suspect
from radix_assets.exploration.scoring import as_numbers, spearman

NEVER_EARLIER = 0.98
"""Minimum share of the rows in which a later time is not before the row's own."""
LATER = 0.5
"""Minimum share of the rows in which it is after."""
DURATION = 0.99
ZONES = 4
"""Maximum number of distinct distances between two times that are due to time zones."""
DAY = 86_400_000_000
HOUR = 3_600_000_000
QUARTER = 900_000_000


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


def _later_times(data: Data) -> Findings:
    """Return the later times of all tables but the target's ancestors, whose rows existed before the target's."""
    tags = data.question.tags
    parents_of_target = ancestors(tags)
    suspects: list[Suspect] = []
    for table in tags.tables:
        if table in data.tables and table not in parents_of_target:
            timed = timed_sample(table, data.tables[table], tags)
            later_times = later(timed)
            suspects += later_times + (together(timed, later_times) if tags.target.future else [])
    return Findings(suspects)


LATER_TIMES = Signal(
    "later_times",
    {"later": "a time after the row's own", "duration": "measures the time up to a later event"},
    _later_times,
)
