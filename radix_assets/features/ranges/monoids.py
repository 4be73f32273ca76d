"""Merge functions of aggregation states: sums, extremes, and moments."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from radix_assets.features.segments import Floats

MergeState = tuple[Floats, ...]


@dataclass(frozen=True)
class Monoid:
    """A merge function of two states, and the state of no rows."""

    merge: Callable[[MergeState, MergeState], MergeState]
    empty: tuple[float, ...]


def _moments(a: MergeState, b: MergeState) -> MergeState:
    """Merge counts, means and sums of powers around them as Chan, Golub and LeVeque; cubes as Pébay."""
    count = a[0] + b[0]
    total = np.maximum(count, 1.0)
    difference = b[1] - a[1]
    share = difference / total
    mean = np.where(a[0] == 0, b[1], np.where(b[0] == 0, a[1], a[1] + share * b[0]))
    cross = share * difference * a[0] * b[0]
    squares = a[2] + b[2] + cross
    cubes = a[3] + b[3] + cross * share * (a[0] - b[0]) + 3.0 * share * (a[0] * b[2] - b[0] * a[2])
    return count, mean, squares, cubes


MOMENTS = Monoid(_moments, (0.0, 0.0, 0.0, 0.0))

SUM = Monoid(lambda a, b: (a[0] + b[0],), (0.0,))

LOW = Monoid(lambda a, b: (np.minimum(a[0], b[0]),), (np.inf,))

HIGH = Monoid(lambda a, b: (np.maximum(a[0], b[0]),), (-np.inf,))
