"""All that is remembered of one column: enough to go on counting when rows are added."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from radix_assets.profiles.schema import DType
from radix_assets.profiles.sketches.distinct import SmallestHashes
from radix_assets.profiles.sketches.hashing import of_numbers
from radix_assets.profiles.sketches.heavy_hitters import Frequent
from radix_assets.profiles.sketches.power_sums import Moments
from radix_assets.profiles.sketches.quantile_sketch import Ranks
from radix_assets.profiles.sketches.value_counts import Tally
from radix_assets.profiles.state.kinds import Hashes


@dataclass
class Lengths:
    """Characters of texts."""

    least: int
    most: int
    total: int

    def merge(self, other: "Lengths") -> "Lengths":
        """Of the texts of both."""
        return Lengths(min(self.least, other.least), max(self.most, other.most), self.total + other.total)


@dataclass
class ColumnState:
    """A column of some rows. Moments in time are whole numbers here: days, microseconds or nanoseconds."""

    dtype: DType
    rows: int = 0
    nulls: int = 0
    rising: bool = True
    """No value is below the one before."""
    strictly: bool = True
    """Every value is above the one before, so that all differ."""
    first: Any = None
    last: Any = None
    least: Any = None
    """Of all but texts."""
    most: Any = None
    zeros: int = 0
    negatives: int = 0
    moments: Moments | None = None
    """Of numbers."""
    lengths: Lengths | None = None
    """Of texts."""
    shapes: Frequent | None = None
    """Of texts: their patterns."""
    tally: Tally | None = None
    """All values; None when they became too many, and then the following three stand for them."""
    hashes: SmallestHashes | None = None
    ranks: Ranks | None = None
    """Of all but texts."""
    frequent: Frequent | None = None
    known: int | None = None
    """How many different values there are, where a second look told."""
    hidden: bool = False
    """Without values: counts, nulls, lengths and hashes of the different values alone."""
    seed: int = 0
    """Of the hashes; a secret, never stored."""

    def merge(self, other: "ColumnState") -> None:
        """Take in the rows that follow."""
        self._merge_order(other)
        if self.hidden != other.hidden:
            self.hide()
            other.hide()
        self.known = self.known if not other.rows else other.known if not self.rows else None
        self.rows += other.rows
        self.nulls += other.nulls
        self.zeros += other.zeros
        self.negatives += other.negatives
        if other.least is not None:
            self.least = other.least if self.least is None else min(self.least, other.least)
            self.most = other.most if self.most is None else max(self.most, other.most)
        if other.moments:
            self.moments = self.moments.merge(other.moments) if self.moments else other.moments
        if other.lengths:
            self.lengths = self.lengths.merge(other.lengths) if self.lengths else other.lengths
        if other.shapes:
            if self.shapes:
                self.shapes.merge(other.shapes)
            else:
                self.shapes = other.shapes
        self._merge_values(other)

    def _merge_order(self, other: "ColumnState") -> None:
        if other.first is not None:
            if self.last is not None:
                self.rising &= bool(self.last <= other.first)
                self.strictly &= bool(self.last < other.first)
            elif self.present:  # the values before are not known
                self.rising = self.strictly = False
            else:
                self.first = other.first
            self.last = other.last
        self.rising &= other.rising
        self.strictly &= other.strictly

    def _merge_values(self, other: "ColumnState") -> None:
        if self.tally is None and self.hashes is None:
            self.tally, self.hashes, self.ranks, self.frequent = other.tally, other.hashes, other.ranks, other.frequent
        elif self.tally is not None and other.tally is not None:
            for part in [(other.tally.keys, other.tally.counts, other.tally.texts), *other.tally.pending]:
                self.tally.add(*part)
        elif other.tally is not None:
            self._estimate(other.tally.settle())
        elif other.hashes is not None:
            if self.tally is not None:
                self.shorten()
            assert self.hashes is not None  # noqa: S101 what shortening makes
            self.hashes.merge(other.hashes)
            if self.ranks and other.ranks:
                self.ranks.merge(other.ranks)
            if self.frequent and other.frequent:
                self.frequent.merge(other.frequent)
        if self.tally is not None and self.tally.too_many():
            self.shorten()

    def shorten(self) -> None:
        """From all values to the sketches."""
        if self.tally is None:
            return
        tally, self.tally = self.tally.settle(), None
        self._estimate(tally)

    def _estimate(self, tally: Tally) -> None:
        if self.hashes is None:
            self.hashes = SmallestHashes.none()
            if not self.hidden:
                self.ranks = None if self.dtype == "string" else Ranks()
                self.frequent = Frequent.none(tally.keys.dtype.str, texts=tally.texts is not None)
        self.hashes.add(self._hashed(tally), tally.counts)
        if self.ranks:
            self.ranks.add(tally.keys, tally.counts)
        if self.frequent:
            self.frequent.add(tally.keys, tally.counts, tally.texts)

    def _hashed(self, tally: Tally) -> Hashes:
        return tally.keys if self.dtype == "string" else of_numbers(tally.keys, self.seed)

    def hide(self) -> None:
        """Forget every value. What may be private stays out of a state that is stored.

        Of hashes without a secret seed values could be read, so they go too; then `merge` says nothing of `distinct`.
        """
        self.hidden = True
        if self.tally is not None:
            self.shorten()
        self.ranks = self.frequent = self.shapes = self.moments = None
        self.first = self.last = self.least = self.most = None
        if not self.seed:
            self.hashes = None

    @property
    def present(self) -> int:
        """Rows that hold a value."""
        return self.rows - self.nulls

    def settle(self) -> None:
        """With nothing left to be sorted in."""
        if self.tally is not None:
            self.tally.settle()
        if self.hashes is not None:
            self.hashes.settle()

    @property
    def settled(self) -> bool:
        """Whether every statistic is exact."""
        return self.tally is not None or (self.present == 0 and not self.hidden)


def order_of(values: Any) -> tuple[bool, bool]:
    """Whether numbers never fall, and whether they always rise."""
    if len(values) < 2:  # noqa: PLR2004
        return True, True
    # A glance tells most columns.
    if not np.all(values[1:64] >= values[:63][: len(values[1:64])]):
        return False, False
    rising = bool(np.all(values[1:] >= values[:-1]))
    return rising, rising and bool(np.all(values[1:] > values[:-1]))
