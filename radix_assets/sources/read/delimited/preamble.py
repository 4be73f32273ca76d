"""Lines above a table that have as many cells as a row, or nearly: an account, a period, who made the report."""

import re
from collections.abc import Sequence

from radix_assets.sources.read.delimited.grammar import Record
from radix_assets.sources.read.delimited.header_lines import BODY, NOT_YET, TYPED, filled_cells
from radix_assets.sources.read.delimited.notes import are_spaced, is_sentence, without_notes
from radix_assets.sources.read.delimited.shapes import column_shapes, shape_of

_MOST = 40
_FULL = 0.8
_LINES = 4
_TABLE = 4
"""Rows above a table that are enough for another one."""
_PAIR = 3
"""Cells of a line that names one thing, with its value and a unit."""
_DIGIT = re.compile(r"\d")
_LABEL = re.compile(
    r"(?:report|sales report|statement|account|acct|iban|bic|bank|branch|customer|client|user|run by|run on|run date|"
    r"run time|created|generated|exported|printed|downloaded|prepared|produced|made|written|updated|last|as of|date of|"
    r"data source|source|title|subject|period|date range|from|to|start|end|begin|filter|filters|view|property|currency|"
    r"version|software|program|instrument|device|logger|station|location|site|serial|model|firmware|sensor|channel|"
    r"operator|analyst|method|sample|run|experiment|project|survey|file|page|sheet|department|company|organi[sz]ation|"
    r"interval|sampling|resolution|units?|time ?zone|latitude|longitude|altitude|elevation|opening|closing|balance|"
    r"plant|company code|ledger|layout|variant|number of|author|by|on|"
    r"konto|kontonummer|kontoinhaber|inhaber|umsätze|kontostand|saldo|zeitraum|von|bis|stand|währung|erstellt|"
    r"bericht|auswertung|datum|filiale|kunde|kundennummer|mandant|buchungskreis|werk|gerät|messstelle|station|"
    r"compte|titulaire|solde|période|devise|date|rapport|cuenta|titular|saldo|periodo|período|moneda|informe|fecha|"
    r"conto|intestatario|valuta|rekening|periode|konto|raport|rachunek|okres|waluta)\b.*",
    re.IGNORECASE,
)
"""What a line above a table begins with."""


def below_preamble(records: Sequence[Record], usable: Sequence[int], width: int) -> int | None:
    """Return the record at which a table begins below lines that certainly are no part of it; None if none are.

    Those lines are shorter or longer than a row, hold text in their first cells only, are a sentence, or name a thing
    and its value. Words above columns of numbers and dates prove where the header is.
    """
    result = None
    for place in range(1, min(_MOST, len(usable) - 1)):
        last = records[usable[place - 1]]
        if not _may_be_above(last, width):
            break
        record = records[usable[place]]
        if len(record.cells) == width and _begins(records, usable, place, width):
            result = usable[place]
    return result


def table_in(above: Sequence[Record]) -> list[int]:
    """Return the lines above a table that are a table themselves: a column of them holds numbers or dates only."""
    longest: list[Record] = []
    start = 0
    for place in range(1, len(above) + 1):
        if place < len(above) and _continues(above[place - 1], above[place]):
            continue
        longest = max(longest, list(above[start:place]), key=len)
        start = place
    rows = [record.cells for record in longest[1:]]
    if len(rows) < _TABLE or any(is_label(record.cells[0].strip()) for record in longest):
        return []
    typed = any(all(shape_of(cell) in TYPED for cell in column) for column in zip(*rows, strict=True))
    return [record.line for record in longest] if typed else []


def _continues(before: Record, record: Record) -> bool:
    return (
        len(record.cells) == len(before.cells) > 1
        and record.line == before.line + before.lines
        and all(cell.strip() for cell in record.cells)
    )


def _begins(  # noqa: PLR0911 one for each kind of evidence
    records: Sequence[Record], usable: Sequence[int], place: int, width: int
) -> bool:
    above = [records[index] for index in usable[:place]]
    cells = records[usable[place]].cells
    rows = [records[index].cells for index in usable[place + 1 :] if len(records[index].cells) == width][:BODY]
    if not rows or sum(bool(cell.strip()) for cell in cells) < _FULL * width:
        return False
    spaced = are_spaced(rows)
    if spaced and all(is_sentence(record.cells) for record in above):
        return False
    apart = usable[place] > usable[place - 1] + 1
    # A line with more or fewer cells, or with blanks at its end, is no row of the table.
    uneven = [len(record.cells) != width or filled_cells(record) * 2 <= width for record in above]
    shapes, typed = _typed(rows, width)
    own = [shape_of(cell) for cell in cells]
    hard = any(_is_certain(record, width, spaced=spaced) for record in above)
    if not typed or len(rows) < 2:  # noqa: PLR2004
        return all(uneven) and (hard or apart or len(above) > 1) and _are_full(rows, width)
    names = [cells[index].strip() for index in typed if own[index] != "words"]
    if not all(map(_is_year, names)):
        return False
    if any(cells[index].strip().casefold() in NOT_YET for index in typed):
        return False
    rows_above = [record for record in above if _fits(record, shapes, typed)]
    if any(width >= _PAIR or not _is_certain(record, width, spaced=spaced) for record in rows_above):
        return False
    if any(record.cells == list(cells) for record in above):  # a header that is repeated
        return False
    if hard or apart or (len(above) > 1 and all(uneven)) or abs(len(above[-1].cells) - width) > 1:
        return True
    return len(typed) == width and len(above) > 1 and all(_DIGIT.search(record.cells[-1]) for record in above)


def _typed(rows: list[list[str]], width: int) -> tuple[Sequence[str], list[int]]:
    """Return the shapes of columns, and which hold numbers or dates, below lines that may belong to the header."""
    shapes: Sequence[str] = []
    for depth in range(min(_LINES, max(1, len(rows) - 1))):
        shapes = column_shapes(without_notes(rows[depth:]), width)
        typed = [index for index, shape in enumerate(shapes) if shape in TYPED]
        if typed or any(shape_of(cell) in TYPED for cell in rows[depth]):
            return shapes, typed
    return shapes, []


def _may_be_above(record: Record, width: int) -> bool:
    """Return whether a line may stand above a table: it has not the cells of a row, or names a thing and its value."""
    cells = [cell.strip() for cell in record.cells]
    filled = sum(map(bool, cells))
    if not filled or len(cells) != width or is_sentence(record.cells):
        return True
    if any(cells[filled:]):  # it has blanks between its cells
        return filled * 2 <= width and filled <= _PAIR
    if filled * 2 <= width or (filled < width and filled <= 2):  # noqa: PLR2004
        return True
    return width <= _PAIR and shape_of(cells[0]) == "words" and (is_label(cells[0]) or _holds_value(cells))


def _is_certain(record: Record, width: int, *, spaced: bool) -> bool:
    """Return whether a line certainly is no part of a table."""
    cells = [cell.strip() for cell in record.cells if cell.strip()]
    if not spaced and is_sentence(record.cells):
        return True
    if not cells or len(cells) > _PAIR or shape_of(cells[0]) != "words":
        return False
    if len(record.cells) < width - 1 or (filled_cells(record) == 1 and width > _PAIR):
        return True
    return cells[0].endswith(":") or (is_label(cells[0]) and _holds_value(cells))


def is_label(text: str) -> bool:
    """Return whether a text names a thing whose value stands beside it, as lines above a table do."""
    return text.endswith(":") or bool(_LABEL.fullmatch(text))


def _holds_value(cells: Sequence[str]) -> bool:
    return any(_DIGIT.search(cell) for cell in cells[1:])


def _fits(record: Record, shapes: Sequence[str], typed: Sequence[int]) -> bool:
    """Return whether a line could be a row: it has numbers or dates where the rows have them."""
    own = [shape_of(cell) for cell in record.cells]
    return len(own) == len(shapes) and all(own[index] == shapes[index] for index in typed)


def _is_year(text: str) -> bool:
    return text.isdigit() and int(text) in range(1800, 2101)


def _are_full(rows: Sequence[Sequence[str]], width: int) -> bool:
    full = sum(sum(bool(cell.strip()) for cell in row) >= _FULL * width for row in rows)
    return full >= _FULL * len(rows)
