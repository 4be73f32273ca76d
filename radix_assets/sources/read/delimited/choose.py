"""Choose the separator and the quotation mark that make a file the most consistent table."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from radix_assets.sources.read.delimited.candidates import COMMON, RARE, ROWS, candidates
from radix_assets.sources.read.delimited.fixed import find_edges
from radix_assets.sources.read.delimited.grammar import Grammar, Parser, Record
from radix_assets.sources.read.delimited.notes import without_notes
from radix_assets.sources.read.delimited.shapes import column_shape, column_shapes, shape_of

_PRIOR = {":": 0.6, "=": 0.5, "/": 0.4, "-": 0.3, "%": 0.5, "$": 0.5, "*": 0.6, "&": 0.6, "!": 0.6, "#": 0.6}
_PAIR = 2
_TYPED = frozenset({"number", "moment"})
_LEAST = 0.5
_LEAST_RARE = 0.9
_RIVAL = 0.93
_ABOVE, _BELOW, _LEAST_ROWS = 40, 12, 3
"""Lines above and below a table, and rows that it must have to be seen between them."""
_MOSTLY = 0.9
LONE_RETURN = re.compile(r"\r(?!\n)")
_ADDRESS = re.compile(
    r"[^@\s]+@[\w-]+(?:\.[\w-]+)+|[a-z][a-z0-9+.-]*://\S+|www\.\S+|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}"
    r"|(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}|(?:\.{0,2}|~)/[^,;|\t]+|[a-z]:\\[^,;|\t]+",
    re.IGNORECASE,
)
"""Addresses of mail, of pages, of devices and of files."""


@dataclass(frozen=True)
class Choice:
    """A grammar, and how sure it is."""

    grammar: Grammar
    width: int
    confidence: float
    evidence: str
    rival: Grammar | None = None
    """Another grammar that explains the file about as well."""


@dataclass(frozen=True)
class _Scored:
    grammar: Grammar
    width: int
    share: float
    score: float
    rows: int
    first: bool = False
    """Whether the first row has as many cells as the others."""
    typed: bool = False
    """Whether a column holds numbers or moments."""
    whole: bool = False
    """Whether the lines are values as they are: numbers, times or addresses."""
    quotes: int = 0
    contrast: bool = False
    """Whether the first row has words above columns of numbers or dates."""


def choose(pieces: Sequence[str], newline: str, *, delimiter: str | None = None, quote: str | None = None) -> Choice:
    """Choose the grammar of a file from pieces of it, each of which begins at the start of a line.

    What is given is not guessed: a delimiter (empty for a file of one column), or a quotation mark (empty for none).
    """
    if newline == "\n" and sum(len(LONE_RETURN.findall(piece)) for piece in pieces) * 2 > sum(map(_lines, pieces)):
        pieces = [LONE_RETURN.sub("\n", piece) for piece in pieces]  # carriage returns end rows as well
    text = "".join(pieces)
    grammars = candidates(text, newline, delimiter, quote)
    scored = [score for grammar in grammars if (score := _score(grammar, pieces, newline)) is not None]
    if delimiter is not None:
        best = max(scored, key=lambda item: (item.score, item.width), default=None)
        if best is None:
            return Choice(Grammar(delimiter, '"' if quote is None else quote), 0, 1.0, "declared")
        return Choice(best.grammar, best.width, 1.0, "declared")
    rejected = [item for item in scored if item.whole and item.grammar.delimiter == "," and item.share >= _LEAST]
    scored = [item for item in scored if _credible(item)]
    if not scored:
        edges = find_edges(text.split(newline))
        if edges:
            grammar = Grammar("", "", edges=tuple(edges))
            return Choice(grammar, len(edges), 0.7, f"blanks at the same {len(edges) - 1} places of every line")
        mark = '"' if quote is None else quote
        comma = rejected[0].grammar if rejected else None
        return Choice(Grammar("", mark), 1, 0.8, "no separator divides the lines consistently", comma)
    scored.sort(key=lambda item: -item.score)
    best = scored[0]
    edges = [] if best.first or best.grammar.runs or best.quotes else find_edges(text.split(newline))
    if len(edges) > max(best.width, _PAIR):  # a comma is the decimal mark of columns of fixed width
        evidence = f"blanks at {len(edges) - 1} places of every line"
        return Choice(Grammar("", "", edges=tuple(edges)), len(edges), 0.7, evidence)
    rival = next((item for item in scored[1:] if not _repeats(item.grammar.delimiter, best.grammar.delimiter)), None)
    margin = 1.0 if rival is None else 1 - rival.score / best.score
    confidence = round(min(0.99, best.share * (0.6 + min(1.0, 2 * margin) * 0.4)), 2)
    evidence = f"{best.share:.0%} of {best.rows:,} rows looked at have {best.width} cells"
    close = rival is not None and rival.score > _RIVAL * best.score and rival.width > 1
    return Choice(best.grammar, best.width, confidence, evidence, rival.grammar if rival and close else None)


def _repeats(delimiter: str, other: str) -> bool:
    """Return whether a delimiter is part of another, or the other several times."""
    return delimiter in other or not delimiter.replace(other, "")


def _lines(piece: str) -> int:
    return piece.count("\n") + 1


def _score(grammar: Grammar, pieces: Sequence[str], newline: str) -> _Scored | None:
    records: list[Record] = []
    share_of_piece = max(20, ROWS // len(pieces)) if len(pieces) > 1 else 4 * ROWS
    for piece in pieces:
        parser = Parser(grammar, newline)
        for number, (record, _) in enumerate(parser.records(piece)):
            if number >= share_of_piece:
                break
            if not record.blank or len(record.cells) > 1:
                records.append(record)
    records = [
        record for record in records if not record.cells[0].lstrip().startswith("#") or len(record.cells) > 1
    ] or records
    if not records:
        return None
    widths = Counter(len(record.cells) for record in records)
    wide = {width: number for width, number in widths.items() if width > 1}
    if not wide:
        return _Scored(grammar, 1, 1.0, 0.0, len(records))
    width = max(wide, key=lambda item: (wide[item], item))
    first = len(records[0].cells)
    if first in wide and wide[first] * 2 >= wide[width] and not _is_above(records, first, width):
        width = first
    width = _width_at_end(records, width)
    rows = [record for record in records if len(record.cells) == width]
    table = records if grammar.runs or grammar.delimiter in RARE else _table_in(records, width)
    share = len(rows) / len(table)
    if len(table) < len(records):  # titles and notes speak a little against a grammar that does not divide them
        share = _MOSTLY * share + (1 - _MOSTLY) * len(rows) / len(records)
    broken = sum(record.broken for record in records) / len(records)
    clean = _cleanliness(grammar, rows, width)
    typed = sum(_purity(rows, index) for index in range(width)) / width
    prior = (
        1.0
        if grammar.delimiter in COMMON
        else 0.7
        if grammar.runs
        else _PRIOR.get(grammar.delimiter, 0.85 if len(grammar.delimiter) == 1 else 1.05)
    )
    quotes = sum(record.quotes for record in rows)
    used = 1.0 if grammar.quote == '"' else 1.05 if quotes else 0.9
    score = share * clean * (0.4 + 0.6 * typed) * (1 - 0.5 * broken) * prior * used
    sample = rows[1:] or rows
    lines = [grammar.delimiter.join(record.cells) for record in sample if not record.quotes]
    values = len(lines) > 0 and all(shape_of(line) in _TYPED or _ADDRESS.fullmatch(line.strip()) for line in lines)
    # Cells that are numbers are rarely one number with several marks in it, but a date has several.
    whole = values and (width == _PAIR or grammar.delimiter not in COMMON)
    is_typed = any(shape in _TYPED for shape in column_shapes([record.cells for record in sample], width))
    contrast = len(rows) > 1 and _has_contrast([record.cells for record in rows], width)
    return _Scored(grammar, width, share, score, len(records), first == width, is_typed, whole, quotes, contrast)


def _is_above(records: Sequence[Record], narrow: int, width: int) -> bool:
    """Return whether the records of the first one's width are lines above a table of more cells: none is below it."""
    number = next(index for index, record in enumerate(records) if len(record.cells) == width)
    below = [len(record.cells) for record in records[number:]]
    rows = below.count(width)
    return width > narrow and narrow not in below and rows > 2 and (number > 1 or width > narrow + 1)  # noqa: PLR2004


def _width_at_end(records: Sequence[Record], width: int) -> int:
    """Return the cells of a few rows below many lines of fewer cells: a header of words above numbers or dates."""
    last = len(records[-1].cells)
    number = next((n for n, record in enumerate(reversed(records)) if len(record.cells) != last), len(records))
    if last < width + 2 or number < _LEAST_ROWS or len(records) - number > _ABOVE:
        return width
    return last if _has_contrast([record.cells for record in records[-number:]], last) else width


def _has_contrast(rows: Sequence[list[str]], width: int) -> bool:
    """Return whether the first row has words, or a few years, above columns of numbers or dates."""
    shapes = column_shapes(without_notes(list(rows[1:ROWS])), width)
    typed = [index for index, shape in enumerate(shapes) if shape in _TYPED]
    return any(shape_of(rows[0][index]) == "words" for index in typed)


def _table_in(records: Sequence[Record], width: int) -> Sequence[Record]:
    """Return the records from the first to the last row, unless what is left out is more than there are rows."""
    places = [index for index, record in enumerate(records) if len(record.cells) == width]
    first, last = places[0], places[-1]
    below = len(records) - 1 - last
    if len(places) < _LEAST_ROWS:
        return records
    rows = [records[place].cells for place in places]
    if first > _ABOVE or first * 2 > len(places) * (8 if _has_contrast(rows, width) else 1):
        first = 0
    if below > _BELOW or below > len(places):
        last = len(records) - 1
    return records[first : last + 1]


def _purity(rows: Sequence[Record], index: int) -> float:
    """Return how alike the cells of a column are: words are less telling than numbers and dates."""
    shape, share = column_shape(record.cells[index] for record in rows[1:] or rows)
    return share * (0.8 if shape == "words" else 0.9 if not shape else 1.0)


def _cleanliness(grammar: Grammar, rows: Sequence[Record], width: int) -> float:
    """Return the share of cells in which no other separator stands."""
    others = [mark for mark in (";", "\t", "|") if mark not in grammar.delimiter]
    dirty = total = 0
    for record in rows[:ROWS]:
        if record.quotes:
            continue
        for cell in record.cells[:width]:
            if not cell:
                continue
            total += 1
            dirty += any(mark in cell.strip() for mark in others) or (
                grammar.delimiter not in {",", ""} and "," in cell and shape_of(cell) == "words" and ", " not in cell
            )
    return 1 - dirty / total if total else 1.0


def _credible(item: _Scored) -> bool:
    """Return whether a grammar makes a table: rare separators must divide nearly every line, and not mere words."""
    grammar = item.grammar
    if item.width < _PAIR:
        return False
    if grammar.delimiter in COMMON and (item.first or not item.whole):
        return item.share >= (_LEAST if item.rows > 3 else 0.3)  # noqa: PLR2004 a header and a row or two
    if item.rows < 2 or (item.share < _LEAST_RARE and (len(grammar.delimiter) == 1 or item.share < _LEAST)):  # noqa: PLR2004
        return False
    if grammar.runs:
        return item.first and (item.typed or item.quotes > 0) and item.share >= _LEAST_RARE
    pairs_of_keys = grammar.delimiter == "=" and item.width > _PAIR and not item.contrast
    if item.whole or pairs_of_keys or (grammar.delimiter == "/" and not item.contrast):
        return False
    return item.first or item.width > _PAIR
