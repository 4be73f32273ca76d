"""Aggregate ranges of rows whose values are final, by merging the states of blocks: a few steps per range.

Rows are cut into blocks of BLOCK, blocks into blocks of blocks, and the merged states from the start and to the end of
each are stored. A range is then the end of one block, the start of another and the blocks between, one level higher.
Nothing is ever subtracted, so nothing cancels: a huge value before a window does not affect the window. The result of a
range depends only on its rows, to the bit, and never on the other ranges.
"""

import numpy as np

from radix_assets.features.ranges.layout import Layout, Level
from radix_assets.features.ranges.monoids import MergeState, Monoid
from radix_assets.features.segments import Ints

CHUNK = 1 << 15
"""Ranges per step, so that intermediate states stay in the processor's cache."""


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
