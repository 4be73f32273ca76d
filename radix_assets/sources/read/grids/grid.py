"""Facts of the rows of a grid of cells, some of them merged, from which its layout is found."""

import re
from collections.abc import Sequence
from typing import Any

from radix_assets.sources.read.grids.cells import Row, Span, is_period, kind_of_cell, name_of

_MOST = 0.6
_UNIT = re.compile(
    r"[(\[{].*[)\]}]|%|[€$£¥]|°?[CFK]|(?:usd|eur|gbp|chf|k?g|mg|t|lbs?|[kcmµn]?m[²³23]?|m?l|sq ?ft|ft|in|miles?|ha|"
    r"m?s|secs?|min|hours?|hrs?|h|days?|months?|years?|yrs?|k?wh?|m[wv]h?|v|a|hz|k?pa|hpa|bar|ppm|km/h|m/s|mph|n|no\.)",
    re.IGNORECASE,
)


class Grid:
    """Rows of cells. They are counted from 0, whatever their numbers in the sheet."""

    def __init__(self, rows: Sequence[Row], spans: Sequence[Span]) -> None:
        self.rows = rows
        self.width = max(len(row.cells) for row in rows)
        self.kinds = [[kind_of_cell(cell) for cell in row.cells] for row in rows]
        self.numbers = {row.number: index for index, row in enumerate(rows)}
        self.spans = [span for span in spans if span.top in self.numbers]
        self.columns = [c for c in range(self.width) if any(kinds[c] for kinds in self.kinds)]

    def fill(self, index: int) -> float:
        """Return the share of the columns that a row fills; a title counts as one cell however far it is merged."""
        return self.spread(index) / max(1, len(self.columns))

    def spread(self, index: int) -> int:
        """Return how many columns a row fills; one if all are one merged cell."""
        filled = sum(bool(kind) for kind in self.kinds[index])
        number = self.rows[index].number
        whole = any(
            span.top <= number <= span.bottom and span.right - span.left + 1 >= filled > 1 for span in self.spans
        )
        return 1 if whole else filled

    def across(self, index: int) -> bool:
        """Return whether a row has a cell that is merged over several columns, though not over all."""
        number = self.rows[index].number
        return any(
            span.top == number and 1 < span.right - span.left + 1 < len(self.columns) and self._starts_inside(span)
            for span in self.spans
        )

    def _starts_inside(self, span: Span) -> bool:
        """Return whether a merged cell is not a title: it begins right of the first column, or others are beside it."""
        kinds = self.kinds[self.numbers[span.top]]
        outside = [c for c, kind in enumerate(kinds) if kind and not span.left <= c <= span.right]
        return span.left > self.columns[0] or bool(outside)

    def joined(self, index: int) -> bool:
        """Return whether a cell is merged with the row below."""
        number = self.rows[index].number
        return any(span.top <= number < span.bottom for span in self.spans)

    def is_text(self, index: int) -> bool:
        """Return whether a row holds only text, years and dates, and some text."""
        cells: Sequence[Any] = self.rows[index].cells
        kinds = self.kinds[index]
        return "text" in kinds and all(
            kind in {"", "text", "null"} or is_period(cell) for kind, cell in zip(kinds, cells, strict=True)
        )

    def is_units(self, index: int) -> bool:
        """Return whether a row holds units or remarks in brackets, which belong to the names above."""
        names = [name_of(cell) for cell in self.rows[index].cells]
        present = [name for name in names if name]
        return bool(present) and sum(bool(_UNIT.fullmatch(name)) for name in present) > _MOST * len(present)
