"""The most frequent values, where there are too many values to count."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from radix_assets.profiles.array_types import Counts, Numbers
from radix_assets.profiles.arrow import text_array
from radix_assets.profiles.parameters import FREQUENT
from radix_assets.profiles.sketches.sorted_counts import Texts, summed, taken


@dataclass
class HeavyHitters:
    """Candidates with a lower bound of their counts.

    After each part only values that occur more often than the 1,025th are kept, and the bound of what the others
    lost is added up (Misra and Gries 1982, made mergeable as by Agarwal et al. 2012).
    """

    keys: Numbers
    counts: Counts
    texts: pa.LargeStringArray | None = None
    short: int = 0
    """A count is at most this much too low, and a value that is not kept occurs at most this often."""

    @classmethod
    def none(cls, dtype: str, *, texts: bool) -> "HeavyHitters":
        """Return an empty sketch."""
        return cls(np.zeros(0, dtype), np.zeros(0, np.int64), text_array([]) if texts else None)

    def add(self, keys: Numbers, counts: Counts, texts: Texts = None) -> None:
        """Add counts of distinct `keys`."""
        keys, counts, texts = self._best(keys, counts, texts)
        merged = summed([(self.keys, self.counts, self.texts), (keys, counts, texts)])
        self.keys, self.counts, self.texts = self._best(*merged)

    def merge(self, other: "HeavyHitters") -> None:
        """Merge another sketch."""
        self.short += other.short
        self.add(other.keys, other.counts, other.texts)

    def _best(self, keys: Numbers, counts: Counts, texts: Texts) -> tuple[Numbers, Counts, Texts]:
        if len(counts) <= FREQUENT:
            return keys, counts, texts
        least = int(np.partition(counts, len(counts) - FREQUENT - 1)[len(counts) - FREQUENT - 1])
        self.short += least
        places = np.flatnonzero(counts > least)
        return keys[places], counts[places], taken(texts, places)
