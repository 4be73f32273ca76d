"""What `.ods` and `.xls` workbooks say of their cells beside their values."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any, Final

from radix_assets.sources.read.files import Place
from radix_assets.sources.read.grids.cells import Code, SetAside, Span
from radix_assets.sources.read.workbooks.marks import Marks, check_extent
from radix_assets.sources.read.workbooks.package import is_padded, local, safe_parser, shown

_CHUNK = 1 << 20
_ERROR: Final = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)|Err:\d{3}")
_MOST_REPEATED = 100_000
_NUMBER, _ERROR_CELL = 2, 5


def read_ods_marks(path: Path, sheet: str, place: Place) -> Marks:
    """Return the marks of a sheet of an OpenDocument workbook."""
    return _scanned(path, sheet, place)


def check_ods(path: Path, place: Place) -> None:
    """Refuse a workbook with a sheet that does not fit into memory, as all are read when it is opened.

    Raise SourceError RDX-SRC-040.
    """
    _scanned(path, None, place)


def _scanned(path: Path, sheet: str | None, place: Place) -> Marks:
    scan = _Scan(sheet, place)
    parser = safe_parser()
    parser.StartElementHandler, parser.EndElementHandler = scan.start, scan.end
    parser.CharacterDataHandler = scan.text
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as file:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
    return scan.marks


class _Scan:
    def __init__(self, sheet: str | None, place: Place) -> None:
        self.marks = Marks()
        self._sheet, self._place = sheet, place
        self._inside = False
        self._row, self._rows, self._column, self._right = 1, 1, 0, 0
        self._cell: dict[str, str] = {}
        self._words: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match local(name):
            case "table":
                self._inside = self._sheet is None or attributes.get("table:name") == self._sheet
                self._row, self._right = 1, 0
            case "table-row" if self._inside:
                self._rows = int(attributes.get("table:number-rows-repeated", 1))
                self._column = 0
            case "table-cell" | "covered-table-cell" if self._inside:
                self._cell, self._words = attributes, []

    def text(self, text: str) -> None:
        if self._inside and len(self._words) < 8:  # noqa: PLR2004 enough for the name of an error
            self._words.append(text)

    def end(self, name: str) -> None:
        match local(name):
            case "table":
                self._inside = False
            case "table-row" if self._inside:
                self._row += self._rows
            case "table-cell" | "covered-table-cell" if self._inside:
                self._finish()

    def _finish(self) -> None:
        cell, text = self._cell, "".join(self._words).strip()
        columns = int(cell.get("table:number-columns-repeated", 1))
        kind = cell.get("office:value-type", "")
        if kind or text:
            self._right = max(self._right, self._column + columns)
            check_extent(self._row + self._rows - 1, self._right, self._place)
        wide, high = int(cell.get("table:number-columns-spanned", 1)), int(cell.get("table:number-rows-spanned", 1))
        if wide > 1 or high > 1:
            self.marks.spans.append(Span(self._row, self._column, self._row + high - 1, self._column + wide - 1))
        is_formula = "table:formula" in cell
        if self._sheet is None:
            self._column += columns
            return
        if cell.get("calcext:value-type") == "error" or (is_formula and _ERROR.fullmatch(text)):
            for number in range(min(self._rows * columns, _MOST_REPEATED)):
                row, column = divmod(number, columns)
                self.marks.put(self._row + row, self._column + column, SetAside(text, text or "error"))
        self._column += columns


def read_xls_marks(path: Path, sheet: str) -> Marks:
    """Return the marks of a sheet of an .xls workbook: errors, and codes with leading zeros."""
    import xlrd

    marks = Marks()
    with xlrd.open_workbook(path, logfile=io.StringIO(), on_demand=True, formatting_info=True) as book:
        table = book.sheet_by_name(sheet)
        formats = {key: form.format_str for key, form in book.format_map.items() if is_padded(form.format_str or "")}
        padded = {
            index: formats[style.format_key] for index, style in enumerate(book.xf_list) if style.format_key in formats
        }
        for row in range(table.nrows):
            kinds = table.row_types(row)
            if _ERROR_CELL in kinds:
                for column, kind in enumerate(kinds):
                    if kind == _ERROR_CELL:
                        text = xlrd.error_text_from_code.get(table.cell_value(row, column), "error")
                        marks.put(row + 1, column, SetAside(text, text))
            if padded:
                _add_codes(marks, table, row, padded)
    return marks


def _add_codes(marks: Marks, table: Any, row: int, padded: dict[int, str]) -> None:
    for column, kind in enumerate(table.row_types(row)):
        code = padded.get(table.cell_xf_index(row, column)) if kind == _NUMBER else None
        value = table.cell_value(row, column)
        if code is not None and float(value).is_integer():
            marks.put(row + 1, column, Code(shown(int(value), code)))
