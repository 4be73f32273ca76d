"""The mergeable state of one column."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from radix_assets.profiles.array_types import Hashes
from radix_assets.profiles.schema import DType
from radix_assets.profiles.sketches.distinct import DistinctSketch
from radix_assets.profiles.sketches.hashing import of_numbers
from radix_assets.profiles.sketches.heavy_hitters import HeavyHitters
from radix_assets.profiles.sketches.power_sums import PowerSums
from radix_assets.profiles.sketches.quantile_sketch import QuantileSketch
from radix_assets.profiles.sketches.value_counts import ValueCounts
from radix_assets.profiles.statistics import registry


@dataclass
class ColumnState:
    """The state of one column over consecutive rows. Dates and times are integers here: days, µs or ns."""

    dtype: DType
    rows: int = 0
    statistics: dict[str, Any] = field(default_factory=dict)
    """The states of the aggregates (see `profiles.statistics`), by name."""
    non_decreasing: bool = True
    """Whether no value is below the one before."""
    increasing: bool = True
    """Whether every value is above the one before, so that all differ."""
    first: Any = None
    last: Any = None
    power_sums: PowerSums | None = None
    """Of numbers."""
    pattern_counts: HeavyHitters | None = None
    """Of strings."""
    value_counts: ValueCounts | None = None
    """All values; None when they became too many: the following three then replace it."""
    hashes: DistinctSketch | None = None
    quantile_sketch: QuantileSketch | None = None
    """Of all but strings."""
    heavy_hitters: HeavyHitters | None = None
    exact_distinct: int | None = None
    """The number of distinct values, where a second pass has counted them."""
    hidden: bool = False
    """Whether the values are removed: counts, nulls, lengths and hashes of the distinct values remain."""
    seed: int = 0
    """Seed of the hashes; a secret, never stored."""

    def merge(self, other: "ColumnState") -> None:
        """Merge the state of the rows that follow."""
        self._merge_order(other)
        if self.hidden != other.hidden:
            self.hide()
            other.hide()
        self.exact_distinct = self.exact_distinct if not other.rows else other.exact_distinct if not self.rows else None
        self.rows += other.rows
        registry.merge(self.statistics, other.statistics)
        if other.power_sums:
            self.power_sums = self.power_sums.merge(other.power_sums) if self.power_sums else other.power_sums
        if other.pattern_counts:
            if self.pattern_counts:
                self.pattern_counts.merge(other.pattern_counts)
            else:
                self.pattern_counts = other.pattern_counts
        self._merge_values(other)

    def _merge_order(self, other: "ColumnState") -> None:
        if other.first is not None:
            if self.last is not None:
                self.non_decreasing &= bool(self.last <= other.first)
                self.increasing &= bool(self.last < other.first)
            elif self.present:  # the earlier values are unknown
                self.non_decreasing = self.increasing = False
            else:
                self.first = other.first
            self.last = other.last
        self.non_decreasing &= other.non_decreasing
        self.increasing &= other.increasing

    def _merge_values(self, other: "ColumnState") -> None:
        if self.value_counts is None and self.hashes is None:
            self.value_counts, self.hashes = other.value_counts, other.hashes
            self.quantile_sketch, self.heavy_hitters = other.quantile_sketch, other.heavy_hitters
        elif self.value_counts is not None and other.value_counts is not None:
            for part in [
                (other.value_counts.keys, other.value_counts.counts, other.value_counts.texts),
                *other.value_counts.pending,
            ]:
                self.value_counts.add(*part)
        elif other.value_counts is not None:
            self._estimate(other.value_counts.settle())
        elif other.hashes is not None:
            if self.value_counts is not None:
                self.shorten()
            assert self.hashes is not None  # noqa: S101 `shorten` sets it
            self.hashes.merge(other.hashes)
            if self.quantile_sketch and other.quantile_sketch:
                self.quantile_sketch.merge(other.quantile_sketch)
            if self.heavy_hitters and other.heavy_hitters:
                self.heavy_hitters.merge(other.heavy_hitters)
        if self.value_counts is not None and self.value_counts.too_many():
            self.shorten()

    def shorten(self) -> None:
        """Replace the counted values by the sketches."""
        if self.value_counts is None:
            return
        counts, self.value_counts = self.value_counts.settle(), None
        self._estimate(counts)

    def _estimate(self, values: ValueCounts) -> None:
        if self.hashes is None:
            self.hashes = DistinctSketch.none()
            if not self.hidden:
                self.quantile_sketch = None if self.dtype == "string" else QuantileSketch()
                self.heavy_hitters = HeavyHitters.none(values.keys.dtype.str, texts=values.texts is not None)
        self.hashes.add(self._hashed(values), values.counts)
        if self.quantile_sketch:
            self.quantile_sketch.add(values.keys, values.counts)
        if self.heavy_hitters:
            self.heavy_hitters.add(values.keys, values.counts, values.texts)

    def _hashed(self, values: ValueCounts) -> Hashes:
        return values.keys if self.dtype == "string" else of_numbers(values.keys, self.seed)

    def hide(self) -> None:
        """Remove every value, so that a stored state holds none of a private column.

        Values could be guessed from hashes without a secret seed, so these are removed too; `distinct` is then lost.
        """
        self.hidden = True
        if self.value_counts is not None:
            self.shorten()
        self.quantile_sketch = self.heavy_hitters = self.pattern_counts = self.power_sums = None
        self.first = self.last = None
        self.statistics = registry.hide(self.statistics)
        if not self.seed:
            self.hashes = None

    @property
    def nulls(self) -> int:
        """Rows that are null."""
        return int(self.statistics.get("nulls", 0))

    @property
    def present(self) -> int:
        """Rows that are not null."""
        return self.rows - self.nulls

    @property
    def minimum(self) -> Any:
        """The smallest value; None of strings, where there is none, and where it is hidden."""
        return self.statistics.get("minimum")

    @property
    def maximum(self) -> Any:
        """The largest value."""
        return self.statistics.get("maximum")

    def settle(self) -> None:
        """Sort in what is pending."""
        if self.value_counts is not None:
            self.value_counts.settle()
        if self.hashes is not None:
            self.hashes.settle()


def monotonicity(values: Any) -> tuple[bool, bool]:
    """Return whether numbers never fall, and whether they always rise."""
    if len(values) < 2:  # noqa: PLR2004
        return True, True
    # The first values decide most columns.
    if not np.all(values[1:64] >= values[:63][: len(values[1:64])]):
        return False, False
    rising = bool(np.all(values[1:] >= values[:-1]))
    return rising, rising and bool(np.all(values[1:] > values[:-1]))
