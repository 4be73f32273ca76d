"""Find the header of a table in a grid of cells, and the rows above it that are no part of the table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from radix_assets.sources.read.grids.cells import TYPED, Row, Span, is_period, kind_of_cell, name_of
from radix_assets.sources.read.grids.grid import Grid

_MOST_LINES = 4
"""Lines of a header."""
_FULL, _HALF, _PURE, _NEARLY, _ALL = 0.6, 0.5, 0.7, 0.8, 0.95
_RISING = 3


@dataclass(frozen=True)
class Layout:
    """Where a table begins in a grid. Numbers of rows count from 1."""

    header: tuple[int, ...]
    """The rows of the header, from the top; none if the table has no header."""
    first: int
    """The first row of data, or the row below the header if there is none."""
    names: tuple[str, ...]
    """A name for each column of the grid, empty where there is none."""
    above: tuple[int, ...]
    """Rows above the header that hold something."""
    confidence: float
    evidence: str


def find_layout(rows: Sequence[Row], spans: Sequence[Span] = ()) -> Layout:
    """Return the layout of the table in the first rows of a grid, at least one, none of them blank.

    Cells of a span must all hold its value. A header is found by contrast: it is the last line of text above columns
    of numbers, dates or truth values. In a grid of text it is the first row that is about as wide as the others.
    """
    return _Finder(rows, spans).layout()


class _Finder(Grid):
    """The rows of a grid, in which the header is to be found."""

    def layout(self) -> Layout:
        start, support = self._start_by_contrast()
        if start is not None:
            lines = self._lines(start - 1)
            if self._is_full_from_the_top(lines[0]) or (support == 1 and self._hides_rows(lines[0])):
                start, lines = self._first_full() + 1, (self._first_full(),)
            return self._layout(lines, start, 0.95, f"text above {support} columns of other types")
        first = self._first_full()
        texts = self.is_text(first)
        if not texts and first and self.is_text(first - 1) and self.fill(first - 1) >= _HALF:
            return self._layout(self._lines(first - 1), first, 0.8, "the line of text above the first full row")
        if not texts and first and self._is_corner(first - 1) and self._is_named(first - 1):
            return self._layout(self._lines(first - 1), first, 0.8, "years or numbers as names above a full row")
        if texts or self._is_named(first):
            low = self._lowest(first)
            return self._layout(self._lines(low), low + 1, 0.8, "the first row as wide as those below")
        return self._layout((), first, 0.7, "the first row is like those below")

    def _layout(self, lines: tuple[int, ...], start: int, confidence: float, evidence: str) -> Layout:
        top = lines[0] if lines else start
        number = self.rows[start].number if start < len(self.rows) else self.rows[-1].number + 1
        return Layout(
            header=tuple(self.rows[line].number for line in lines),
            first=number,
            names=self._names(lines),
            above=tuple(row.number for row in self.rows[:top]),
            confidence=confidence,
            evidence=evidence,
        )

    # where the data begin

    def _start_by_contrast(self) -> tuple[int | None, int]:
        """Return the first row of data and the number of columns that show it; None if none does."""
        starts: Counter[int] = Counter()
        for column in self.columns:
            sequence = self._sequence(column)
            first = next((index for index, kind in enumerate(sequence) if kind in TYPED), None)
            if first is None:
                continue
            values = Counter(kind for kind in sequence[first:] if kind in TYPED or kind == "text")
            texts = [index for index in range(first) if sequence[index] == "text"]
            commonest = max((kind for kind in values if kind in TYPED), key=values.__getitem__)
            if texts and values[commonest] >= _PURE * values.total():
                starts[texts[-1] + 1] += 1
        for start, support in sorted(starts.items(), key=lambda item: (-item[1], item[0])):
            if self._is_start(start):
                return start, support
        return None, 0

    def _sequence(self, column: int) -> list[str]:
        """Return the kinds of a column's cells; years in a line of names, above values that are none, are text."""
        sequence: list[str] = [kinds[column] if column < len(kinds) else "" for kinds in self.kinds]
        for index, kind in enumerate(sequence[:_MOST_LINES]):
            if kind in TYPED and self.is_text(index) and is_period(self.rows[index].cells[column]):
                below = [row.cells[column] for row in self.rows[index + 1 :] if column < len(row.cells)]
                values = [cell for cell in below if kind_of_cell(cell) in TYPED]
                if sum(map(is_period, values)) * 4 < len(values):
                    sequence[index] = "text"
        return sequence

    def _is_start(self, start: int) -> bool:
        header = start - 1
        if not any(kind in TYPED or kind in {"null", "error"} for kind in self.kinds[start]):
            return False
        if sum(self.fill(index) >= _FULL and self.is_text(index) for index in range(start)) > _MOST_LINES:
            return False
        wide = self.fill(header) >= _HALF or (header > 0 and (self.is_units(header) or self.across(header - 1)))
        texts = sum(kind in {"text", "null"} for kind in self.kinds[header])
        return wide and 2 * texts >= sum(bool(kind) for kind in self.kinds[header])

    def _hides_rows(self, top: int) -> bool:
        """Return whether a row above a header looks like one of the table: it is full, and nothing parts it from it."""
        for index in range(top - 1, -1, -1):
            if self.rows[index + 1].number - self.rows[index].number != 1:
                return False
            label = name_of(self.rows[index].cells[self.columns[0]])
            if self.fill(index) >= _ALL and self.spread(index) > 1 and not label.endswith(":"):
                return True
        return False

    def _is_full_from_the_top(self, top: int) -> bool:
        """Return whether full rows of text are all that is above a header: the first is the header, the others rows."""
        above = range(top + 1)
        together = self.rows[top].number - self.rows[0].number == top
        return top > 0 and together and all(self.fill(index) >= _ALL and self.spread(index) > 1 for index in above)

    def _first_full(self) -> int:
        fills = [self.fill(index) for index in range(len(self.rows)) if self.spread(index) > 1]
        wanted = _NEARLY * median(fills) if fills else 0.0
        return next(i for i in range(len(self.rows)) if self.fill(i) >= wanted and (not fills or self.spread(i) > 1))

    def _is_corner(self, index: int) -> bool:
        """Return whether a row directly above another is blank only in its first cell, below which are texts."""
        kinds, below = self.kinds[index], self.kinds[index + 1 :]
        first = self.columns[0]
        others = [column for column in self.columns[1:] if column >= len(kinds) or not kinds[column]]
        texts = [row[first] == "text" for row in below if first < len(row) and row[first]]
        adjacent = self.rows[index + 1].number == self.rows[index].number + 1
        return adjacent and not kinds[first] and not others and sum(texts) >= _NEARLY * len(texts) > 0

    def _is_named(self, index: int) -> bool:
        """Return whether the numbers and dates in a row are names: years, dates or running numbers."""
        row, below = self.rows[index].cells, self.rows[index + 1 :]
        typed = [c for c in self.columns if c < len(row) and kind_of_cell(row[c]) in TYPED]
        cells = [row[c] for c in typed]
        if not below or len(set(map(name_of, cells))) < len(cells):
            return False
        if all(map(is_period, cells)):
            values = [other.cells[c] for other in below for c in typed if c < len(other.cells)]
            values = [value for value in values if kind_of_cell(value) in TYPED]
            return sum(map(is_period, values)) < _HALF * len(values)
        numbers = [cell for cell in cells if isinstance(cell, int | float) and not isinstance(cell, bool)]
        steps = {right - left for left, right in pairwise(numbers)}
        return len(numbers) == len(cells) >= _RISING and steps == {1}

    # the lines of the header

    def _lowest(self, line: int) -> int:
        """Return the last line of a header of text: lines below merged cells belong to it."""
        while line + 1 < len(self.rows) - 1 and self.is_text(line + 1) and (self.across(line) or self.joined(line)):
            line += 1
        return line

    def _lines(self, low: int) -> tuple[int, ...]:
        """Return the lines of the header whose last line is given."""
        lines = [low]
        while len(lines) < _MOST_LINES and lines[0] > 0 and self._continues(lines[0] - 1, lines[0]):
            lines.insert(0, lines[0] - 1)
        return tuple(lines)

    def _continues(self, upper: int, lower: int) -> bool:  # noqa: PLR0911 a list of reasons
        """Return whether a line is part of the header that the line below it belongs to."""
        if self.rows[lower].number - self.rows[upper].number != 1 or not self.is_text(upper):
            return False
        if self.joined(upper):
            return True
        if not self._is_top(upper):
            return False
        if self.across(upper):
            return True
        if self.spread(upper) < 2:  # noqa: PLR2004 a title
            return False
        # A full line of text below a full line of text may as well be a row whose values are not known yet.
        if self.is_units(lower):
            return self.fill(upper) >= _HALF or self._resolves(upper, lower)
        return self._resolves(upper, lower) and not self._names_all(upper)

    def _is_top(self, index: int) -> bool:
        """Return whether a line may begin a header: above it is nothing, a title, or a line of merged cells."""
        if index == 0 or self.rows[index].number - self.rows[index - 1].number != 1:
            return True
        above = index - 1
        if self.across(above) or (self.is_text(above) and self.fill(above) >= _NEARLY and self.spread(above) > 1):
            return self._is_top(above)
        return self.spread(above) < 2  # noqa: PLR2004 a title

    def _resolves(self, upper: int, lower: int) -> bool:
        """Return whether names that occur twice differ by the name above them, which holds for those to its right."""
        names = [name_of(cell) for cell in self.rows[lower].cells]
        present = [name for name in names if name]
        if len(set(present)) == len(present):
            return False
        joined = [f"{above} {name}" for above, name in zip(self._filled(upper), names, strict=False) if name]
        return len(set(joined)) == len(joined)

    def _names_all(self, index: int) -> bool:
        """Return whether a line alone names every column, each differently."""
        names = [name_of(cell) for cell in self.rows[index].cells]
        present = [names[column] for column in self.columns if column < len(names) and names[column]]
        return len(set(present)) == len(self.columns)

    def _filled(self, index: int) -> list[str]:
        """Return the names of a line, each repeated to its right up to the next one."""
        result, last = [], ""
        for cell in self.rows[index].cells:
            last = name_of(cell) or last
            result.append(last)
        return result + [last] * (self.width - len(result))

    def _names(self, lines: tuple[int, ...]) -> tuple[str, ...]:
        parts: list[list[str]] = []
        for position, line in enumerate(lines):
            names = [name_of(cell) for cell in self.rows[line].cells]
            names += [""] * (self.width - len(names))
            if position + 1 < len(lines) and not self.across(line) and self._resolves(line, lines[position + 1]):
                below = [name_of(cell) for cell in self.rows[lines[position + 1]].cells]
                spread = self._filled(line)
                names = [
                    name or (spread[column] if column < len(below) and below[column] else "")
                    for column, name in enumerate(names)
                ]
            parts.append(names)
        return (
            tuple(
                " ".join(name for i, name in enumerate(column) if name and (i == 0 or column[i - 1] != name))
                for column in zip(*parts, strict=True)
            )
            or ("",) * self.width
        )
