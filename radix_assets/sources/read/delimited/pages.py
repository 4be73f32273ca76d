"""Lines of printed pages in a text file: page numbers, and titles and headers that are repeated on every page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from radix_assets.sources.read.delimited.source import decode, encode

_MOST: Final = 1 << 23
"""Bytes of a file that is searched."""
_WORDS: Final = (
    *("page", "pg", "seite", "blatt", "pagina", "página", "pág", "pag", "side", "sida", "sivu", "strona", "strana"),
    *("str", "oldal", "sayfa", "страница", "стр", "лист", "ページ", "第", "页"),
)
_WORD: Final = rf"(?:{'|'.join(_WORDS)})\.?\s*(?:no\.?|nr\.?)?\s*[:#]?\s*"
_OF: Final = r"(?:of|von|de|di|sur|af|av|z|ze|из|/|\|)"
_NUMBER: Final = re.compile(rf"(?<!\w){_WORD}(\d{{1,5}})\s*(?:{_OF}\s*\d{{1,5}})?(?:页|ページ)?$", re.IGNORECASE)
_ALONE: Final = re.compile(r"[-\u2013\u2014]\s*(\d{1,5})\s*[-\u2013\u2014]|(\d{1,5})\s*/\s*\d{1,5}")
_BARE: Final = re.compile(rb"[\r\n][ \t\"]*(?:[-\xe2][^\r\n\w]*\d+|\d+ ?/ ?\d)")
_QUICK: Final = tuple(word.encode() for word in _WORDS)
_ENDS: Final = frozenset("0123456789页ジ-–—")
_TAIL: Final = 48
_MARKS: Final = ",;\t"
_EDGES: Final = " \t,;|\"'\r\x0c"
_TOP, _BOTTOM, _LEAST_ROWS = 12, 4, 2
_LONGEST: Final = 160


@dataclass(frozen=True)
class PageLines:
    """Lines that were left out, with their numbers."""

    lines: Sequence[tuple[int, str]] = ()


def without_page_lines(path: Path) -> PageLines:
    """Rewrite a UTF-8 file that was printed page by page, with a blank line for each line that belongs to a page.

    Those are numbers of pages that rise from page to page, and what is the same at the top or the end of every page.
    Other files stay as they are.
    """
    if path.stat().st_size > _MOST:
        return PageLines()
    raw = path.read_bytes()
    lower = raw.lower()
    if b"\x0c" not in raw and not any(word in lower for word in _QUICK) and not _BARE.search(raw):
        return PageLines()
    newline = "\n" if b"\n" in raw else "\r"
    lines = decode(raw).split(newline)
    numbers = _numbers(lines)
    starts = _starts(lines, numbers)
    if len(starts) < 2:  # noqa: PLR2004
        return PageLines()
    repeated = {*numbers, *_repeated(lines, starts, set(numbers))}
    left_out = [(place + 1, lines[place].strip("\r\x0c")) for place in sorted(repeated)]
    for place in repeated:
        lines[place] = "\r" if lines[place].endswith("\r") else ""
    path.write_bytes(encode(newline.join(lines).replace("\x0c", "")))
    return PageLines([(number, text) for number, text in left_out if text.strip(_EDGES)])


def _numbers(lines: Sequence[str]) -> dict[int, int]:
    """Return the lines that are the number of a page, with it; none if the numbers do not rise from page to page."""
    numbers: dict[int, int] = {}
    inside = False
    filled = 0
    for place, line in enumerate(lines):
        text = line.strip(_EDGES)
        filled += bool(text)
        may_be = text and text[-1] in _ENDS and len(text) <= _LONGEST and not inside
        if may_be and not any(mark in text for mark in _MARKS):
            hit = _NUMBER.search(text, max(0, len(text) - _TAIL)) or _ALONE.fullmatch(text)
            if hit and _is_apart(text[: hit.start()]):
                numbers[place] = int(next(group for group in hit.groups() if group))
        inside ^= line.count('"') % 2 == 1
    rising = len(numbers) > 1 and all(right == left + 1 for left, right in pairwise(numbers.values()))
    between = [sum(map(_is_filled, lines[left + 1 : right])) for left, right in pairwise(numbers)]
    return numbers if rising and min(between) >= _LEAST_ROWS and len(numbers) * 3 <= filled else {}


def _is_filled(line: str) -> bool:
    return bool(line.strip(_EDGES))


def _is_apart(title: str) -> bool:
    """Return whether the number of a page stands alone, or behind a title and a gap, and is no cell of a row."""
    return not title.strip() or title.endswith("  ")


def _starts(lines: Sequence[str], numbers: dict[int, int]) -> list[int]:
    """Return the first line of every page: behind a form feed, or by the numbers at the top or the end of the pages."""
    feeds = [place for place, line in enumerate(lines) if line.startswith("\x0c") and any(lines[place:])]
    if feeds:
        return sorted({0, *feeds})
    places = list(numbers)
    if not places:
        return []
    filled = [place for place, line in enumerate(lines) if line.strip(_EDGES)]
    above = sum(place < places[0] for place in filled)
    if above <= 3 and places[-1] != filled[-1]:  # noqa: PLR2004 a title, a date and a name
        first = filled[0]
        return [place - (places[0] - first) for place in places]
    return [0, *(place + 1 for place in places if place + 1 < len(lines) and place != filled[-1])]


def _repeated(lines: Sequence[str], starts: Sequence[int], numbers: set[int]) -> set[int]:
    """Return the lines that stand at the top of every page but the first as on the first, or at the end of all."""
    pages = [range(start, end) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    filled = [[place for place in page if lines[place].strip(_EDGES) and place not in numbers] for page in pages]
    filled = [page for page in filled if page]
    if len(filled) < 2:  # noqa: PLR2004
        return set()
    tops = [page[:_TOP] for page in filled]
    top = _common([[lines[place] for place in page] for page in tops])
    result = {place for page in tops[1:] for place in page[:top]}
    if len(filled) > 2:  # noqa: PLR2004 the last page may end otherwise
        ends = [page[top:][::-1][:_BOTTOM] for page in filled[:-1]]
        bottom = _common([[lines[place] for place in page] for page in ends])
        result |= {place for page in ends for place in page[:bottom]}
        last = filled[-1][top:][::-1][:bottom]
        same = bottom and [_mask(lines[place]) for place in last] == [_mask(lines[place]) for place in ends[0][:bottom]]
        result |= set(last) if same else set()
    return result


def _common(pages: Sequence[Sequence[str]]) -> int:
    """Return how many lines at the beginning of all pages are the same, but for digits in those before the last."""
    common = 0
    for number, column in enumerate(zip(*pages, strict=False), start=1):
        if len({_mask(line) for line in column}) > 1:
            break
        if len({line.strip(_EDGES) for line in column}) == 1:
            common = number
    return common


def _mask(line: str) -> str:
    return re.sub(r"\d+", "9", " ".join(line.strip(_EDGES).split()))
