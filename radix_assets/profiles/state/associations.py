"""The mergeable state of the associations between columns."""

from dataclasses import dataclass, field

import numpy as np

from radix_assets.profiles.array_types import Counts, Flags, Floats, Hashes
from radix_assets.profiles.parameters import LEVELS, SAMPLE
from radix_assets.profiles.sketches.hashing import of_positions
from radix_assets.profiles.state.column_chunk import ColumnChunk, finite_floats

_PRODUCTS = 1 << 18
"""Products summed at a time: few enough to stay on one thread, so that the order is fixed."""


ROUNDING = 1e-12
"""A remainder below this share of a sum of squares is a rounding error."""


@dataclass
class Pairs:
    """Counts, means and sums about the means of every two numeric columns, over the rows where both are present.

    Each is (numbers, numbers). Entry (i, j) of `mean` and `square` is of column i where j is present too.
    """

    count: Floats
    mean: Floats
    square: Floats
    product: Floats

    @classmethod
    def none(cls, number: int) -> "Pairs":
        """Return the state of no rows."""
        return cls(*(np.zeros((number, number)) for _ in range(4)))

    @classmethod
    def of(cls, values: Floats, there: Flags | None) -> "Pairs":
        """Return the sums of a matrix, (numbers, rows), with 0 where a value is missing."""
        number = values.shape[1]
        with np.errstate(all="ignore"):
            return cls._whole(values, number) if there is None else cls._with_gaps(values, there)

    @classmethod
    def _whole(cls, values: Floats, number: int) -> "Pairs":
        mean = values.mean(axis=1)
        product = np.zeros((len(values), len(values)))
        block = _block(len(values))
        for start in range(0, number, block):
            away = values[:, start : start + block] - mean[:, None]
            product += away @ away.T
        each = np.broadcast_to(mean[:, None], product.shape)
        square = np.broadcast_to(np.diag(product)[:, None], product.shape)
        return cls(np.full(product.shape, float(number)), each.copy(), square.copy(), product)

    @classmethod
    def _with_gaps(cls, values: Floats, there: Flags) -> "Pairs":
        present = there.sum(axis=1)
        middle = values.sum(axis=1) / np.maximum(present, 1)
        count, total, square, product = (np.zeros((len(values), len(values))) for _ in range(4))
        block = _block(len(values))
        for start in range(0, values.shape[1], block):
            present_block = there[:, start : start + block].astype(np.float64)
            away = (values[:, start : start + block] - middle[:, None]) * present_block
            count += present_block @ present_block.T
            total += away @ present_block.T
            square += (away * away) @ present_block.T
            product += away @ away.T
        part = total / np.maximum(count, 1)
        return cls(count, middle[:, None] + part, square - total * part, product - part * total.T)

    def merge(self, other: "Pairs") -> "Pairs":
        """Return the sums over the rows of both (Chan, Golub and LeVeque 1979)."""
        count = self.count + other.count
        with np.errstate(all="ignore"):
            step = np.where(self.count > 0, other.mean - self.mean, 0.0)
            start = np.where(self.count > 0, self.mean, other.mean)
            share = np.where(count > 0, other.count / np.maximum(count, 1), 0.0)
            step = np.where(other.count > 0, step, 0.0)
            weight = self.count * share
            return Pairs(
                count,
                start + step * share,
                self.square + other.square + step * step * weight,
                self.product + other.product + step * step.T * weight,
            )

    def correlations(self) -> Floats:
        """Return Pearson's coefficients, (numbers, numbers); NaN where undefined."""
        with np.errstate(all="ignore"):
            coefficients: Floats = self.product / np.sqrt(self.square * self.square.T)
        coefficients[~np.isfinite(coefficients)] = np.nan
        coefficients[:] = np.clip(coefficients, -1.0, 1.0)
        return coefficients


def _block(columns: int) -> int:
    return max(64, _PRODUCTS // max(1, columns * columns))


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


@dataclass
class Associations:
    """Associations of the first numeric and categorical columns, by their positions in the table."""

    numbers: list[int]
    categories: list[int]
    pairs: Pairs
    groups: list[Category]
    tables: dict[str, Counts] = field(default_factory=dict)
    """Contingency table of two categories (key "0,1"): (levels, levels)."""
    priority: Hashes = field(default_factory=lambda: np.zeros(0, np.uint64))
    """Hashes of row numbers: the rows with the smallest ones are the sample."""
    sample: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    """(rows, numbers); NaN where a value is missing."""

    @classmethod
    def none(cls, numbers: list[int], categories: list[int]) -> "Associations":
        """Return the state of no rows."""
        size = len(numbers)
        groups = [_no_category(size) for _ in categories]
        return cls(numbers, categories, Pairs.none(size), groups, sample=np.zeros((0, size)))

    def add(self, chunks: dict[int, ColumnChunk], first: int, rows: int) -> None:
        """Add the rows from row number `first` on."""
        self.merge(_of_chunks(self, chunks, first, rows))

    def merge(self, other: "Associations") -> None:
        """Merge the state of other rows of the same columns."""
        self.pairs = self.pairs.merge(other.pairs)
        remap = [_merge_category(mine, theirs) for mine, theirs in zip(self.groups, other.groups, strict=True)]
        for a in range(len(self.groups)):
            for b in range(a + 1, len(self.groups)):
                self._merge_table(other, a, b, remap)
        self._merge_sample(other)

    def _merge_table(self, other: "Associations", a: int, b: int, remap: list[tuple[Counts, Counts]]) -> None:
        name = f"{a},{b}"
        if self.groups[a].many or self.groups[b].many:
            self.tables.pop(name, None)
            return
        table = np.zeros((len(self.groups[a].levels), len(self.groups[b].levels)), np.int64)
        for part, side in ((self, 0), (other, 1)):
            if name in part.tables:
                table[np.ix_(remap[a][side], remap[b][side])] += part.tables[name]
        self.tables[name] = table

    def _merge_sample(self, other: "Associations") -> None:
        if not len(other.priority):
            return
        priority = np.concatenate((self.priority, other.priority))
        sample = np.concatenate((self.sample, other.sample))
        order = np.argsort(priority, kind="stable")[:SAMPLE]
        self.priority, self.sample = priority[order], sample[order]

    def without(self, columns: set[int]) -> None:
        """Remove the associations of some columns."""
        # Arrays read from a file are read-only.
        self.sample = self.sample.copy()
        for part, names in ((self.pairs, _PAIRED), *((group, _GROUPED) for group in self.groups)):
            for name in names:
                setattr(part, name, getattr(part, name).copy())
        for place, column in enumerate(self.numbers):
            if column in columns:
                for matrix in (self.pairs.count, self.pairs.mean, self.pairs.square, self.pairs.product):
                    matrix[place, :] = matrix[:, place] = 0.0
                self.sample[:, place] = np.nan
                for group in self.groups:
                    group.count[:, place] = group.mean[:, place] = group.within[place] = 0.0
        for place, column in enumerate(self.categories):
            if column in columns:
                self.groups[place].close()
        self.tables = {
            name: table
            for name, table in self.tables.items()
            if not any(self.groups[int(place)].many for place in name.split(","))
        }


_PAIRED = ("count", "mean", "square", "product")
_GROUPED = ("count", "mean", "within")


def _no_category(numbers: int) -> Category:
    return Category(np.zeros(0, np.uint64), np.zeros((0, numbers)), np.zeros((0, numbers)), np.zeros(numbers))


def _merge_category(mine: Category, theirs: Category) -> tuple[Counts, Counts]:
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


def _of_chunks(state: Associations, chunks: dict[int, ColumnChunk], first: int, rows: int) -> Associations:
    result = Associations.none(state.numbers, state.categories)
    size = len(state.numbers)
    values = np.zeros((size, rows))
    flags: Flags | None = None
    for place, column in enumerate(state.numbers):
        values[place], there = finite_floats(chunks[column])
        if there is not None:
            flags = np.ones((size, rows), np.bool_) if flags is None else flags
            flags[place] = there
    if size and rows:
        result.pairs = Pairs.of(values, flags)
        result.priority, result.sample = _sample(values, flags, first, rows, state.priority)
    codes = []
    with np.errstate(all="ignore"):
        measures = _Measures.of(values, flags)
    for place, (group, column) in enumerate(zip(state.groups, state.categories, strict=True)):
        chunk = chunks[column]
        is_category = (
            not group.many and chunk.codes is not None and chunk.levels is not None and len(chunk.levels) <= LEVELS
        )
        codes.append(chunk.codes if is_category else None)
        if is_category:
            with np.errstate(all="ignore"):
                result.groups[place] = _by_level(chunk, measures)
        else:
            result.groups[place].close()
    for a, left in enumerate(codes):
        for b in range(a + 1, len(codes)):
            right = codes[b]
            if left is not None and right is not None:
                high, wide = len(result.groups[a].levels), len(result.groups[b].levels)
                counts = np.bincount(left * (wide + 1) + right, minlength=(high + 1) * (wide + 1))
                result.tables[f"{a},{b}"] = counts.reshape(high + 1, wide + 1)[:high, :wide]
    return result


@dataclass
class _Measures:
    """The numeric columns of some rows, as distances from their means."""

    middle: Floats
    away: Floats
    """(numbers, rows); 0 where a value is missing."""
    flags: Floats | None
    """1 where a value is present; None if none is missing."""
    square: Floats
    """(numbers,): the sum of squares."""

    @classmethod
    def of(cls, values: Floats, flags: Flags | None) -> "_Measures":
        present = np.full(len(values), values.shape[1]) if flags is None else flags.sum(axis=1)
        middle = values.sum(axis=1) / np.maximum(present, 1)
        away = values - middle[:, None]
        if flags is not None:
            away[~flags] = 0.0
        return cls(middle, away, None if flags is None else flags.astype(np.float64), np.einsum("ij,ij->i", away, away))


def _by_level(chunk: ColumnChunk, measures: _Measures) -> Category:
    assert chunk.codes is not None  # noqa: S101 the caller has checked
    assert chunk.levels is not None  # noqa: S101
    codes, number, size = chunk.codes, len(chunk.levels), len(measures.away)
    category = _no_category(size)
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


def _sample(values: Floats, flags: Flags | None, first: int, rows: int, priorities: Hashes) -> tuple[Hashes, Floats]:
    priority = of_positions(first, rows)
    full = len(priorities) == SAMPLE
    chosen = np.flatnonzero(priority < priorities[-1]) if full else np.argsort(priority)[:SAMPLE]
    sample = values[:, chosen].T
    if flags is not None:
        sample = np.where(flags[:, chosen].T, sample, np.nan)
    return priority[chosen], sample
