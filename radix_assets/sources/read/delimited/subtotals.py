"""Totals of groups between the rows of a file: which of them add up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from radix_assets.sources.read.delimited.footer import TOTAL
from radix_assets.sources.read.delimited.grammar import Grammar, Parser, Record
from radix_assets.sources.read.delimited.layout import Layout
from radix_assets.sources.read.delimited.shapes import shape_of
from radix_assets.sources.read.delimited.source import decode
from radix_assets.sources.read.grids.totals import Numbers, Sums, number_of

_MOST = 1 << 23
"""Bytes of rows that are searched: a report with totals between its rows is small."""
_MARK = re.compile(
    rb"total|summe|insgesamt|gesamt|\xd0\xb8\xd1\x82\xd0\xbe\xd0\xb3\xd0\xbe|razem|celkem|\xe8\xa8\x88", re.IGNORECASE
)
_GROUP = re.compile(
    r"(?:sub|sum)[ -]?totals?\b.*|(?:zwischen|teil)summen?\b.*|sous-total.*|.+[ :_-](?:sub-?)?totals?:?|totals? .+"
    r"|.+ (?:gesamt|summe):?|subtotale?s?\b.*",
    re.IGNORECASE,
)
_PART = re.compile(r"sub[ -]?total|zwischensumme|teilsumme|sous-total", re.IGNORECASE)
_LONG, _NEARLY = 60, 0.8


@dataclass(frozen=True)
class Subtotals:
    """Rows labelled as totals between the others, by the line of each."""

    proved: frozenset[int] = field(default_factory=frozenset)
    """Their numbers are the sums of the rows above them."""
    doubtful: tuple[int, ...] = ()
    """Their numbers are not; they are rows like others."""


def find_subtotals(
    path: Path, grammar: Grammar, newline: str, layout: Layout, extent: tuple[int, int], line: int
) -> Subtotals:
    """Return the totals of groups between the rows that begin at `line` and lie between two bytes of a UTF-8 file.

    A total of a group has a label for one, and else only numbers, one of which is the sum of the rows since the last
    total, or of several groups. A group of one row proves nothing by itself.
    """
    size = extent[1] - extent[0]
    if layout.width < 2 or not 0 < size <= _MOST or "number" not in layout.shapes:  # noqa: PLR2004
        return Subtotals()
    with path.open("rb") as file:
        file.seek(extent[0])
        raw = file.read(size)
    if not _MARK.search(raw):
        return Subtotals()
    records = [
        record
        for record, _ in Parser(grammar, newline, layout.width, line=line).records(decode(raw))
        if not record.blank and len(record.cells) <= layout.width
    ]
    places = [place for place, record in enumerate(records) if _is_labelled(record, layout)]
    if not places or len(places) * 2 > len(records):
        return Subtotals()
    columns = [index for index, shape in enumerate(layout.shapes) if shape == "number"]
    proved = max((_proved(records, places, columns, decimal) for decimal in ".,"), key=len)
    rows = [record for place, record in enumerate(records) if place not in set(places)]
    proved = {
        place
        for place in proved
        if _GROUP.fullmatch(_label(records[place]))
        or _is_sparse(records[place], rows)
        or (place + 1 < len(records) and [cell.strip() for cell in records[place + 1].cells] == layout.names)
    }
    rest = [place for place in places if place not in proved and _is_claimed(records[place], rows)]
    return Subtotals(frozenset(records[place].line for place in proved), tuple(records[place].line for place in rest))


def _is_claimed(record: Record, rows: Sequence[Record]) -> bool:
    """Return whether a record that adds nothing up is hardly a row either."""
    return _is_sparse(record, rows) or bool(_PART.match(_label(record)))


def _label(record: Record) -> str:
    return next((text for cell in record.cells if (text := cell.strip())), "")


def _is_labelled(record: Record, layout: Layout) -> bool:
    """Return whether a record has a label for a total in a column of words, and else only numbers."""
    texts = [cell.strip() for cell in record.cells]
    filled = [index for index, text in enumerate(texts) if text]
    label = texts[filled[0]]
    if len(filled) < 2 or len(label) > _LONG or not TOTAL.fullmatch(label):  # noqa: PLR2004
        return False
    if not any(layout.shapes[index] == "number" for index in filled[1:] if index < len(layout.shapes)):
        return False
    return all(shape_of(texts[index]) in {"number", ""} for index in filled[1:])


def _proved(records: Sequence[Record], places: Sequence[int], columns: Sequence[int], decimal: str) -> set[int]:
    """Return which of the labelled records are the sums of their group, of several groups or of all rows above."""
    labelled, proved, single = set(places), set[int](), set[int]()
    everything, section = Sums(len(columns)), Sums(len(columns))
    groups: list[Numbers] = []
    for place, record in enumerate(records):
        cells = [*record.cells, *[""] * (max(columns) + 1 - len(record.cells))]
        numbers = [number_of(cells[index], decimal) for index in columns]
        if place not in labelled:
            section.add(numbers)
            everything.add(numbers)
            continue
        of_groups = Sums(len(columns))
        for group in groups:
            of_groups.add(group)
        if section.match(numbers) or everything.match(numbers) or of_groups.match(numbers):
            proved.add(place)
        elif max(section.counts, default=0) == 1 and _equals(section, numbers):
            single.add(place)
        if any(section.counts):
            groups.append(numbers)
        else:
            groups = []
        section = Sums(len(columns))
    return proved | single if proved else set()


def _equals(section: Sums, numbers: Numbers) -> bool:
    """Return whether a total has the numbers of the only row of its group."""
    pairs = zip(section.values, numbers, strict=True)
    return all(number is None or number == value for value, number in pairs)


def _is_sparse(record: Record, rows: Sequence[Record]) -> bool:
    """Return whether a record is blank where nearly all rows hold words."""
    cells = record.cells
    for index, cell in enumerate(cells):
        if not cell.strip():
            column = [row.cells[index].strip() for row in rows if index < len(row.cells)]
            if sum(shape_of(text) == "words" for text in column) >= _NEARLY * len(column) > 0:
                return True
    return False
