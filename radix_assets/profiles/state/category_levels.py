"""The mergeable sums of numeric columns by the levels of a categorical column."""

from dataclasses import dataclass

import numpy as np

from radix_assets.profiles.array_types import Counts, Flags, Floats, Hashes
from radix_assets.profiles.parameters import LEVELS
from radix_assets.profiles.state.column_chunk import ColumnChunk

ROUNDING = 1e-12
"""A remainder below this share of a sum of squares is a rounding error."""


@dataclass
class Category:
    """A categorical column: its levels, and the numeric columns by level."""

    levels: Hashes
    """Sorted; empty if they became too many."""
    count: Floats
    """(levels, numbers): rows where both are present."""
    mean: Floats
    within: Floats
    """(numbers,): the sum of squares about the means of the levels."""
    many: bool = False

    def close(self) -> None:
        """Drop the levels: there are too many."""
        self.many = True
        self.levels, self.count, self.mean = self.levels[:0], self.count[:0], self.mean[:0]


def no_category(numbers: int) -> Category:
    """Return the state of no rows."""
    return Category(np.zeros(0, np.uint64), np.zeros((0, numbers)), np.zeros((0, numbers)), np.zeros(numbers))


def merge_category(mine: Category, theirs: Category) -> tuple[Counts, Counts]:
    """Merge the rows of `theirs` into `mine`; return where the levels of each are in the merged levels."""
    levels = np.union1d(mine.levels, theirs.levels)
    if mine.many or theirs.many or len(levels) > LEVELS:
        mine.close()
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    here, there = np.searchsorted(levels, mine.levels), np.searchsorted(levels, theirs.levels)
    shape = (len(levels), mine.count.shape[1])
    counts, means = [np.zeros(shape), np.zeros(shape)], [np.zeros(shape), np.zeros(shape)]
    counts[0][here], counts[1][there] = mine.count, theirs.count
    means[0][here], means[1][there] = mine.mean, theirs.mean
    total = counts[0] + counts[1]
    with np.errstate(all="ignore"):
        step = np.where(counts[0] > 0, means[1] - means[0], 0.0) * (counts[1] > 0)
        share = counts[1] / np.maximum(total, 1)
        mine.within = mine.within + theirs.within + (step * step * counts[0] * share).sum(axis=0)
        mine.mean = np.where(counts[0] > 0, means[0], means[1]) + step * share
    mine.levels, mine.count = levels, total
    return here, there


@dataclass
class Measures:
    """The numeric columns of some rows, as distances from their means."""

    middle: Floats
    away: Floats
    """(numbers, rows); 0 where a value is missing."""
    flags: Floats | None
    """1 where a value is present; None if none is missing."""
    square: Floats
    """(numbers,): the sum of squares."""

    @classmethod
    def of(cls, values: Floats, flags: Flags | None) -> "Measures":
        present = np.full(len(values), values.shape[1]) if flags is None else flags.sum(axis=1)
        middle = values.sum(axis=1) / np.maximum(present, 1)
        away = values - middle[:, None]
        if flags is not None:
            away[~flags] = 0.0
        return cls(middle, away, None if flags is None else flags.astype(np.float64), np.einsum("ij,ij->i", away, away))


def by_level(chunk: ColumnChunk, measures: Measures) -> Category:
    """Return the counts and means of the numeric columns by the levels of a categorical one."""
    assert chunk.codes is not None  # noqa: S101 the caller has checked
    assert chunk.levels is not None  # noqa: S101
    codes, number, size = chunk.codes, len(chunk.levels), len(measures.away)
    category = no_category(size)
    category.levels = chunk.levels
    category.count, category.mean = np.zeros((number, size)), np.zeros((number, size))
    rows = np.bincount(codes, minlength=number + 1)[:number].astype(np.float64)
    square = measures.square
    if chunk.there is not None:
        outside = measures.away[:, ~chunk.there]
        square = square - np.einsum("ij,ij->i", outside, outside)
    for place, away in enumerate(measures.away):
        has_gaps = measures.flags is not None and measures.flags[place].min() == 0.0
        count = np.bincount(codes, measures.flags[place], number + 1)[:number] if has_gaps else rows  # type: ignore[index]
        total = np.bincount(codes, away, number + 1)[:number]
        part = total / np.maximum(count, 1.0)
        category.count[:, place], category.mean[:, place] = (
            count,
            np.where(count > 0, measures.middle[place] + part, 0.0),
        )
        rest = float(square[place]) - float((total * part).sum())
        category.within[place] = rest if rest > ROUNDING * float(square[place]) else 0.0
    return category
