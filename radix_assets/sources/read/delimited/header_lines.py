"""Headers of several lines: which records belong to one, and the names that they make."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from radix_assets.sources.read.delimited.grammar import Record
from radix_assets.sources.read.delimited.notes import without_notes
from radix_assets.sources.read.delimited.shapes import column_shapes, shape_of

BODY: Final = 300
"""Rows below a header that are compared with it."""
LEAST_BELOW: Final = 5
_SHORT, _MOST_SURVEY = 12, 3
_IMPORT = re.compile(r"""[{]\s*['"]+ImportId['"]+""")
TYPED: Final = frozenset({"number", "moment"})
"""Shapes of cells that are no words."""
NOT_YET = frozenset(
    [
        "unknown",
        "pending",
        "open",
        "none",
        "missing",
        "tbc",
        "tbd",
        "tba",
        "na",
        "n/a",
        "n.a.",
        "null",
        "nan",
        "unbekannt",
        "offen",
        "ausstehend",
        "fehlt",
        "keine",
        "inconnu",
        "ouvert",
        "aucun",
        "desconocido",
        "pendiente",
        "abierto",
        "ninguno",
        "sconosciuto",
    ]
)
"""Words in place of a value, which no column is named after."""


def further_lines(records: Sequence[Record], rest: Sequence[int], width: int, above: Sequence[str], most: int) -> int:
    """Return how many records below a line of names are more lines of the header: words above columns of values.

    `rest` are the records below the line, `above` the names in it. Where names occur several times or are missing and
    a record tells them apart or adds them, it may have blanks.
    """
    number = 0
    for depth in range(1, min(most, len(rest) - 1) + 1):
        rows = [records[index].cells for index in rest[depth:] if len(records[index].cells) == width][:BODY]
        lines = [records[index].cells for index in rest[:depth]]
        if len(rows) < 2 or any(len(cells) != width for cells in lines):  # noqa: PLR2004
            break
        rows = without_notes(rows)
        shapes = column_shapes(rows, width)
        typed = [index for index, shape in enumerate(shapes) if shape in TYPED]
        if all(_continues(cells, rows, typed, above) for cells in lines) and _differ(lines, typed):
            number = depth
    return number


def _continues(cells: Sequence[str], rows: Sequence[Sequence[str]], typed: Sequence[int], above: Sequence[str]) -> bool:
    own = [shape_of(cells[index]) for index in typed]
    if any(shape in TYPED for shape in own):
        return False
    if _tells_apart(above, cells) or _adds_names(above, cells, typed):
        return True
    texts = [cells[index].strip() for index in typed]
    words, blank = own.count("words"), sum(not text for text in texts)
    if words + blank < len(typed) or any(text and not text.strip("*?-") for text in texts):
        return False
    if any(text.casefold() in NOT_YET for text in texts) or _recurs(cells, rows, typed):
        return False
    if blank:
        return words >= blank and _are_units(cells, typed)
    return words >= 2 or (words == 1 and len(rows) >= LEAST_BELOW and len(cells) <= 3)  # noqa: PLR2004


def _adds_names(above: Sequence[str], cells: Sequence[str], typed: Sequence[int]) -> bool:
    """Return whether a record names the columns without a name, and is blank where there are values and a name."""
    missing = [index for index, name in enumerate(above) if not name.strip() and index < len(cells)]
    return (
        bool(missing)
        and bool(typed)
        and sum(bool(cell.strip()) for cell in cells) > 1  # one alone is the label of a group of rows
        and all(shape_of(cells[index]) == "words" for index in missing)
        and not any(cell.strip().casefold() in NOT_YET for cell in cells)
        and (max(missing) > 0 or all(not cells[index].strip() for index in typed))  # the first may name the rows
    )


def _recurs(cells: Sequence[str], rows: Sequence[Sequence[str]], typed: Sequence[int]) -> bool:
    """Return whether a record is like the rows below: a word stands for a value there too, or it has a code as they."""
    if any(cells[index].strip() in {row[index].strip() for row in rows} for index in typed if cells[index].strip()):
        return True
    for index in set(range(len(cells))) - set(typed):
        column = [text for row in rows if (text := row[index].strip())]
        masks = {re.sub(r"\d+", "9", text) for text in column}
        if len(column) > 1 and len(masks) == 1 and "9" in (mask := masks.pop()):
            return re.sub(r"\d+", "9", cells[index].strip()) == mask
    return False


def _are_units(cells: Sequence[str], typed: Sequence[int]) -> bool:
    """Return whether the words of a record are as short as units and the names of methods."""
    return all(len(cells[index].strip()) <= _SHORT for index in typed)


def _differ(lines: Sequence[Sequence[str]], typed: Sequence[int]) -> bool:
    """Return whether no two lines have the same word above the same column of values, as rows would."""
    return not any(
        upper[index].strip() and upper[index].strip() == lower[index].strip()
        for index in typed
        for upper, lower in pairwise(lines)
    )


def survey_lines(records: Sequence[Record], rest: Sequence[int]) -> int:
    """Return how many records below the names of a survey's columns are texts of questions and ids of its tool."""
    for depth, index in enumerate(rest[:_MOST_SURVEY], start=1):
        cells = [cell.strip() for cell in records[index].cells if cell.strip()]
        if len(cells) > 1 and sum(bool(_IMPORT.match(cell)) for cell in cells) * 2 > len(cells):
            return depth
    return 0


def _tells_apart(above: Sequence[str], cells: Sequence[str]) -> bool:
    """Return whether names that occur several times have different words below them."""
    repeated = [index for index, name in enumerate(above) if name and list(above).count(name) > 1]
    pairs = [(above[index], cells[index].strip()) for index in repeated if index < len(cells)]
    return len(pairs) > 2 and all(text for _, text in pairs) and len(set(pairs)) == len(pairs)  # noqa: PLR2004


def upper_line(records: Sequence[Record], usable: Sequence[int], start: int, width: int) -> int | None:
    """Return the record above a header that names groups of its columns, if there is one."""
    at = usable.index(start)
    if not at or usable[at - 1] != start - 1:
        return None
    upper, lower = records[start - 1], records[start]
    names = [cell.strip() for cell in lower.cells]
    repeated = len({name for name in names if name}) < sum(map(bool, names))
    if len(upper.cells) != width or filled_cells(upper) < 2 or not repeated:  # noqa: PLR2004
        return None
    return start - 1


def join_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Join the names of several rows; a blank in an upper row that names groups means the same as left of it."""
    width = max(map(len, rows))
    parts: list[list[str]] = [[] for _ in range(width)]
    for number, row in enumerate(rows):
        cells = [cell.strip() for cell in row] + [""] * (width - len(row))
        sparse = number < len(rows) - 1 and "" in cells
        before = ""
        for index, cell in enumerate(cells):
            before = cell or (before if sparse and _filled_below(rows[number + 1 :], index) else "")
            if before and before not in parts[index]:
                parts[index].append(before)
    return [" ".join(names) for names in parts]


def _filled_below(rows: Sequence[Sequence[str]], index: int) -> bool:
    return any(index < len(row) and row[index].strip() for row in rows)


def filled_cells(record: Record) -> int:
    """Return how many cells of a record hold something."""
    return sum(bool(cell.strip()) for cell in record.cells)
