"""Find the totals and notes below a table in a grid of cells."""

import re
from collections.abc import Collection, Sequence

from radix_assets.sources.read.grids.cells import TYPED, Row, kind_of_cell

TOTAL, NOTE = "total below the table", "note below the table"
_TOTAL = re.compile(
    r"(?:grand|sub|over-?all|column|report)?[\s-]*totals?(?:\s*[:(\d].*|\s+(?:general|sum|amount|count|sales|rows|records):?)?|sum(?:me|ma|a)?:?|(?:gesamt|insgesamt)\w*:?|totale?s?:?|"
    r"totaal:?|ensemble:?|suma?:?|razem:?|итого:?|всего:?|合計|合计|总计|小計|average:?|mean:?|mittelwert:?|count:?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"\s*(?:[*†‡§¹²³]|\(?\d{1,2}\)\s|(?:foot)?notes?\b|n\.?b\.?\b|sources?\b|quellen?\b|hinweise?\b|anmerkung|stand[:\s]|"
    r"fuente|nota|remarque|remarks?\b|fonte|data (?:as of|from|source)|as of\b|generated|exported|created (?:on|by|at)|"
    r"copyright|©|last updated|updated (?:on|at)|retrieved|printed|disclaimer|end of (?:report|data|file|table)|"
    r"legend\b)",
    re.IGNORECASE,
)
_HALF = 0.5


def find_footer(
    rows: Sequence[Row], typed: Collection[int], columns: Sequence[int], known: Collection[str] = ()
) -> list[tuple[Row, str]]:
    """Return the rows below a table that are none of its rows, each with what it is, in their order.

    `rows` are the last rows of the grid that are not blank, all below the header; `typed` are the columns that hold
    numbers, dates or truth values, `columns` those that hold anything. `known` are texts of rows further up: a total
    whose label is among them is a row like others.
    """
    footer: list[tuple[Row, str]] = []
    for index in range(len(rows) - 1, 0, -1):
        row, above = rows[index], rows[index - 1]
        gap = row.number - above.number > 1
        label = _reason(row, typed, columns, {*known, *_texts(rows[:index])}, gap=gap, below=bool(footer))
        if not label and gap is False and _is_block(rows, index, typed, columns, known):
            label = NOTE
        if not label:
            break
        footer.append((row, label))
    return footer[::-1]


def _reason(
    row: Row, typed: Collection[int], columns: Sequence[int], known: Collection[str], *, gap: bool, below: bool
) -> str:
    kinds = {column: kind_of_cell(row.cells[column]) for column in columns if column < len(row.cells)}
    texts = [column for column, kind in kinds.items() if kind == "text"]
    filled = sum(bool(kind) for kind in kinds.values())
    if not texts:
        return NOTE if below and filled == 1 and len(columns) > 2 and gap else ""  # noqa: PLR2004
    first = str(row.cells[texts[0]]).strip()
    if len(columns) > 1 and _TOTAL.fullmatch(first) and first not in known and len(texts) == 1 + _echoes(row, texts):
        return TOTAL
    conflict = any(column in typed for column in texts)
    sparse = filled <= max(1, _HALF * len(columns)) and all(kinds.get(c, "") in {"", "text"} for c in columns)
    if len(columns) == 1:
        return NOTE if conflict and (gap or below or _NOTE.match(first)) else ""
    if not sparse:
        return ""
    if conflict or gap or below or (filled == 1 and _NOTE.match(first)):
        return NOTE
    return ""


def _is_block(
    rows: Sequence[Row], index: int, typed: Collection[int], columns: Sequence[int], known: Collection[str]
) -> bool:
    """Return whether a sparse row continues a note whose first line stands behind a blank row, a few rows up."""
    for start in range(index, max(0, index - 6), -1):
        if not _reason(rows[start], typed, columns, known, gap=True, below=True):
            return False
        if rows[start].number - rows[start - 1].number > 1:
            return True
    return False


def _echoes(row: Row, texts: Sequence[int]) -> int:
    """Return how many texts beside the label say the same, since the label is merged over several cells."""
    return sum(row.cells[column] == row.cells[texts[0]] for column in texts[1:])


def _texts(rows: Sequence[Row]) -> set[str]:
    return {cell.strip() for row in rows for cell in row.cells if isinstance(cell, str)}


def typed_columns(rows: Sequence[Row], columns: Sequence[int]) -> set[int]:
    """Return the columns of which most values are numbers, dates or truth values."""
    result = set()
    for column in columns:
        kinds = [kind_of_cell(row.cells[column]) for row in rows if column < len(row.cells)]
        values = [kind for kind in kinds if kind in TYPED or kind == "text"]
        if values and sum(kind in TYPED for kind in values) >= 0.6 * len(values):
            result.add(column)
    return result
