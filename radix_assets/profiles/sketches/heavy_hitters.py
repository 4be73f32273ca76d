"""The most frequent of more values than can be counted."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from radix_assets.profiles.array_types import Counts, Numbers
from radix_assets.profiles.arrow import text_array
from radix_assets.profiles.parameters import FREQUENT
from radix_assets.profiles.sketches.sorted_counts import Texts, summed, taken


@dataclass
class HeavyHitters:
    """Candidates and how often each occurs at least.

    After each part only values that occur more often than the 1,025th are kept, and what the others lost at most is
    added up (Misra and Gries 1982, made mergeable as by Agarwal et al. 2012).
    """

    keys: Numbers
    counts: Counts
    texts: pa.LargeStringArray | None = None
    short: int = 0
    """A count may be short by so many, and a value that is not there occurs so often at most."""

    @classmethod
    def none(cls, dtype: str, *, texts: bool) -> "HeavyHitters":
        """Of no value."""
        return cls(np.zeros(0, dtype), np.zeros(0, np.int64), text_array([]) if texts else None)

    def add(self, keys: Numbers, counts: Counts, texts: Texts = None) -> None:
        """Count more: `keys` are different from each other."""
        keys, counts, texts = self._best(keys, counts, texts)
        merged = summed([(self.keys, self.counts, self.texts), (keys, counts, texts)])
        self.keys, self.counts, self.texts = self._best(*merged)

    def merge(self, other: "HeavyHitters") -> None:
        """Take in what the other holds."""
        self.short += other.short
        self.add(other.keys, other.counts, other.texts)

    def _best(self, keys: Numbers, counts: Counts, texts: Texts) -> tuple[Numbers, Counts, Texts]:
        if len(counts) <= FREQUENT:
            return keys, counts, texts
        least = int(np.partition(counts, len(counts) - FREQUENT - 1)[len(counts) - FREQUENT - 1])
        self.short += least
        places = np.flatnonzero(counts > least)
        return keys[places], counts[places], taken(texts, places)
