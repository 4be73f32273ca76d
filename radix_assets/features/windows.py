"""Choose the lengths of trailing windows from the density and the time span of the rows."""

from collections.abc import Sequence

import numpy as np

from radix_assets.asof.keys import Positions
from radix_assets.asof.times import ALWAYS, NEVER, Times

HOUR = 3_600_000_000
"""In microseconds, like the other lengths."""
DAY = 24 * HOUR
LENGTHS = (HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY)
MOST = 3
"""Windows per path: the shortest useful ones, since the whole past is aggregated too."""
ROWS = 2.0
"""A window shorter than this many median gaps between an ancestor's rows is mostly empty."""
SHARE = 3
"""A window longer than the time span divided by this adds little to the whole past."""


def choose(anchors: Positions, times: Times, lengths: Sequence[int] = LENGTHS) -> list[int]:
    """Return the useful windows for rows that belong to these ancestors and are known since these times."""
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
    """Return the length as a user writes it: 30d, 6h."""
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (60_000_000, "min"), (1_000_000, "s")):
        if window % unit == 0:
            return f"{window // unit}{letter}"
    return f"{window}us"
