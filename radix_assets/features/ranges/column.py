"""A column of values with what its ranges are aggregated from, each built when it is first used."""

from dataclasses import replace
from functools import cached_property

import numpy as np

from radix_assets.features.ranges.blocks import Blocks
from radix_assets.features.ranges.layout import Layout
from radix_assets.features.ranges.monoids import HIGH, LOW, MOMENTS, SUM, MergeState, Monoid
from radix_assets.features.segments import Floats, Ints, Mask, Values


class Column:
    """Values of rows sorted by group and time, with structures prepared for ranges."""

    def __init__(self, values: Values, starts: Ints, layout: Layout, *, windows: bool = True) -> None:
        """`starts` gives, for each row, the start of its group, `layout` is built from it; `windows`: see Blocks."""
        self._windows = windows
        mask = values.mask
        if mask is not None:
            x, codes = values.numbers, values.codes
            x = None if x is None else np.where(mask, x, np.nan)
            values = replace(values, numbers=x, codes=None if codes is None else np.where(mask, codes, -1))
        self.values = values
        self._starts, self._layout = starts, layout

    @cached_property
    def selected(self) -> Ints:
        """Number of rows before each row that satisfy the condition."""
        assert self.values.mask is not None  # noqa: S101
        return _before(self.values.mask)

    @cached_property
    def valid(self) -> Ints:
        """Number of non-null values before each row."""
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
        """Moments around each group's first number, so that a common offset costs no precision."""
        x = self._numbers
        present = ~np.isnan(x)
        positions = np.where(present, np.arange(len(x)), len(x))
        first = np.minimum.accumulate(positions[::-1])[::-1][self._starts] if len(x) else positions
        x = np.where(present, x - x[np.minimum(first, max(len(x) - 1, 0))], 0.0)
        return self._blocks((present.astype(np.float64), x, np.zeros(len(x)), np.zeros(len(x))), MOMENTS)

    @cached_property
    def firsts(self) -> Blocks:
        return self._blocks((self._ordered(np.inf),), LOW)

    @cached_property
    def lasts(self) -> Blocks:
        return self._blocks((self._ordered(-np.inf),), HIGH)

    def _blocks(self, rows: MergeState, monoid: Monoid) -> Blocks:
        return Blocks(self._layout, rows, monoid, windows=self._windows)

    @cached_property
    def place(self) -> Ints:
        """Row number by rank in the order of time."""
        order = self.values.order
        assert order is not None  # noqa: S101
        rows = np.zeros(int(order.max()) + 1 if len(order) else 1, dtype=np.int64)
        rows[order] = np.arange(len(order))
        return rows

    @cached_property
    def news(self) -> Ints:
        """Number of rows before each row whose value is new in their group."""
        place, new = self._by_value
        is_new = np.zeros(len(place), dtype=bool)
        is_new[place[new]] = True
        return _before(is_new & (self._codes >= 0))

    @cached_property
    def modes(self) -> Ints | None:
        """For each row, the code of the most frequent value of its group up to and including it; None if too many.

        The smallest of equally frequent values wins, so it is a running maximum over (group, frequency, value).
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
        modes: Ints = np.where(best > 0, width - 1 - best % width, -1)
        return modes

    @cached_property
    def _by_value(self) -> tuple[Ints, Mask]:
        """The rows sorted by group and value, stable, and which rows are the first with their value."""
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


def _before(flags: Mask) -> Ints:
    counts: Ints = np.concatenate([[0], np.cumsum(flags)]).astype(np.int64)
    return counts
