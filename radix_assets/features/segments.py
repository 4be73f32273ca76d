"""Aggregations over rows laid out one group after the other: exact, two passes over the values, any primitive."""

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from radix_assets.asof.times import Times

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
T = TypeVar("T", np.float64, np.int64)
NOTHING = 1e-14
"""A sum of squares or cubes below this is zero, as in pandas."""


@dataclass(frozen=True)
class Moments:
    """How many values, and their second and third powers around their mean, summed."""

    count: Floats
    squares: Floats
    cubes: Floats


@dataclass(frozen=True)
class Values:
    """What is aggregated, row by row. A row that a condition leaves out counts for nothing."""

    numbers: Floats | None = None
    """Numbers, or 0 and 1 for false and true; NaN where there is none."""
    codes: Ints | None = None
    """The place of the value in the order of values; -1 where there is none."""
    mask: Mask | None = None
    """Rows that the condition leaves; None: all."""
    order: Ints | None = None
    """The row's place in its own table's order of time; says which is the first and the last. None: as they stand."""
    times: Times | None = None
    """The row's own time."""

    def at(self, place: Ints) -> "Values":
        """These rows."""

        def chosen(part: "np.typing.NDArray[Any] | None") -> Any:
            return None if part is None else part[place]

        return Values(
            chosen(self.numbers), chosen(self.codes), chosen(self.mask), chosen(self.order), chosen(self.times)
        )

    def only(self, mask: Mask | None) -> "Values":
        """The same, with the rows alone that this condition leaves too."""
        if mask is None:
            return self
        return replace(self, mask=mask if self.mask is None else mask & self.mask)


class Segments:
    """Groups of rows: group i is the rows from `offsets[i]` up to `offsets[i + 1]`."""

    def __init__(self, values: Values, offsets: Ints) -> None:
        self.times = values.times
        """The own times of the rows that were given."""
        self._origin: Ints | None = None
        if values.mask is not None:
            kept = np.concatenate([[0], np.cumsum(values.mask)])
            self._origin = np.flatnonzero(values.mask)
            values, offsets = replace(values.at(self._origin), mask=None), kept[offsets]
        self.values = values
        self._offsets = offsets
        self._lengths = np.diff(offsets)
        self._filled = self._lengths > 0

    @property
    def owner(self) -> Ints:
        """The group of each row."""
        return np.repeat(np.arange(len(self._lengths)), self._lengths)

    def rows(self) -> Ints:
        """How many rows."""
        return self._lengths

    def valid(self) -> Ints:
        """How many rows have a number."""
        return self._reduce(np.add, (~np.isnan(self._numbers)).astype(np.int64), 0)

    def sum(self) -> Floats:
        """The sum of the numbers."""
        return self._reduce(np.add, np.nan_to_num(self._numbers), 0.0)

    def low(self) -> Floats:
        """The smallest number; infinity where there is none."""
        return self._reduce(np.fmin, np.where(np.isnan(self._numbers), np.inf, self._numbers), np.inf)

    def high(self) -> Floats:
        """The largest number."""
        return self._reduce(np.fmax, np.where(np.isnan(self._numbers), -np.inf, self._numbers), -np.inf)

    def moments(self) -> Moments:
        """Powers around the mean, seen from each group's first number: where all are the same, nothing is left."""
        x, count = self._numbers, self.valid()
        place = np.where(np.isnan(x), len(x), np.arange(len(x)))
        first = self._reduce(np.minimum, place, 0)
        x = x - np.repeat(x[np.minimum(first, max(len(x) - 1, 0))], self._lengths) if len(x) else x
        mean = self._reduce(np.add, np.nan_to_num(x), 0.0) / np.maximum(count, 1)
        apart = np.nan_to_num(x - np.repeat(mean, self._lengths))
        squares = apart * apart
        return Moments(
            count.astype(np.float64),
            self._reduce(np.add, squares, 0.0),
            self._reduce(np.add, squares * apart, 0.0),
        )

    def first(self) -> Ints:
        """The place of the first row among those that were given, -1 where there is none."""
        return self._given(self._edge(np.minimum))

    def last(self) -> Ints:
        """The place of the last row."""
        return self._given(self._edge(np.maximum))

    def unique(self) -> Ints:
        """How many different values."""
        groups, _, _ = self._counted
        return np.bincount(groups, minlength=len(self._lengths)).astype(np.int64)

    def common(self, part: int) -> Ints:
        """The code of the most frequent value, or of the next ones; the smallest of equally frequent ones."""
        groups, codes, counts = self._counted
        order = np.lexsort((codes, -counts, groups))
        starts = np.searchsorted(groups, np.arange(len(self._lengths)))  # groups are sorted already
        ends = np.append(starts[1:], len(groups)) if len(starts) else starts
        wanted = starts + part
        found = np.full(len(self._lengths), -1, dtype=np.int64)
        there = wanted < ends
        found[there] = codes[order[wanted[there]]]
        return found

    def median(self) -> Floats:
        """The number in the middle, or the mean of the two."""
        x, owner = self._numbers, self.owner
        there = ~np.isnan(x)
        x, owner = x[there], owner[there]
        x = x[np.lexsort((x, owner))]
        count = self.valid()
        start = np.cumsum(count) - count
        found = np.full(len(count), np.nan)
        some = count > 0
        low, high = start + (count - 1) // 2, start + count // 2
        found[some] = (x[low[some]] + x[high[some]]) / 2
        return found

    def trend(self) -> Floats:
        """The slope of the numbers over time, in featuretools' unit: what divides the first moment.

        The unit is a day where the first row with a number is at midnight, else an hour, a minute or a second.
        """
        times = self.values.times
        if times is None:
            return np.full(len(self._lengths), np.nan)
        there = ~np.isnan(self._numbers)
        kept = np.concatenate([[0], np.cumsum(there)])
        inner = Segments(self.values.at(np.flatnonzero(there)), kept[self._offsets])
        return inner._slope()

    def _slope(self) -> Floats:
        times, order = self.values.times, self._edge(np.minimum)
        assert times is not None  # noqa: S101
        found = np.full(len(self._lengths), np.nan)
        enough = self._lengths > 2  # noqa: PLR2004
        first = times[np.maximum(order, 0)] // 1_000_000 if len(times) else np.zeros(len(order), dtype=np.int64)
        unit = np.select([first % 86400 == 0, first % 3600 == 0, first % 60 == 0], [86400.0, 3600.0, 60.0], 1.0)
        start = np.repeat(times[np.maximum(order, 0)] if len(times) else order, self._lengths)
        t = (times - start) / 1e6 / np.repeat(unit, self._lengths)
        t = t - np.repeat(self._reduce(np.add, t, 0.0) / np.maximum(self._lengths, 1), self._lengths)
        y = self._numbers - np.repeat(self.sum() / np.maximum(self._lengths, 1), self._lengths)
        spread, both = self._reduce(np.add, t * t, 0.0), self._reduce(np.add, t * y, 0.0)
        flat = spread == 0
        found[enough] = np.where(flat, 0.0, both / np.where(flat, 1.0, spread))[enough]
        return found

    @property
    def _numbers(self) -> Floats:
        assert self.values.numbers is not None  # noqa: S101
        return self.values.numbers

    @property
    def _counted(self) -> tuple[Ints, Ints, Ints]:
        """Each group's different values and how often they occur, sorted by group and value."""
        codes = self.values.codes
        assert codes is not None  # noqa: S101
        there = codes >= 0
        groups, codes = self.owner[there], codes[there]
        width = int(codes.max()) + 1 if len(codes) else 1
        both, counts = np.unique(groups * width + codes, return_counts=True)
        return both // width, both % width, counts

    def _given(self, place: Ints) -> Ints:
        if self._origin is None or not len(self._origin):
            return place
        return np.where(place >= 0, self._origin[np.maximum(place, 0)], -1)

    def _edge(self, extreme: np.ufunc) -> Ints:
        order = self.values.order
        if order is None:
            edge = self._offsets[:-1] if extreme is np.minimum else self._offsets[1:] - 1
            return np.where(self._filled, edge, -1)
        wanted = np.repeat(self._reduce(extreme, order, -1), self._lengths)
        place = np.flatnonzero(order == wanted)
        found = np.full(len(self._lengths), -1, dtype=np.int64)
        found[self.owner[place]] = place
        return found

    def _reduce(self, function: np.ufunc, values: npt.NDArray[T], empty: float) -> npt.NDArray[T]:
        found = np.full(len(self._lengths), empty, dtype=values.dtype)
        if self._filled.any():
            found[self._filled] = function.reduceat(values, self._offsets[:-1][self._filled])
        return found


def expand(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """The rows from low up to high of each group, one group after the other, and where each group starts."""
    lengths = np.maximum(high - low, 0)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return np.arange(offsets[-1]) - np.repeat(offsets[:-1] - low, lengths), offsets
