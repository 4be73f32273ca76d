"""What a sheet of an .xlsx workbook says of its cells beside their values, from one pass over its XML."""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import IO, Any, Final

from radix_assets.sources.read.files import Place
from radix_assets.sources.read.grids.cells import Code, SetAside, Span
from radix_assets.sources.read.workbooks.package import Package, local, safe_parser, shown
from radix_resources.errors import SourceError

MOST_CELLS: Final = 60_000_000
"""Cells of the rectangle that a sheet fills, as readers hold all of it in memory: about 2 GB."""
_CHUNK = 1 << 20
_EXACT = 2**53
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_LONG = 16
NEVER = "formula that was never calculated"


@dataclass
class Marks:
    """Cells by their row, from 1, and their column, from 0."""

    cells: dict[int, dict[int, Any]] = field(default_factory=dict)
    """What replaces the value that a reader gives: a `SetAside`, a whole number beyond 2^53, or a code as text."""
    spans: list[Span] = field(default_factory=list)
    formulas: int = 0
    zeros: dict[int, int] = field(default_factory=dict)
    """By column, the formulas whose stored value is 0; only if no other value of a formula is stored there."""
    hidden_rows: int = 0
    is_partial: bool = False
    """Whether error cells could not be distinguished from empty ones."""

    def put(self, row: int, column: int, value: Any) -> None:
        """Replace a value."""
        self.cells.setdefault(row, {})[column] = value


def read_marks(package: Package, sheet: str, place: Place) -> Marks:
    """Read the marks of a sheet. Raise SourceError RDX-SRC-040 if its cells lie too far apart."""
    part = package.sheets.get(sheet)
    if part is None:
        return Marks()
    with zipfile.ZipFile(package.path) as archive, archive.open(part) as file:
        scan = _Scan(package.padded, place)
        scan.run(file)
    return scan.marks


class _Scan:
    def __init__(self, padded: Mapping[int, str], place: Place) -> None:
        self.marks = Marks()
        self._padded = padded
        self._place = place
        self._row = self._column = self._bottom = self._right = 0
        self._cell: Mapping[str, str] = {}
        self._formula: list[str] | None = None
        self._value: list[str] | None = None
        self._into: list[str] | None = None
        self._filled = False
        self._computed: dict[int, list[int]] = {}

    def run(self, file: IO[bytes]) -> None:
        parser = safe_parser()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
        self.marks.zeros = {column: zeros for column, (zeros, others) in self._computed.items() if zeros and not others}

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match local(name):
            case "c":
                self._column += 1
                reference = _REFERENCE.fullmatch(attributes.get("r", ""))
                if reference:
                    self._column = column_number(reference[1])
                self._cell, self._formula, self._value, self._filled = attributes, None, None, False
            case "v":
                self._value = self._into = []
            case "f":
                self._formula = self._into = []
            case "is":
                self._filled = True
            case "row":
                number = attributes.get("r", "")
                self._row = int(number) if number.isdigit() else self._row + 1
                self._column = -1
                self.marks.hidden_rows += attributes.get("hidden") in {"1", "true"}
            case "mergeCell":
                self._merge(attributes.get("ref", ""))

    def _text(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)

    def _end(self, name: str) -> None:
        match local(name):
            case "v" | "f":
                self._into = None
            case "c":
                self._finish()

    def _finish(self) -> None:
        value = "".join(self._value or ()).strip()
        kind = self._cell.get("t", "n")
        if self._formula is not None:
            self._count(value, kind)
        if not value:
            if self._formula is not None and kind not in {"str", "inlineStr"}:
                self._fill()
                text = "".join(self._formula)
                self.marks.put(self._row, self._column, SetAside(f"={text}" if text else "=", NEVER))
            elif self._filled:
                self._fill()
            return
        self._fill()
        if kind == "e":
            self.marks.put(self._row, self._column, SetAside(value, value))
        elif kind == "n":
            self._number(value)

    def _count(self, value: str, kind: str) -> None:
        self.marks.formulas += 1
        if value:
            computed = self._computed.setdefault(self._column, [0, 0])
            computed[not (kind == "n" and value in {"0", "0.0"})] += 1

    def _number(self, value: str) -> None:
        code = self._padded.get(int(self._cell.get("s") or 0)) if self._padded else None
        if code is None and len(value) < _LONG and "E" not in value and "e" not in value:
            return
        try:
            number = Decimal(value)
        except InvalidOperation:
            return
        if not number.is_finite() or abs(number.adjusted()) > 40 or number != int(number):  # noqa: PLR2004 no identifier
            return
        if code is not None:
            self.marks.put(self._row, self._column, Code(shown(int(number), code)))
        elif abs(number) > _EXACT:
            self.marks.put(self._row, self._column, int(number))

    def _fill(self) -> None:
        self._bottom, self._right = max(self._bottom, self._row), max(self._right, self._column + 1)
        check_extent(self._bottom, self._right, self._place)

    def _merge(self, area: str) -> None:
        ends = [_REFERENCE.fullmatch(end) for end in area.replace("$", "").split(":")]
        if len(ends) == 2 and ends[0] and ends[1]:  # noqa: PLR2004 two corners
            (left, top), (right, bottom) = ends[0].groups(), ends[1].groups()
            self.marks.spans.append(Span(int(top), column_number(left), int(bottom), column_number(right)))


def column_number(letters: str) -> int:
    """Return the number of a column, from 0, by its letters."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1


def check_extent(rows: int, columns: int, place: Place) -> None:
    """Refuse a sheet whose cells lie so far apart that the rectangle around them does not fit into memory.

    Raise SourceError RDX-SRC-040.
    """
    if rows * columns > MOST_CELLS:
        raise SourceError(
            "RDX-SRC-040",
            f"the cells of the sheet lie in {rows:,} rows and {columns:,} columns",
            expected=f"at most {MOST_CELLS:,} cells in the rectangle around all values",
            hint="delete stray cells far from the table, or export the sheet as CSV or Parquet",
            **place.context(),
        )
