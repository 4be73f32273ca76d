"""Aggregations over ranges of rows that stand still: what can be merged is merged from blocks, in a few steps a range.

Rows are cut into blocks of BLOCK, blocks into blocks of blocks, and for each the merged states from its start and to
its end are kept. A range is then the end of one block, the start of another and what is between, one level higher.
Nothing is ever subtracted, so nothing cancels: a huge value before a window leaves the window alone. A range's result
depends on the rows alone, never on what else is asked, to the bit.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from radix_assets.features.segments import Floats, Ints, Mask, Moments, Segments, Values, expand

BLOCK = 16
CHUNK = 1 << 15
"""Ranges at once, so that intermediate states stay in the processor's cache."""
ROWS = 1 << 21
"""Rows at once, where ranges are laid out row by row."""

T = TypeVar("T", Floats, Ints)
State = tuple[Floats, ...]


@dataclass(frozen=True)
class Monoid:
    """How two states become one, and the state of no rows."""

    merge: Callable[[State, State], State]
    empty: tuple[float, ...]


def _moments(a: State, b: State) -> State:
    """Chan, Golub and LeVeque's merge of counts, means and sums of powers around them; cubes as Pébay has them."""
    count = a[0] + b[0]
    total = np.maximum(count, 1.0)
    apart = b[1] - a[1]
    share = apart / total
    mean = np.where(a[0] == 0, b[1], np.where(b[0] == 0, a[1], a[1] + share * b[0]))
    both = share * apart * a[0] * b[0]
    squares = a[2] + b[2] + both
    cubes = a[3] + b[3] + both * share * (a[0] - b[0]) + 3.0 * share * (a[0] * b[2] - b[0] * a[2])
    return count, mean, squares, cubes


MOMENTS = Monoid(_moments, (0.0, 0.0, 0.0, 0.0))
SUM = Monoid(lambda a, b: (a[0] + b[0],), (0.0,))
LOW = Monoid(lambda a, b: (np.minimum(a[0], b[0]),), (np.inf,))
HIGH = Monoid(lambda a, b: (np.maximum(a[0], b[0]),), (-np.inf,))


class Layout:
    """Where the blocks of rows are, level by level. A group's blocks are counted from its first row."""

    def __init__(self, starts: Ints) -> None:
        """`starts` is for each row where its group starts; groups stand one after the other."""
        self.levels: list[Level] = []
        while len(starts):
            level = Level(starts)
            self.levels.append(level)
            starts = level.above()


class Level:
    """Rows, or the blocks of the level below, cut into blocks.

    States are kept by place in the block, blocks with more rows first: what is at the second places is one stretch, and
    its predecessors are the start of the stretch of the first places. So every step of a scan is over whole arrays.
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
        """Where the row's state is kept."""
        self.last = offsets[lengths - 1] + rank
        """Where the state of the block's last row is kept."""
        self.up = np.full(len(lengths), -1, dtype=np.int64)
        """The block's number on the level above; -1 where it is its group's only one."""

    def above(self) -> Ints:
        """The starts of the groups on the level above, which has the blocks of groups that have several."""
        first = np.ones(len(self._groups), dtype=bool)
        first[1:] = self._groups[1:] != self._groups[:-1]
        number = np.cumsum(first) - 1
        several = np.bincount(number)[number] > 1 if len(number) else first
        self.up[several] = np.arange(int(several.sum()))
        kept = np.flatnonzero(first[several])
        return np.repeat(kept, np.diff(np.append(kept, int(several.sum()))))

    def kept(self, rows: State) -> State:
        """States by row, as they are kept."""
        found = tuple(np.empty(len(part)) for part in rows)
        for whole, part in zip(found, rows, strict=True):
            whole[self.place] = part
        return found

    def ahead(self, leaves: State, monoid: Monoid, *, keep: bool) -> State:
        """The merged states from the block's first row to each; in the place of the leaves if they are not kept."""
        found = tuple(part.copy() for part in leaves) if keep else leaves
        for j in range(1, BLOCK):
            count, start, before = self._counts[j], self._offsets[j], self._offsets[j - 1]
            held = tuple(part[before : before + count] for part in found)
            merged = monoid.merge(held, tuple(part[start : start + count] for part in leaves))
            for whole, piece in zip(found, merged, strict=True):
                whole[start : start + count] = piece
        return found

    def behind(self, leaves: State, monoid: Monoid) -> State:
        """The merged states from each row to the block's last."""
        found = tuple(part.copy() for part in leaves)
        for j in range(BLOCK - 2, -1, -1):
            count, start, after = self._counts[j + 1], self._offsets[j], self._offsets[j + 1]
            held = tuple(part[after : after + count] for part in found)
            merged = monoid.merge(tuple(part[start : start + count] for part in leaves), held)
            for whole, piece in zip(found, merged, strict=True):
                whole[start : start + count] = piece
        return found

    def totals(self, ahead: State) -> State:
        """The merged states of the blocks that the level above has, in their order."""
        kept = self.last[self.up >= 0]
        return tuple(part[kept] for part in ahead)


class Blocks:
    """Merged states of rows, ready for any range."""

    def __init__(self, layout: Layout, rows: State, monoid: Monoid, *, windows: bool = True) -> None:
        """Without `windows` every range starts where its group does, and less has to be kept."""
        self._monoid = monoid
        self._levels: list[tuple[Level, State, State]] = []
        self._behind: list[State | None] = []
        for level in layout.levels:
            leaves = level.kept(rows)
            keep = windows or bool(self._levels)
            ahead = level.ahead(leaves, monoid, keep=keep)
            self._levels.append((level, leaves if keep else (), ahead))
            self._behind.append(None)
            rows = level.totals(ahead)

    def over(self, low: Ints, high: Ints) -> State:
        """The merged state of the rows from low up to high, range by range; each within one group."""
        found = tuple(np.full(len(low), empty) for empty in self._monoid.empty)
        for start in range(0, len(low), CHUNK):
            part = slice(start, start + CHUNK)
            for whole, piece in zip(found, self._chunk(low[part], high[part]), strict=True):
                whole[part] = piece
        return found

    def _chunk(self, low: Ints, high: Ints) -> State:
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

    def _ends(self, number: int) -> State:
        found = self._behind[number]
        if found is None:
            level, leaves, _ = self._levels[number]
            found = self._behind[number] = level.behind(leaves, self._monoid)
        return found

    def _inside(
        self, level: Level, leaves: State, ahead: State, into: State, active: Ints, start: Ints, end: Ints
    ) -> None:
        whole = level.first[start]
        self._add(into, active[whole], ahead, level.place[end[whole]])
        active, start, end = active[~whole], start[~whole], end[~whole]
        while len(active):
            self._add(into, active, leaves, level.place[start])
            start = start + 1
            more = start <= end
            active, start, end = active[more], start[more], end[more]

    def _add(self, into: State, active: Ints, states: State, places: Ints, *, first: bool = False) -> None:
        if not len(active):
            return
        state, held = tuple(part[places] for part in states), tuple(part[active] for part in into)
        merged = self._monoid.merge(state, held) if first else self._monoid.merge(held, state)
        for whole, piece in zip(into, merged, strict=True):
            whole[active] = piece


class Column:
    """Values of rows sorted by group and time, with what has been prepared of them."""

    def __init__(self, values: Values, starts: Ints, layout: Layout, *, windows: bool = True) -> None:
        """`starts` is for each row where its group starts, `layout` is made of it; `windows`: see Blocks."""
        self._windows = windows
        mask = values.mask
        if mask is not None:
            x, codes = values.numbers, values.codes
            x = None if x is None else np.where(mask, x, np.nan)
            values = replace(values, numbers=x, codes=None if codes is None else np.where(mask, codes, -1))
        self.values = values
        self._starts, self._layout = starts, layout

    @cached_property
    def kept(self) -> Ints:
        """How many rows the condition leaves before each row."""
        assert self.values.mask is not None  # noqa: S101
        return _before(self.values.mask)

    @cached_property
    def valid(self) -> Ints:
        """How many numbers before each row."""
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
        """Around each group's first number, so that a common level does not cost digits."""
        x = self._numbers
        there = ~np.isnan(x)
        place = np.where(there, np.arange(len(x)), len(x))
        first = np.minimum.accumulate(place[::-1])[::-1][self._starts] if len(x) else place
        x = np.where(there, x - x[np.minimum(first, max(len(x) - 1, 0))], 0.0)
        return self._blocks((there.astype(np.float64), x, np.zeros(len(x)), np.zeros(len(x))), MOMENTS)

    @cached_property
    def firsts(self) -> Blocks:
        return self._blocks((self._ordered(np.inf),), LOW)

    @cached_property
    def lasts(self) -> Blocks:
        return self._blocks((self._ordered(-np.inf),), HIGH)

    def _blocks(self, rows: State, monoid: Monoid) -> Blocks:
        return Blocks(self._layout, rows, monoid, windows=self._windows)

    @cached_property
    def place(self) -> Ints:
        """Where the row with a place in the order of time stands."""
        order = self.values.order
        assert order is not None  # noqa: S101
        found = np.zeros(int(order.max()) + 1 if len(order) else 1, dtype=np.int64)
        found[order] = np.arange(len(order))
        return found

    @cached_property
    def news(self) -> Ints:
        """How many rows before each row have a value that their group had not had before."""
        place, new = self._by_value
        found = np.zeros(len(place), dtype=bool)
        found[place[new]] = True
        return _before(found & (self._codes >= 0))

    @cached_property
    def modes(self) -> Ints | None:
        """For each row the code of the most frequent value of its group up to and with it; None where too many.

        Of equally frequent values the smallest counts, so a running maximum over (group, frequency, value) tells it.
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
        found: Ints = np.where(best > 0, width - 1 - best % width, -1)
        return found

    @cached_property
    def _by_value(self) -> tuple[Ints, Mask]:
        """The rows by group and value, those of the same in their order, and which are the first of their value."""
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
    """Ranges of a column's rows, with the same questions as Segments; `whole`: each starts where its group does."""

    def __init__(self, column: Column, low: Ints, high: Ints, *, whole: bool) -> None:
        self.values = column.values
        self.times = column.values.times
        self._column = column
        self._low, self._high = low, np.maximum(low, high)
        self._whole = whole and column.values.mask is None

    def rows(self) -> Ints:
        return self._high - self._low if self.values.mask is None else self._between(self._column.kept)

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
        return self._between(self._column.news) if self._whole else self._laid(Segments.unique)

    def common(self, part: int) -> Ints:
        modes = self._column.modes if self._whole and not part else None
        if modes is None:
            return self._laid(lambda segments: segments.common(part))
        some = self._high > self._low
        return np.where(some, modes[np.maximum(self._high - 1, 0)] if len(modes) else -1, -1)

    def median(self) -> Floats:
        return self._laid(Segments.median)

    def trend(self) -> Floats:
        return self._laid(Segments.trend)

    def _between(self, counts: Ints) -> Ints:
        found: Ints = counts[self._high] - counts[self._low]
        return found

    def _edge(self, blocks: Blocks) -> Ints:
        order = blocks.over(self._low, self._high)[0]
        there = np.isfinite(order)
        return np.where(there, self._column.place[np.where(there, order, 0).astype(np.int64)], -1)

    def _laid(self, ask: Callable[[Segments], T]) -> T:
        found = [ask(Segments(self.values.at(place), offsets)) for _, place, offsets in laid(self._low, self._high)]
        return np.concatenate(found) if len(found) > 1 else found[0]


def laid(low: Ints, high: Ints) -> Iterator[tuple[slice, Ints, Ints]]:
    """Ranges row by row, in pieces of bounded size: which ranges, their rows, and where each range starts."""
    for part in pieces(low, high):
        place, offsets = expand(low[part], high[part])
        yield part, place, offsets


def pieces(low: Ints, high: Ints) -> list[slice]:
    """Consecutive ranges that have together not more than ROWS rows, or one that has more."""
    ends = np.cumsum(np.maximum(high - low, 0))
    found, start = [], 0
    while start < len(low):
        before = ends[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(ends, before + ROWS, side="right")))
        found.append(slice(start, end))
        start = end
    return found or [slice(0, 0)]


def _before(flags: Mask) -> Ints:
    found: Ints = np.concatenate([[0], np.cumsum(flags)]).astype(np.int64)
    return found
