"""Headers of several lines: which records belong to one, and the names that they make."""

from collections.abc import Sequence
from typing import Final

from radix_assets.sources.read.delimited.grammar import Record
from radix_assets.sources.read.delimited.shapes import column_shapes, shape_of

BODY: Final = 300
"""Rows below a header that are compared with it."""
LEAST_BELOW: Final = 5
TYPED: Final = frozenset({"number", "moment"})
"""Shapes of cells that are no words."""
_NOT_YET = frozenset(
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


def continues(records: Sequence[Record], rest: Sequence[int], width: int, above: Sequence[str]) -> bool:
    """Return whether the record below the header is one more row of it: words above columns of values.

    `above` are the names so far. Where names occur several times and the record tells them apart, it may have blanks.
    """
    cells = records[rest[0]].cells
    rows = [records[index].cells for index in rest[1:] if len(records[index].cells) == width][:BODY]
    if len(cells) != width or len(rows) < 2:  # noqa: PLR2004
        return False
    typed = [index for index, shape in enumerate(column_shapes(rows, width)) if shape in TYPED]
    own = [shape_of(cells[index]) for index in typed]
    words = own.count("words")
    if _tells_apart(above, cells):
        return not any(shape in TYPED for shape in own)
    if words != len(typed) or any(cells[index].strip().strip("*?-") == "" for index in typed):
        return False
    if any(cells[index].strip().casefold() in _NOT_YET for index in typed):
        return False
    return words >= 2 or (words == 1 and len(rows) >= LEAST_BELOW and width <= 3)  # noqa: PLR2004


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
