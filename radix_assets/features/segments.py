"""Aggregate contiguous groups of rows: exact, two passes over the values, any primitive."""

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
    """Number of values, and the sums of their second and third powers around the mean."""

    count: Floats
    squares: Floats
    cubes: Floats


@dataclass(frozen=True)
class Values:
    """The input of an aggregation, row by row. A row that a condition excludes is ignored."""

    numbers: Floats | None = None
    """Numbers, or 0 and 1 for false and true; NaN for null."""
    codes: Ints | None = None
    """Position of the value in the order of values; -1 for null."""
    mask: Mask | None = None
    """Rows that satisfy the condition; None: all."""
    order: Ints | None = None
    """Rank of the row in its own table's order of time, which defines first and last. None: the order of the rows."""
    times: Times | None = None
    """The row's own time."""

    def at(self, place: Ints) -> "Values":
        """Return these rows."""

        def select(part: "np.typing.NDArray[Any] | None") -> Any:
            return None if part is None else part[place]

        return Values(
            select(self.numbers), select(self.codes), select(self.mask), select(self.order), select(self.times)
        )

    def only(self, mask: Mask | None) -> "Values":
        """Return the values with a further condition."""
        if mask is None:
            return self
        return replace(self, mask=mask if self.mask is None else mask & self.mask)


class Segments:
    """Groups of rows: group i has the rows from `offsets[i]` up to `offsets[i + 1]`."""

    def __init__(self, values: Values, offsets: Ints) -> None:
        self.times = values.times
        """Own times of the original rows."""
        self._origin: Ints | None = None
        if values.mask is not None:
            positions = np.concatenate([[0], np.cumsum(values.mask)])
            self._origin = np.flatnonzero(values.mask)
            values, offsets = replace(values.at(self._origin), mask=None), positions[offsets]
        self.values = values
        self._offsets = offsets
        self._lengths = np.diff(offsets)
        self._filled = self._lengths > 0

    @property
    def owner(self) -> Ints:
        """The group of each row."""
        return np.repeat(np.arange(len(self._lengths)), self._lengths)

    def rows(self) -> Ints:
        """Return the number of rows."""
        return self._lengths

    def valid(self) -> Ints:
        """Return the number of rows with a number."""
        return self._reduce(np.add, (~np.isnan(self._numbers)).astype(np.int64), 0)

    def sum(self) -> Floats:
        """Return the sum of the numbers."""
        return self._reduce(np.add, np.nan_to_num(self._numbers), 0.0)

    def low(self) -> Floats:
        """Return the smallest number; infinity if there is none."""
        return self._reduce(np.fmin, np.where(np.isnan(self._numbers), np.inf, self._numbers), np.inf)

    def high(self) -> Floats:
        """Return the largest number; minus infinity if there is none."""
        return self._reduce(np.fmax, np.where(np.isnan(self._numbers), -np.inf, self._numbers), -np.inf)

    def moments(self) -> Moments:
        """Return powers around the mean, relative to each group's first number: exactly 0 if all are equal."""
        x, count = self._numbers, self.valid()
        positions = np.where(np.isnan(x), len(x), np.arange(len(x)))
        first = self._reduce(np.minimum, positions, 0)
        x = x - np.repeat(x[np.minimum(first, max(len(x) - 1, 0))], self._lengths) if len(x) else x
        mean = self._reduce(np.add, np.nan_to_num(x), 0.0) / np.maximum(count, 1)
        deviations = np.nan_to_num(x - np.repeat(mean, self._lengths))
        squares = deviations * deviations
        return Moments(
            count.astype(np.float64),
            self._reduce(np.add, squares, 0.0),
            self._reduce(np.add, squares * deviations, 0.0),
        )

    def first(self) -> Ints:
        """Return the position of the first row among the original rows, -1 if there is none."""
        return self._original(self._edge(np.minimum))

    def last(self) -> Ints:
        """Return the position of the last row, -1 if there is none."""
        return self._original(self._edge(np.maximum))

    def unique(self) -> Ints:
        """Return the number of distinct values."""
        groups, _, _ = self._counted
        return np.bincount(groups, minlength=len(self._lengths)).astype(np.int64)

    def common(self, part: int) -> Ints:
        """Return the code of the most frequent value, or of the next ones; ties go to the smallest."""
        groups, codes, counts = self._counted
        order = np.lexsort((codes, -counts, groups))
        starts = np.searchsorted(groups, np.arange(len(self._lengths)))  # groups are sorted already
        ends = np.append(starts[1:], len(groups)) if len(starts) else starts
        indexes = starts + part
        codes_found = np.full(len(self._lengths), -1, dtype=np.int64)
        valid = indexes < ends
        codes_found[valid] = codes[order[indexes[valid]]]
        return codes_found

    def median(self) -> Floats:
        """Return the median."""
        x, owner = self._numbers, self.owner
        present = ~np.isnan(x)
        x, owner = x[present], owner[present]
        x = x[np.lexsort((x, owner))]
        count = self.valid()
        start = np.cumsum(count) - count
        medians = np.full(len(count), np.nan)
        non_empty = count > 0
        low, high = start + (count - 1) // 2, start + count // 2
        medians[non_empty] = (x[low[non_empty]] + x[high[non_empty]]) / 2
        return medians

    def trend(self) -> Floats:
        """Return the slope of the numbers over time, in featuretools' unit, which depends on the first time.

        The unit is a day if the first row with a number is at midnight, else an hour, a minute or a second.
        """
        times = self.values.times
        if times is None:
            return np.full(len(self._lengths), np.nan)
        present = ~np.isnan(self._numbers)
        positions = np.concatenate([[0], np.cumsum(present)])
        inner = Segments(self.values.at(np.flatnonzero(present)), positions[self._offsets])
        return inner._slope()

    def _slope(self) -> Floats:
        times, order = self.values.times, self._edge(np.minimum)
        assert times is not None  # noqa: S101
        slopes = np.full(len(self._lengths), np.nan)
        enough = self._lengths > 2  # noqa: PLR2004
        first = times[np.maximum(order, 0)] // 1_000_000 if len(times) else np.zeros(len(order), dtype=np.int64)
        unit = np.select([first % 86400 == 0, first % 3600 == 0, first % 60 == 0], [86400.0, 3600.0, 60.0], 1.0)
        start = np.repeat(times[np.maximum(order, 0)] if len(times) else order, self._lengths)
        t = (times - start) / 1e6 / np.repeat(unit, self._lengths)
        t = t - np.repeat(self._reduce(np.add, t, 0.0) / np.maximum(self._lengths, 1), self._lengths)
        y = self._numbers - np.repeat(self.sum() / np.maximum(self._lengths, 1), self._lengths)
        spread, both = self._reduce(np.add, t * t, 0.0), self._reduce(np.add, t * y, 0.0)
        flat = spread == 0
        slopes[enough] = np.where(flat, 0.0, both / np.where(flat, 1.0, spread))[enough]
        return slopes

    @property
    def _numbers(self) -> Floats:
        assert self.values.numbers is not None  # noqa: S101
        return self.values.numbers

    @property
    def _counted(self) -> tuple[Ints, Ints, Ints]:
        """The distinct values of each group with their counts, sorted by group and value."""
        codes = self.values.codes
        assert codes is not None  # noqa: S101
        present = codes >= 0
        groups, codes = self.owner[present], codes[present]
        width = int(codes.max()) + 1 if len(codes) else 1
        both, counts = np.unique(groups * width + codes, return_counts=True)
        return both // width, both % width, counts

    def _original(self, place: Ints) -> Ints:
        if self._origin is None or not len(self._origin):
            return place
        return np.where(place >= 0, self._origin[np.maximum(place, 0)], -1)

    def _edge(self, extreme: np.ufunc) -> Ints:
        order = self.values.order
        if order is None:
            edge = self._offsets[:-1] if extreme is np.minimum else self._offsets[1:] - 1
            return np.where(self._filled, edge, -1)
        extremes = np.repeat(self._reduce(extreme, order, -1), self._lengths)
        positions = np.flatnonzero(order == extremes)
        edges = np.full(len(self._lengths), -1, dtype=np.int64)
        edges[self.owner[positions]] = positions
        return edges

    def _reduce(self, function: np.ufunc, values: npt.NDArray[T], empty: float) -> npt.NDArray[T]:
        results = np.full(len(self._lengths), empty, dtype=values.dtype)
        if self._filled.any():
            results[self._filled] = function.reduceat(values, self._offsets[:-1][self._filled])
        return results


def expand(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Return the rows low <= row < high of each group, contiguously, and the start of each group."""
    lengths = np.maximum(high - low, 0)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return np.arange(offsets[-1]) - np.repeat(offsets[:-1] - low, lengths), offsets
