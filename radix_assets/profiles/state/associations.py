"""The mergeable state of the associations between columns."""

from dataclasses import dataclass, field

import numpy as np

from radix_assets.profiles.array_types import Counts, Flags, Floats, Hashes
from radix_assets.profiles.parameters import LEVELS, SAMPLE
from radix_assets.profiles.sketches.hashing import of_positions
from radix_assets.profiles.state.category_levels import Category, Measures, by_level, merge_category, no_category
from radix_assets.profiles.state.column_chunk import ColumnChunk, finite_floats
from radix_assets.profiles.state.numeric_pairs import Pairs


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
        groups = [no_category(size) for _ in categories]
        return cls(numbers, categories, Pairs.none(size), groups, sample=np.zeros((0, size)))

    def add(self, chunks: dict[int, ColumnChunk], first: int, rows: int) -> None:
        """Add the rows from row number `first` on."""
        self.merge(_of_chunks(self, chunks, first, rows))

    def merge(self, other: "Associations") -> None:
        """Merge the state of other rows of the same columns."""
        self.pairs = self.pairs.merge(other.pairs)
        remap = [merge_category(mine, theirs) for mine, theirs in zip(self.groups, other.groups, strict=True)]
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
        measures = Measures.of(values, flags)
    for place, (group, column) in enumerate(zip(state.groups, state.categories, strict=True)):
        chunk = chunks[column]
        is_category = (
            not group.many and chunk.codes is not None and chunk.levels is not None and len(chunk.levels) <= LEVELS
        )
        codes.append(chunk.codes if is_category else None)
        if is_category:
            with np.errstate(all="ignore"):
                result.groups[place] = by_level(chunk, measures)
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


def _sample(values: Floats, flags: Flags | None, first: int, rows: int, priorities: Hashes) -> tuple[Hashes, Floats]:
    priority = of_positions(first, rows)
    full = len(priorities) == SAMPLE
    chosen = np.flatnonzero(priority < priorities[-1]) if full else np.argsort(priority)[:SAMPLE]
    sample = values[:, chosen].T
    if flags is not None:
        sample = np.where(flags[:, chosen].T, sample, np.nan)
    return priority[chosen], sample
