"""How rows are cut into blocks, blocks into blocks of blocks, and where the state of each is stored."""

import numpy as np

from radix_assets.features.ranges.monoids import MergeState, Monoid
from radix_assets.features.segments import Ints

BLOCK = 16


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
        group_starts = np.flatnonzero(first[several])
        return np.repeat(group_starts, np.diff(np.append(group_starts, int(several.sum()))))

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
