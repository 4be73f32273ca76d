"""Find the totals and notes below a table in a grid of cells."""

import re
from collections.abc import Collection, Sequence

from radix_assets.sources.read.grids.cells import TYPED, Row, kind_of_cell
from radix_assets.sources.read.grids.totals import sums_of

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
_HALF, _NEARLY = 0.5, 0.8


def find_footer(
    rows: Sequence[Row],
    typed: Collection[int],
    columns: Sequence[int],
    known: Collection[str] = (),
    *,
    complete: bool = False,
) -> list[tuple[Row, str]]:
    """Return the rows below a table that are none of its rows, each with what it is, in their order.

    `rows` are the last rows of the grid that are not blank, all below the header; `typed` are the columns that hold
    numbers, dates or truth values, `columns` those that hold anything. `known` are texts of rows further up: a total
    whose label is among them is a row like others. `complete` says that the rows begin right below the header.

    A total needs more than its label, since a company may be named Total: its label stands in a column of numbers, a
    blank row is above it, it leaves a column of names blank, or its numbers add up.
    """
    footer: list[tuple[Row, str]] = []
    for index in range(len(rows) - 1, 0, -1):
        row, above = rows[index], rows[index - 1]
        gap = row.number - above.number > 1
        label = _reason(row, typed, columns, {*known, *_texts(rows[:index])}, gap=gap, lone=bool(footer) and gap)
        if label == TOTAL and not gap and not _is_proved(row, rows[:index], typed, columns, complete=complete):
            label = ""
        if not label and footer and _is_sparse(row, columns) and _leaves_names_blank(row, rows[:index], typed, columns):
            label = NOTE
        if not label and gap is False and _is_block(rows, index, typed, columns, known):
            label = NOTE
        if not label:
            break
        footer.append((row, label))
    return footer[::-1]


def _reason(
    row: Row, typed: Collection[int], columns: Sequence[int], known: Collection[str], *, gap: bool, lone: bool
) -> str:
    kinds = {column: kind_of_cell(row.cells[column]) for column in columns if column < len(row.cells)}
    texts = [column for column, kind in kinds.items() if kind == "text"]
    filled = sum(bool(kind) for kind in kinds.values())
    if not texts:
        return NOTE if lone and filled == 1 and len(columns) > 2 else ""  # noqa: PLR2004
    first = str(row.cells[texts[0]]).strip()
    if len(columns) > 1 and _TOTAL.fullmatch(first) and first not in known and len(texts) == 1 + _echoes(row, texts):
        return TOTAL
    conflict = any(column in typed for column in texts)
    if len(columns) == 1:
        return NOTE if conflict and (gap or _NOTE.match(first)) else ""
    if not _is_sparse(row, columns):
        return ""
    if conflict or gap or (filled == 1 and _NOTE.match(first)):
        return NOTE
    return ""


def _is_proved(
    row: Row, above: Sequence[Row], typed: Collection[int], columns: Sequence[int], *, complete: bool
) -> bool:
    """Return whether more than its label shows that a row is a total."""
    filled = [column for column in columns if column < len(row.cells) and kind_of_cell(row.cells[column])]
    label = next(column for column in filled if kind_of_cell(row.cells[column]) == "text")
    if len(filled) == 1 or label in typed:
        return True
    if _leaves_names_blank(row, above, typed, columns):
        return True
    rows = [other for other in above if not _is_labelled(other)]
    sums = sums_of((_numbers(other) for other in rows), len(row.cells))
    return sums.match(_numbers(row), at_least=not complete)


def _is_sparse(row: Row, columns: Sequence[int]) -> bool:
    """Return whether a row holds text in at most half of the columns, and nothing else."""
    kinds = [kind_of_cell(row.cells[column]) for column in columns if column < len(row.cells)]
    filled = sum(map(bool, kinds))
    return 0 < filled <= max(1, _HALF * len(columns)) and all(kind in {"", "text"} for kind in kinds)


def _leaves_names_blank(row: Row, above: Sequence[Row], typed: Collection[int], columns: Sequence[int]) -> bool:
    """Return whether a row has no text in a column in which nearly every other row has some."""
    return any(
        sum(kind_of_cell(other.cells[column]) == "text" for other in above if column < len(other.cells))
        >= _NEARLY * len(above)
        for column in columns
        if column not in typed and not (column < len(row.cells) and kind_of_cell(row.cells[column]))
    )


def _is_labelled(row: Row) -> bool:
    text = next((cell.strip() for cell in row.cells if isinstance(cell, str) and cell.strip()), "")
    return bool(_TOTAL.fullmatch(text))


def _numbers(row: Row) -> list[float | None]:
    return [float(cell) if kind_of_cell(cell) == "number" else None for cell in row.cells]


def _is_block(
    rows: Sequence[Row], index: int, typed: Collection[int], columns: Sequence[int], known: Collection[str]
) -> bool:
    """Return whether a sparse row continues a note whose first line stands behind a blank row, a few rows up."""
    for start in range(index, max(0, index - 6), -1):
        if not _reason(rows[start], typed, columns, known, gap=True, lone=True):
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
