"""Whether the first full record of a file names the columns or is a row."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from radix_assets.sources.read.delimited.shapes import Shape, shape_of

_FEW = 0.1
_LEAST_BELOW = 5
_LIKE_DATA = 0.6
_YEARS = range(1800, 2101)
_TYPED = frozenset({"number", "moment"})


def is_header(  # noqa: PLR0911 one for each kind of evidence
    cells: Sequence[str], rows: Sequence[Sequence[str]], shapes: Sequence[Shape], width: int
) -> tuple[bool, float, str]:
    """Return whether a record names the columns, how sure that is, and why."""
    own = [shape_of(cell) for cell in cells]
    if not rows:
        data = any(shape in _TYPED for shape in own)
        return not data, 0.5, "the only record holds numbers or dates" if data else "the only record holds words"
    if width > 1 and all(list(row) == list(cells) for row in rows):
        return False, 0.5, "all rows are equal"
    offset = width - len(cells) if len(cells) == width - 1 else 0
    typed = [index for index in range(len(cells)) if index + offset < width and shapes[index + offset] in _TYPED]
    words = sum(own[index] == "words" for index in typed)
    same = [index for index in typed if own[index] == shapes[index + offset]]
    if words and len(same) <= words:
        return True, 0.98, f"words above {words} column{'s' * (words != 1)} of numbers or dates"
    if same:
        if _are_numbers_as_names(cells, same, rows):
            return True, 0.7, "numbers that rise or years, above other values"
        if words and all(cells[index].strip().isdigit() for index in same):
            return True, 0.75, f"words above {words} column{'s' * (words != 1)} of numbers, and whole numbers as names"
        return (
            False,
            0.9 if not words else 0.6,
            f"the first row holds values like those below it in {len(same)} columns",
        )
    if not typed and all(shape in _TYPED or not shape for shape in own) and any(own):
        return False, 0.6, "the first row holds no words"
    if _is_like_data(cells, rows):
        return False, 0.8, "words of the first row occur again below it"
    return True, 0.7 if not words else 0.9, "the first row holds words only"


def _are_numbers_as_names(cells: Sequence[str], same: Sequence[int], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether numbers above columns of numbers are names: years, or numbers that rise from cell to cell."""
    texts = [cells[index].strip() for index in same]
    if not all(text.isdigit() for text in texts):
        return False
    numbers = [int(text) for text in texts]
    years = all(number in _YEARS for number in numbers)
    below = [row[index].strip() for row in rows for index in same if index < len(row) and row[index].strip()]
    alike = sum(text.isdigit() and len(text) == 4 for text in below)  # noqa: PLR2004 as years are
    if years and alike < _FEW * len(below):
        return True
    rising = len(numbers) > 1 and all(left < right for left, right in pairwise(numbers))
    if len(same) < len(cells):
        return rising
    return (
        rising
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        and numbers[0] in {0, 1}
        and not _rise(rows)
    )


def _rise(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether most rows rise from cell to cell."""
    rising = 0
    for row in rows:
        cells = [cell.strip() for cell in row]
        rising += all(cell.isdigit() for cell in cells) and all(
            int(left) < int(right) for left, right in pairwise(cells)
        )
    return rising * 2 > len(rows)


def _is_like_data(cells: Sequence[str], following: Sequence[Sequence[str]]) -> bool:
    """Return whether words of a first record occur again below it.

    A name does not occur in its own column, but for a header that is repeated as a whole, or that pages repeat.
    """
    below = [row for row in following if len(row) == len(cells) and list(row) != list(cells)]
    if len(below) < _LEAST_BELOW:
        return False
    again = 0
    for cell, column in zip(cells, zip(*below, strict=True), strict=True):
        value, others = cell.strip(), Counter(text.strip() for text in column)
        again += bool(value) and others[value] > 1
    filled = sum(bool(cell.strip()) for cell in cells)
    return again >= max(2, _LIKE_DATA * filled)
