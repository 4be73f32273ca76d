"""Aggregate ranges of rows whose values are final, by merging the states of blocks: a few steps per range.

Rows are cut into blocks of BLOCK, blocks into blocks of blocks, and the merged states from the start and to the end of
each are stored. A range is then the end of one block, the start of another and the blocks between, one level higher.
Nothing is ever subtracted, so nothing cancels: a huge value before a window does not affect the window. The result of a
range depends only on its rows, to the bit, and never on the other ranges.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from radix_assets.features.segments import Floats, Ints, Mask, Moments, Segments, Values, expand

BLOCK = 16
CHUNK = 1 << 15
"""Ranges per step, so that intermediate states stay in the processor's cache."""
ROWS = 1 << 21
"""Rows per step, if ranges are expanded row by row."""

T = TypeVar("T", Floats, Ints)
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


class Layout:
    """The blocks of rows, level by level. The blocks of a group start at its first row."""

    def __init__(self, starts: Ints) -> None:
        """`starts` gives, for each row, the start of its group; groups are contiguous."""
        self.levels: list[Level] = []
        while len(starts):
            level = Level(starts)
            self.levels.append(level)
            starts = level.above()


class Level:
    """Rows, or the blocks of the level below, cut into blocks.

    States are ordered by position in the block, larger blocks first: all second positions are contiguous, and their
    predecessors are the start of the stretch of first positions. So every step of a scan works on whole arrays.
    """

    def __init__(self, starts: Ints) -> None:
        size = len(starts)
        within = (np.arange(size) - starts) % BLOCK
        new = within == 0
        self.block = np.cumsum(new) - 1
        """The block of each row."""
        self.first = new
        """Whether the row is the first of its block."""
        self._groups = starts[new]
        lengths = np.diff(np.append(np.flatnonzero(new), size))
        rank = np.empty(len(lengths), dtype=np.int64)
        rank[np.argsort(-lengths, kind="stable")] = np.arange(len(lengths))
        self._counts = [int((lengths > j).sum()) for j in range(BLOCK)]
        offsets = np.concatenate([[0], np.cumsum(self._counts)])
        self._offsets = offsets
        self.place = offsets[within] + rank[self.block]
        """Index of the row's state."""
        self.last = offsets[lengths - 1] + rank
        """Index of the state of the block's last row."""
        self.up = np.full(len(lengths), -1, dtype=np.int64)
        """The block's number on the level above; -1 if it is the only one of its group."""

    def above(self) -> Ints:
        """Return the group starts of the level above, which holds the blocks of groups with several."""
        first = np.ones(len(self._groups), dtype=bool)
        first[1:] = self._groups[1:] != self._groups[:-1]
        number = np.cumsum(first) - 1
        several = np.bincount(number)[number] > 1 if len(number) else first
        self.up[several] = np.arange(int(several.sum()))
        kept = np.flatnonzero(first[several])
        return np.repeat(kept, np.diff(np.append(kept, int(several.sum()))))

    def arranged(self, rows: MergeState) -> MergeState:
        """Return the states of rows in the stored order."""
        stored = tuple(np.empty(len(part)) for part in rows)
        for whole, part in zip(stored, rows, strict=True):
            whole[self.place] = part
        return stored

    def ahead(self, leaves: MergeState, monoid: Monoid, *, keep: bool) -> MergeState:
        """Return the merged states from the block's first row to each; in place of the leaves unless `keep`."""
        states = tuple(part.copy() for part in leaves) if keep else leaves
        for j in range(1, BLOCK):
            count, start, before = self._counts[j], self._offsets[j], self._offsets[j - 1]
            previous = tuple(part[before : before + count] for part in states)
            merged = monoid.merge(previous, tuple(part[start : start + count] for part in leaves))
            for whole, piece in zip(states, merged, strict=True):
                whole[start : start + count] = piece
        return states

    def behind(self, leaves: MergeState, monoid: Monoid) -> MergeState:
        """Return the merged states from each row to the block's last."""
        states = tuple(part.copy() for part in leaves)
        for j in range(BLOCK - 2, -1, -1):
            count, start, after = self._counts[j + 1], self._offsets[j], self._offsets[j + 1]
            following = tuple(part[after : after + count] for part in states)
            merged = monoid.merge(tuple(part[start : start + count] for part in leaves), following)
            for whole, piece in zip(states, merged, strict=True):
                whole[start : start + count] = piece
        return states

    def totals(self, ahead: MergeState) -> MergeState:
        """Return the merged states of the blocks on the level above, in their order."""
        indexes = self.last[self.up >= 0]
        return tuple(part[indexes] for part in ahead)


class Blocks:
    """Merged states of rows, ready for any range."""

    def __init__(self, layout: Layout, rows: MergeState, monoid: Monoid, *, windows: bool = True) -> None:
        """Without `windows` every range starts with its group, and less has to be stored."""
        self._monoid = monoid
        self._levels: list[tuple[Level, MergeState, MergeState]] = []
        self._behind: list[MergeState | None] = []
        for level in layout.levels:
            leaves = level.arranged(rows)
            keep = windows or bool(self._levels)
            ahead = level.ahead(leaves, monoid, keep=keep)
            self._levels.append((level, leaves if keep else (), ahead))
            self._behind.append(None)
            rows = level.totals(ahead)

    def over(self, low: Ints, high: Ints) -> MergeState:
        """Return the merged state of each range of rows, low <= row < high; each is within one group."""
        states = tuple(np.full(len(low), empty) for empty in self._monoid.empty)
        for start in range(0, len(low), CHUNK):
            part = slice(start, start + CHUNK)
            for whole, piece in zip(states, self._chunk(low[part], high[part]), strict=True):
                whole[part] = piece
        return states

    def _chunk(self, low: Ints, high: Ints) -> MergeState:
        left, right = (tuple(np.full(len(low), empty) for empty in self._monoid.empty) for _ in range(2))
        active = np.flatnonzero(high > low)
        start, end = low[active], high[active] - 1
        for number, (level, leaves, ahead) in enumerate(self._levels):
            if not len(active):
                break
            inside = level.block[start] == level.block[end]
            self._inside(level, leaves, ahead, left, active[inside], start[inside], end[inside])
            active, start, end = active[~inside], start[~inside], end[~inside]
            whole = level.first[start]
            self._add(left, active[whole], ahead, level.last[level.block[start[whole]]])
            if not whole.all():
                self._add(left, active[~whole], self._ends(number), level.place[start[~whole]])
            self._add(right, active, ahead, level.place[end], first=True)
            start, end = level.up[level.block[start]] + 1, level.up[level.block[end]] - 1
            more = start <= end
            active, start, end = active[more], start[more], end[more]
        return self._monoid.merge(left, right)

    def _ends(self, number: int) -> MergeState:
        states = self._behind[number]
        if states is None:
            level, leaves, _ = self._levels[number]
            states = self._behind[number] = level.behind(leaves, self._monoid)
        return states

    def _inside(
        self,
        level: Level,
        leaves: MergeState,
        ahead: MergeState,
        target: MergeState,
        active: Ints,
        start: Ints,
        end: Ints,
    ) -> None:
        whole = level.first[start]
        self._add(target, active[whole], ahead, level.place[end[whole]])
        active, start, end = active[~whole], start[~whole], end[~whole]
        while len(active):
            self._add(target, active, leaves, level.place[start])
            start = start + 1
            more = start <= end
            active, start, end = active[more], start[more], end[more]

    def _add(self, target: MergeState, active: Ints, states: MergeState, places: Ints, *, first: bool = False) -> None:
        if not len(active):
            return
        state, present = tuple(part[places] for part in states), tuple(part[active] for part in target)
        merged = self._monoid.merge(state, present) if first else self._monoid.merge(present, state)
        for whole, piece in zip(target, merged, strict=True):
            whole[active] = piece


class Column:
    """Values of rows sorted by group and time, with structures prepared for ranges."""

    def __init__(self, values: Values, starts: Ints, layout: Layout, *, windows: bool = True) -> None:
        """`starts` gives, for each row, the start of its group, `layout` is built from it; `windows`: see Blocks."""
        self._windows = windows
        mask = values.mask
        if mask is not None:
            x, codes = values.numbers, values.codes
            x = None if x is None else np.where(mask, x, np.nan)
            values = replace(values, numbers=x, codes=None if codes is None else np.where(mask, codes, -1))
        self.values = values
        self._starts, self._layout = starts, layout

    @cached_property
    def selected(self) -> Ints:
        """Number of rows before each row that satisfy the condition."""
        assert self.values.mask is not None  # noqa: S101
        return _before(self.values.mask)

    @cached_property
    def valid(self) -> Ints:
        """Number of non-null values before each row."""
        return _before(~np.isnan(self._numbers))

    @cached_property
    def sums(self) -> Blocks:
        return self._blocks((np.nan_to_num(self._numbers),), SUM)

    @cached_property
    def lows(self) -> Blocks:
        return self._blocks((np.where(np.isnan(self._numbers), np.inf, self._numbers),), LOW)

    @cached_property
    def highs(self) -> Blocks:
        return self._blocks((np.where(np.isnan(self._numbers), -np.inf, self._numbers),), HIGH)

    @cached_property
    def moments(self) -> Blocks:
        """Moments around each group's first number, so that a common offset costs no precision."""
        x = self._numbers
        present = ~np.isnan(x)
        positions = np.where(present, np.arange(len(x)), len(x))
        first = np.minimum.accumulate(positions[::-1])[::-1][self._starts] if len(x) else positions
        x = np.where(present, x - x[np.minimum(first, max(len(x) - 1, 0))], 0.0)
        return self._blocks((present.astype(np.float64), x, np.zeros(len(x)), np.zeros(len(x))), MOMENTS)

    @cached_property
    def firsts(self) -> Blocks:
        return self._blocks((self._ordered(np.inf),), LOW)

    @cached_property
    def lasts(self) -> Blocks:
        return self._blocks((self._ordered(-np.inf),), HIGH)

    def _blocks(self, rows: MergeState, monoid: Monoid) -> Blocks:
        return Blocks(self._layout, rows, monoid, windows=self._windows)

    @cached_property
    def place(self) -> Ints:
        """Row number by rank in the order of time."""
        order = self.values.order
        assert order is not None  # noqa: S101
        rows = np.zeros(int(order.max()) + 1 if len(order) else 1, dtype=np.int64)
        rows[order] = np.arange(len(order))
        return rows

    @cached_property
    def news(self) -> Ints:
        """Number of rows before each row whose value is new in their group."""
        place, new = self._by_value
        is_new = np.zeros(len(place), dtype=bool)
        is_new[place[new]] = True
        return _before(is_new & (self._codes >= 0))

    @cached_property
    def modes(self) -> Ints | None:
        """For each row, the code of the most frequent value of its group up to and including it; None if too many.

        The smallest of equally frequent values wins, so it is a running maximum over (group, frequency, value).
        """
        codes, starts = self._codes, self._starts
        place, new = self._by_value
        run = np.flatnonzero(new)
        times = np.empty(len(codes), dtype=np.int64)
        times[place] = np.arange(len(codes)) - np.repeat(run, np.diff(np.append(run, len(codes)))) + 1
        width = int(codes.max(initial=0)) + 2
        each = (int(times.max(initial=0)) + 1) * width
        group = np.cumsum(np.concatenate([[0], starts[1:] != starts[:-1]])) if len(codes) else starts
        if (int(group.max(initial=0)) + 1) * each > np.iinfo(np.int64).max:
            return None
        rank = np.where(codes >= 0, times * width + (width - 1 - codes), 0)
        best = np.maximum.accumulate(group * each + rank) % each
        modes: Ints = np.where(best > 0, width - 1 - best % width, -1)
        return modes

    @cached_property
    def _by_value(self) -> tuple[Ints, Mask]:
        """The rows sorted by group and value, stable, and which rows are the first with their value."""
        group = np.cumsum(np.concatenate([[0], self._starts[1:] != self._starts[:-1]])[: len(self._starts)])
        width = int(self._codes.max(initial=0)) + 2
        both = group * width + self._codes + 1
        place = np.argsort(both, kind="stable")
        new = np.ones(len(both), dtype=bool)
        new[1:] = both[place][1:] != both[place][:-1]
        return place, new

    @property
    def _numbers(self) -> Floats:
        assert self.values.numbers is not None  # noqa: S101
        return self.values.numbers

    @property
    def _codes(self) -> Ints:
        assert self.values.codes is not None  # noqa: S101
        return self.values.codes

    def _ordered(self, out: float) -> Floats:
        order = self.values.order
        assert order is not None  # noqa: S101
        return order.astype(np.float64) if self.values.mask is None else np.where(self.values.mask, order, out)


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


def _before(flags: Mask) -> Ints:
    counts: Ints = np.concatenate([[0], np.cumsum(flags)]).astype(np.int64)
    return counts
