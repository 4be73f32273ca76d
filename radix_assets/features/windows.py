"""Trailing windows: how long, chosen from how dense the rows are and how far they reach."""

from collections.abc import Sequence

import numpy as np

from radix_assets.asof.keys import Positions
from radix_assets.asof.times import ALWAYS, NEVER, Times

HOUR = 3_600_000_000
"""In microseconds, as all of these."""
DAY = 24 * HOUR
LENGTHS = (HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY)
MOST = 3
"""Windows for one path; the shortest that are worth it, since all of the past is there too."""
ROWS = 2.0
"""A window shorter than so many median gaps between an ancestor's rows is mostly empty."""
SHARE = 3
"""A window longer than the time span over this says little that all of the past does not."""


def choose(anchors: Positions, times: Times, lengths: Sequence[int] = LENGTHS) -> list[int]:
    """The windows worth having for rows that belong to these ancestors and were known since these times."""
    usable = (anchors >= 0) & (times != NEVER) & (times != ALWAYS)
    anchors, times = anchors[usable], times[usable]
    if len(times) < 2:  # noqa: PLR2004
        return []
    order = np.lexsort((times, anchors))
    anchors, times = anchors[order], times[order]
    gaps = np.diff(times)[anchors[1:] == anchors[:-1]]
    gaps = gaps[gaps > 0]
    if not len(gaps):
        return []
    span, gap = int(times.max() - times.min()), float(np.median(gaps))
    return [length for length in lengths if ROWS * gap <= length <= span / SHARE][:MOST]


def words(window: int) -> str:
    """The length as a person writes it: 30d, 6h."""
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (60_000_000, "min"), (1_000_000, "s")):
        if window % unit == 0:
            return f"{window // unit}{letter}"
    return f"{window}us"
