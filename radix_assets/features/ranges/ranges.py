"""Aggregations of ranges of a column's rows, from the blocks where they suffice and else row by row."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TypeVar

import numpy as np

from radix_assets.features.ranges.blocks import Blocks
from radix_assets.features.ranges.column import Column
from radix_assets.features.segments import Floats, Ints, Moments, Segments, expand

ROWS = 1 << 21
"""Rows per step, if ranges are expanded row by row."""

T = TypeVar("T", Floats, Ints)


class Ranges:
    """Ranges of a column's rows, with the same methods as Segments; `whole`: each starts with its group."""

    def __init__(self, column: Column, low: Ints, high: Ints, *, whole: bool) -> None:
        self.values = column.values
        self.times = column.values.times
        self._column = column
        self._low, self._high = low, np.maximum(low, high)
        self._whole = whole and column.values.mask is None

    def rows(self) -> Ints:
        return self._high - self._low if self.values.mask is None else self._between(self._column.selected)

    def valid(self) -> Ints:
        return self._between(self._column.valid)

    def sum(self) -> Floats:
        return self._sum

    @cached_property
    def _sum(self) -> Floats:
        return self._column.sums.over(self._low, self._high)[0]

    def low(self) -> Floats:
        return self._column.lows.over(self._low, self._high)[0]

    def high(self) -> Floats:
        return self._column.highs.over(self._low, self._high)[0]

    def moments(self) -> Moments:
        return self._moments

    @cached_property
    def _moments(self) -> Moments:
        count, _, squares, cubes = self._column.moments.over(self._low, self._high)
        return Moments(count, squares, cubes)

    def first(self) -> Ints:
        return self._edge(self._column.firsts)

    def last(self) -> Ints:
        return self._edge(self._column.lasts)

    def unique(self) -> Ints:
        return self._between(self._column.news) if self._whole else self._expanded(Segments.unique)

    def common(self, part: int) -> Ints:
        modes = self._column.modes if self._whole and not part else None
        if modes is None:
            return self._expanded(lambda segments: segments.common(part))
        non_empty = self._high > self._low
        return np.where(non_empty, modes[np.maximum(self._high - 1, 0)] if len(modes) else -1, -1)

    def median(self) -> Floats:
        return self._expanded(Segments.median)

    def trend(self) -> Floats:
        return self._expanded(Segments.trend)

    def _between(self, counts: Ints) -> Ints:
        differences: Ints = counts[self._high] - counts[self._low]
        return differences

    def _edge(self, blocks: Blocks) -> Ints:
        order = blocks.over(self._low, self._high)[0]
        present = np.isfinite(order)
        return np.where(present, self._column.place[np.where(present, order, 0).astype(np.int64)], -1)

    def _expanded(self, compute: Callable[[Segments], T]) -> T:
        results = [
            compute(Segments(self.values.at(place), offsets)) for _, place, offsets in expanded(self._low, self._high)
        ]
        return np.concatenate(results) if len(results) > 1 else results[0]


def expanded(low: Ints, high: Ints) -> Iterator[tuple[slice, Ints, Ints]]:
    """Yield ranges expanded to rows, in pieces of bounded size: the ranges, their rows, and the start of each range."""
    for part in pieces(low, high):
        place, offsets = expand(low[part], high[part])
        yield part, place, offsets


def pieces(low: Ints, high: Ints) -> list[slice]:
    """Return slices of consecutive ranges with together at most ROWS rows, or single ranges with more."""
    ends = np.cumsum(np.maximum(high - low, 0))
    slices, start = [], 0
    while start < len(low):
        before = ends[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(ends, before + ROWS, side="right")))
        slices.append(slice(start, end))
        start = end
    return slices or [slice(0, 0)]
