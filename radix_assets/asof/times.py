"""Moments as numbers, and who was known when."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from radix_assets.asof.keys import MISSING, Positions
from radix_assets.asof.readings import moment

Times = npt.NDArray[np.int64]
"""Microseconds since 1970, UTC."""

NEVER = np.iinfo(np.int64).max
"""The time of a row that is nowhere known to exist; as a cutoff: now, when all that has a time is known."""
ALWAYS = np.iinfo(np.int64).min
"""The time of a row that has always been there."""


def moments(rows: pl.DataFrame, parts: Sequence[str]) -> Times:
    """The rows' points in time; NEVER where there is none, which as a cutoff means now."""
    return micros(rows.select(moment(parts, rows.schema)).to_series())


def micros(values: pl.Series) -> Times:
    """Datetimes as numbers; NEVER where there is none."""
    return values.cast(pl.Datetime("us")).cast(pl.Int64).fill_null(NEVER).to_numpy().astype(np.int64)


def known(positions: Positions, times: Times | None, cutoffs: Times) -> Positions:
    """The positions, without those of rows that were not known strictly before the cutoff."""
    if times is None or not len(times):
        return positions
    return np.where((positions >= 0) & (times[positions] < cutoffs), positions, MISSING)


def latest(times: Times | None, others: Times | None, place: Positions) -> Times | None:
    """The later of each row's time and of the time of the row at its place."""
    if others is None or not len(others):
        return times
    above = np.where(place >= 0, others[place], ALWAYS)
    return above if times is None else np.maximum(times, above)


def back(cutoffs: Times, window: int) -> Times:
    """The moments so many microseconds before the cutoffs; a cutoff of now has no window."""
    return np.where(cutoffs == NEVER, NEVER, cutoffs - window)
