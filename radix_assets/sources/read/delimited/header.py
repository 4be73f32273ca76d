"""Whether the first full record of a file names the columns or is a row."""

from collections.abc import Sequence
from itertools import pairwise

from radix_assets.sources.read.delimited.shapes import Shape, shape_of
from radix_assets.sources.read.delimited.words import header_odds

_FEW = 0.1
_EVEN, _SURE = 0.5, 0.8
_PAIR = 2
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
    if typed:
        return True, 0.7 if not words else 0.9, "the first row holds words only"
    return _of_words(cells, rows)


def _of_words(cells: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[bool, float, str]:
    """Return whether words above columns of words name them."""
    if len(cells) == 1 and all(list(row) == list(cells) for row in rows):
        return True, 0.5, "all rows are equal"
    odds = header_odds(cells, rows)
    if max(odds, 1 - odds) < _SURE:
        # Of one column the first value would be lost; a name among the values is not.
        least = _EVEN if len(cells) > 1 else _SURE
        return odds >= least, 0.5, f"all rows hold words; the first is a header with a chance of {odds:.0%}"
    if odds < _EVEN:
        return False, round(min(0.9, 1 - odds), 2), "words of the first row are as those below it"
    return True, round(min(0.9, odds), 2), "the first row holds words that differ from those below it"


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
        steps = {right - left for left, right in pairwise(numbers)}
        return rising and (years or (len(steps) == 1 and (len(numbers) > _PAIR or numbers[0] in {0, 1})))
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
