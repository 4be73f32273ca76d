"""Counts of all values of a column, as long as they are few enough."""

from dataclasses import dataclass, field

import pyarrow as pa

from radix_assets.profiles.array_types import Counts, Numbers
from radix_assets.profiles.parameters import KEPT, TEXT_BYTES
from radix_assets.profiles.sketches.sorted_counts import Texts, summed

_Part = tuple[Numbers, Counts, Texts]


@dataclass
class ValueCounts:
    """Sorted keys (numbers, or hashes of strings, with the strings) and their exact counts."""

    keys: Numbers
    counts: Counts
    texts: pa.LargeStringArray | None = None
    pending: list[_Part] = field(default_factory=list)
    """Not yet sorted in: this is done once they are as many as the keys, so that keys are seldom moved."""

    def add(self, keys: Numbers, counts: Counts, texts: Texts = None) -> None:
        """Add counts of sorted `keys`."""
        self.pending.append((keys, counts, texts))
        if sum(len(part[0]) for part in self.pending) >= max(len(self.keys), 4_096):
            self.settle()

    def settle(self) -> "ValueCounts":
        """Sort in the pending keys. Return self."""
        if self.pending:
            self.keys, self.counts, self.texts = summed([(self.keys, self.counts, self.texts), *self.pending])
            self.pending = []
        return self

    def size(self) -> tuple[int, int]:
        """Return upper bounds of the number of keys and of the bytes of strings."""
        parts = [(self.keys, self.counts, self.texts), *self.pending]
        return sum(len(part[0]) for part in parts), sum(part[2].nbytes for part in parts if part[2] is not None)

    def holds(self, other: "ValueCounts") -> bool:
        """Return whether the values of both together are few enough."""
        (keys, texts), (more, words) = self.size(), other.size()
        return keys + more <= KEPT and texts + words <= TEXT_BYTES

    def too_many(self) -> bool:
        """Return whether there are more values than may be counted."""
        keys, texts = self.size()
        if keys <= KEPT and texts <= TEXT_BYTES:
            return False
        self.settle()
        return len(self.keys) > KEPT or (self.texts is not None and self.texts.nbytes > TEXT_BYTES)
