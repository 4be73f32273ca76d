"""Estimate the number of distinct values from the smallest of their hashes."""

import math
from dataclasses import dataclass, field

import numpy as np

from radix_assets.profiles.array_types import Counts, Hashes
from radix_assets.profiles.parameters import KEPT
from radix_assets.profiles.sketches.sorted_counts import summed


@dataclass
class DistinctSketch:
    """The `KEPT` smallest hashes with the counts of their values: a uniform sample of the distinct values.

    A theta sketch (K minimum values; Bar-Yossef et al. 2002, Dasgupta et al. 2016) with counts. It is exact up to
    `KEPT` distinct values, and independent of the order and the parts in which values arrive.
    """

    hashes: Hashes
    counts: Counts
    limit: int = 1 << 64
    """Every hash below this was kept."""
    pending: list[tuple[Hashes, Counts]] = field(default_factory=list)

    @classmethod
    def none(cls) -> "DistinctSketch":
        """Return an empty sketch."""
        return cls(np.zeros(0, np.uint64), np.zeros(0, np.int64))

    def add(self, hashes: Hashes, counts: Counts) -> None:
        """Add counts of hashes, in any order; a hash may occur twice."""
        if self.limit < 1 << 64:
            low = hashes < np.uint64(self.limit)
            hashes, counts = hashes[low], counts[low]
        if len(hashes):
            self.pending.append((hashes, counts))
            if sum(len(part[0]) for part in self.pending) >= KEPT:
                self.settle()

    def settle(self) -> "DistinctSketch":
        """Sort in the pending hashes. Return self."""
        if self.pending:
            parts = [(self.hashes, self.counts, None), *((*part, None) for part in self.pending)]
            self.hashes, self.counts, _ = summed(parts)
            self.pending = []
        if len(self.hashes) > KEPT:
            self._cut(int(self.hashes[KEPT]))
        return self

    def merge(self, other: "DistinctSketch") -> None:
        """Merge another sketch."""
        other.settle()
        self.settle()
        if other.limit < self.limit:
            self._cut(other.limit)
        self.add(other.hashes, other.counts)
        self.settle()

    def _cut(self, limit: int) -> None:
        number = int(np.searchsorted(self.hashes, np.uint64(limit)))
        self.hashes, self.counts, self.limit = self.hashes[:number].copy(), self.counts[:number].copy(), limit

    @property
    def exact(self) -> bool:
        """Whether all hashes are kept."""
        return self.settle().limit == 1 << 64

    @property
    def error(self) -> float:
        """Relative error of `distinct`, exceeded once in twenty times."""
        return 0.0 if self.exact else 2.0 / math.sqrt(max(len(self.hashes) - 2, 1))

    @property
    def repeats(self) -> bool:
        """Whether a kept value occurs twice. False says nothing about the other values."""
        return bool((self.settle().counts > 1).any())

    def distinct(self, total: int) -> int:
        """Return the number of distinct values among `total` values."""
        if self.exact:
            return len(self.hashes)
        if not self.repeats:
            return total
        return min(total, round(len(self.hashes) * (1 << 64) / self.limit))
