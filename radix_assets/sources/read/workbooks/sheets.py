"""Which sheets of a workbook are tables."""

import re
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

from radix_assets.sources.read.files import Place
from radix_assets.sources.read.grids.cells import Row, is_blank, kind_of_cell
from radix_assets.sources.read.workbooks.reader import Workbook, open_workbook
from radix_resources.errors import RadixError, SourceError

_HEAD: Final = 200
_NOTES = re.compile(
    r"(?:cover|notes?|read[\s_-]?me|about|info(?:rmation)?|contents?|index|instructions?|disclaimer|legend|title|"
    r"change[\s_-]?log|help|deckblatt|hinweise?|inhalt(?:sverzeichnis)?|lies[\s_-]?mich|erläuterung(?:en)?|portada|"
    r"sommaire|index|couverture|lisez[\s_-]?moi)(?:\s*(?:page|sheet|\d+))?",
    re.IGNORECASE,
)
_FEW_ROWS: Final = 60


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook."""

    name: str
    hidden: bool
    rows: bool
    """Whether it holds at least two rows, so that it may be a header with a row below it."""
    notes: bool
    """Whether it looks like a cover or notes rather than a table."""


def sheets_of(workbook: Workbook) -> list[Sheet]:
    """Return the worksheets of a workbook. Notes are distinguished from tables only where another sheet is a table."""
    sheets = [_sheet(workbook, name) for name in workbook.names]
    if not any(sheet.rows and not sheet.notes for sheet in sheets):
        sheets = [replace(sheet, notes=False) for sheet in sheets]
    return sheets


def tables_of(sheets: list[Sheet]) -> list[str]:
    """Return the names of the sheets that are tables."""
    return [sheet.name for sheet in sheets if sheet.rows and not sheet.notes]


def list_table_sheets(path: Path) -> list[str]:
    """Return the sheets of a workbook that are tables; none if it cannot be read, so that reading it says why."""
    try:
        with open_workbook(path, Place(path.stem, path.name)) as workbook:
            return tables_of(sheets_of(workbook))
    except (RadixError, OSError):
        return []


def _sheet(workbook: Workbook, name: str) -> Sheet:
    hidden = name in workbook.hidden
    if workbook.is_large(name):
        return Sheet(name, hidden, rows=True, notes=False)
    filled = (Row(number, cells) for number, cells in enumerate(workbook.rows(name), start=1) if not is_blank(cells))
    try:
        rows = list(islice(filled, _HEAD))
    except SourceError:  # reading it says why
        return Sheet(name, hidden, rows=True, notes=False)
    return Sheet(name, hidden, rows=len(rows) > 1, notes=len(rows) > 1 and _is_notes(name, rows))


def _is_notes(name: str, rows: list[Row]) -> bool:
    """Return whether a sheet is a cover or notes: few rows of text, in one column or under a name that says so."""
    kinds = [[kind_of_cell(cell) for cell in row.cells] for row in rows]
    columns = {column for row in kinds for column, kind in enumerate(row) if kind}
    texts = all(kind in {"", "text", "null"} for row in kinds for kind in row)
    if len(rows) >= _FEW_ROWS:
        return False
    widths = [sum(bool(kind) for kind in row) for row in kinds]
    if _NOTES.fullmatch(name.strip()):
        return len(columns) == 1 or sum(width > 2 for width in widths) < len(rows) / 2  # noqa: PLR2004 label and text
    sentences = sum(str(cell).count(" ") > 1 for row in rows for cell in row.cells if cell is not None)
    return texts and max(widths) == 1 and 2 * sentences >= len(rows)
