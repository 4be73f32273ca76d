"""A sketch of the order of many numbers: deterministic, mergeable, with a guaranteed error bound."""

from dataclasses import dataclass, field

import numpy as np

from radix_assets.profiles.array_types import Counts, Numbers
from radix_assets.profiles.parameters import LEVEL


@dataclass
class QuantileSketch:
    """Values by weight: those of level k stand for 2**k values each.

    A full level is sorted and every other value is promoted, as in the sketches of Manku, Rajagopalan and Lindsay
    (1998) and, with random choice, of Karnin, Lang and Liberty (2016). Halving level k moves no rank by more than
    2**k, so the sum of these is a bound on the error, not an expectation.
    """

    levels: list[Numbers] = field(default_factory=list)
    halvings: list[int] = field(default_factory=list)
    """How often each level was halved. Odd and even positions are promoted in turn, so that their errors cancel."""
    moved: int = 0
    """The error bound of a rank, in values."""

    def add(self, values: Numbers, counts: Counts) -> None:
        """Add counts of values: each goes to the levels of the binary digits of its count, which is exact."""
        for level in range(int(counts.max()).bit_length() if len(counts) else 0):
            self._put(level, values[(counts >> level) & 1 == 1])
        self._halve()

    def merge(self, other: "QuantileSketch") -> None:
        """Merge another sketch."""
        for level, values in enumerate(other.levels):
            self._put(level, values)
        self.moved += other.moved
        self._halve()

    def _put(self, level: int, values: Numbers) -> None:
        while len(self.levels) <= level:
            self.levels.append(values[:0])
            self.halvings.append(0)
        if len(values):
            self.levels[level] = np.concatenate((self.levels[level], values))

    def _halve(self) -> None:
        level = 0
        while level < len(self.levels):
            values = self.levels[level]
            if len(values) >= LEVEL:
                values = np.sort(values)
                even = len(values) & ~1
                self._put(level + 1, values[self.halvings[level] & 1 : even : 2])
                self.levels[level] = values[even:].copy()
                self.halvings[level] += 1
                self.moved += 1 << level
            level += 1

    def weighted(self) -> tuple[Numbers, Counts]:
        """Return the values in order, and the weight of each. The weights add up to the number of all values."""
        values = np.concatenate(self.levels)
        weights = np.concatenate([np.full(len(part), 1 << level, np.int64) for level, part in enumerate(self.levels)])
        order = np.argsort(values, kind="stable")
        return values[order], weights[order]
