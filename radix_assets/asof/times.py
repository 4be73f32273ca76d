"""Times as numbers, and which rows were known when."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from radix_assets.asof.keys import MISSING, Positions
from radix_assets.asof.parsing import known_from

Times = npt.NDArray[np.int64]
"""Microseconds since 1970, UTC."""

NEVER = np.iinfo(np.int64).max
"""The time of a row that is never known; as a cutoff: now, when every row with a time is known."""
ALWAYS = np.iinfo(np.int64).min
"""The time of a row that was always known."""


def moments(rows: pl.DataFrame, parts: Sequence[str], others: Sequence[str] = ()) -> Times:
    """Return the times of rows, or the latest of them and of other dates; NEVER where null, as a cutoff: now."""
    return micros(rows.select(known_from(parts, others, rows.schema)).to_series())


def micros(values: pl.Series) -> Times:
    """Return datetimes as microseconds; NEVER where null."""
    return values.cast(pl.Datetime("us")).cast(pl.Int64).fill_null(NEVER).to_numpy().astype(np.int64)


def only_known(positions: Positions, times: Times | None, cutoffs: Times) -> Positions:
    """Return the positions; MISSING for rows that were not known strictly before the cutoff."""
    if times is None or not len(times):
        return positions
    return np.where((positions >= 0) & (times[positions] < cutoffs), positions, MISSING)


def latest(times: Times | None, others: Times | None, positions: Positions) -> Times | None:
    """Return the later of each row's time and the time of the row at its position."""
    if others is None or not len(others):
        return times
    other_times = np.where(positions >= 0, others[positions], ALWAYS)
    return other_times if times is None else np.maximum(times, other_times)


def back(cutoffs: Times, window: int) -> Times:
    """Return the start of the window of this many microseconds before each cutoff; a cutoff of now has no window."""
    return np.where(cutoffs == NEVER, NEVER, cutoffs - window)
