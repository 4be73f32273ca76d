"""Lines of a text file that are sentences or remarks, though the delimiter divides them."""

from collections.abc import Sequence

_WORDS = 4
_RARELY = 0.2
_MOST_NOTES = 5


def is_sentence(cells: Sequence[str]) -> bool:
    """Return whether cells are a sentence: words, with a blank behind each delimiter as in text."""
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) < 2 or len(" ".join(filled).split()) < _WORDS:  # noqa: PLR2004
        return False
    return _is_spaced(filled) and any(cell.strip()[:1].isalpha() for cell in filled[1:])


def _is_spaced(cells: Sequence[str]) -> bool:
    return len(cells) > 1 and all(cell.startswith(" ") for cell in cells[1:])


def are_spaced(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether rows of a table have blanks behind their delimiters, so that blanks there mean nothing."""
    wide = [row for row in rows if len(row) > 1]
    return sum(any(cell.startswith(" ") for cell in row[1:]) for row in wide) > _RARELY * len(wide)


def without_notes(rows: list[list[str]]) -> list[list[str]]:
    """Return rows without those at the end that are sentences, so that they do not hide what a column holds."""
    most = min(_MOST_NOTES, len(rows) // 3)
    if not most or are_spaced(rows[: len(rows) - most]):
        return rows
    end = len(rows)
    while len(rows) - end < most and is_sentence(rows[end - 1]):
        end -= 1
    return rows[:end]
