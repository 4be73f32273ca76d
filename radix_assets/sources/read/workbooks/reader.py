"""Open a workbook of any format, and iterate over the rows of a sheet."""

import contextlib
import datetime as dt
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radix_assets.sources.read.files import Place
from radix_assets.sources.read.grids.cells import Span
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.workbooks.compound import check_xls
from radix_assets.sources.read.workbooks.marks import Marks, read_marks
from radix_assets.sources.read.workbooks.other_marks import check_ods, read_ods_marks, read_xls_marks
from radix_assets.sources.read.workbooks.package import Package, open_package
from radix_assets.sources.read.workbooks.plain import excerpt, scan_plain
from radix_resources.errors import SourceError

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_LARGE = 1 << 20
"""Bytes of the XML of a sheet; one with more is a table, not a cover."""
_MOST_HELD = 1 << 21
"""Cells of sheets that are kept for the next look."""
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?")
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class PlainRows:
    """The first and last rows of a plain sheet."""

    rows: list[tuple[int, list[Any]]]
    """Each with its number, from 1. Those between are blank here."""
    parted: int
    """The last of the first rows."""
    texts: int
    """Cells of text in the whole sheet."""
    truths: int
    """Cells of truth values in the whole sheet."""
    hidden_rows: int


@dataclass
class Workbook:
    """An open workbook."""

    place: Place
    names: list[str]
    """Its worksheets, in their order."""
    hidden: set[str]
    path: Path
    """A link to it with the suffix of its format, such as `.xlsx`."""
    _reader: "CalamineWorkbook"
    _package: Package | None
    _marks: dict[str, Marks] = field(default_factory=dict)
    _loaded: dict[str, "CalamineSheet"] = field(default_factory=dict)

    @property
    def recalculated(self) -> bool:
        """Whether the writer left the formulas to be calculated by the program that opens the file."""
        return self._package is not None and self._package.recalculated

    def is_large(self, sheet: str) -> bool:
        """Return whether a sheet is too large to look into before it is read."""
        return self._package is not None and self._package.sizes.get(sheet, 0) > _LARGE

    def reading(self) -> contextlib.AbstractContextManager[None]:
        """Return a context in which errors of the reading libraries become SourceError RDX-SRC-005."""
        return reading_errors(self.place)

    def plain(self, sheet: str) -> PlainRows | None:
        """Return the first and last rows of a plain sheet; None if it has cells that must be read one by one."""
        import python_calamine

        with reading_errors(self.place):
            plain = scan_plain(self._package, sheet) if self._package else None
            if plain is None or self._package is None:
                return None
            with python_calamine.CalamineWorkbook.from_filelike(excerpt(self._package, sheet, plain)) as part:
                reader = part.get_sheet_by_name(sheet)
                left = reader.start[1] if reader.start else 0
                rows = [
                    (number if number <= plain.parted else number + plain.moved, cells)
                    for number, cells in enumerate(_marked(reader.iter_rows(), left, Marks()), start=1)
                ]
        return PlainRows(rows, plain.parted, plain.texts, plain.truths, plain.hidden_rows)

    def marks(self, sheet: str) -> Marks:
        """Return what a sheet says of its cells beside their values. Raise SourceError RDX-SRC-005, RDX-SRC-040."""
        if sheet not in self._marks:
            with reading_errors(self.place):
                marks = self._read_marks(sheet)
                marks.spans = marks.spans or [
                    Span(top + 1, left, bottom + 1, right)
                    for (top, left), (bottom, right) in self._load(sheet).merged_cell_ranges or ()
                ]
                marks.spans.sort(key=lambda span: span.top)
            self._marks[sheet] = marks
        return self._marks[sheet]

    def _read_marks(self, sheet: str) -> Marks:
        if self._package:
            return read_marks(self._package, sheet, self.place)
        match self.path.suffix:
            case ".ods":
                return read_ods_marks(self.path, sheet, self.place)
            case ".xls":
                try:
                    return read_xls_marks(self.path, sheet)
                except Exception:  # noqa: BLE001 a damaged file may still be read by the other reader, with a warning
                    return Marks(is_partial=True)
        return Marks()

    def rows(self, sheet: str) -> Iterator[list[Any]]:
        """Yield all rows of a sheet from the first, blank ones too, with empty cells as None. Raise as `marks` does."""
        marks = self.marks(sheet)
        with reading_errors(self.place):
            reader = self._load(sheet)
            left = reader.start[1] if reader.start else 0
            rows = _marked(reader.iter_rows(), left, marks)
            yield from _filled(_with_durations(rows) if self.path.suffix == ".ods" else rows, marks.spans)

    def _load(self, sheet: str) -> "CalamineSheet":
        if sheet not in self._loaded:
            loaded = self._reader.get_sheet_by_name(sheet)
            if sum(other.height * other.width for other in self._loaded.values()) > _MOST_HELD:
                self._loaded.clear()
            self._loaded[sheet] = loaded
        return self._loaded[sheet]


def _marked(rows: Iterator[list[Any]], left: int, marks: Marks) -> Iterator[list[Any]]:
    margin: list[Any] = [None] * left
    for number, values in enumerate(rows, start=1):
        cells = [*margin, *(None if value == "" else value for value in values)]
        for column, value in marks.cells.get(number, {}).items():
            if column >= len(cells):  # cells that hold an error only do not count for the reader
                cells += [None] * (column + 1 - len(cells))
            cells[column] = value
        yield cells


def _with_durations(rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """Read times beyond 24 hours, which the reader passes on as they are written."""
    for cells in rows:
        for column, value in enumerate(cells):
            if isinstance(value, str) and value.startswith("PT") and (parts := _DURATION.fullmatch(value)):
                hours, minutes, seconds = (float(part or 0) for part in parts.groups())
                cells[column] = dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
        yield cells


def _filled(rows: Iterator[list[Any]], spans: Sequence[Span]) -> Iterator[list[Any]]:
    """Give all cells of a merged cell its value. `spans` are in the order of their first rows."""
    if not spans:
        yield from rows
        return
    following, active = iter(spans), list[tuple[Span, Any]]()
    span = next(following, None)
    for number, cells in enumerate(rows, start=1):
        active = [item for item in active if item[0].bottom >= number]
        while span is not None and span.top <= number:
            if span.top == number and span.left < len(cells):
                active.append((span, cells[span.left]))
            span = next(following, None)
        for area, value in active:
            for column in range(area.left, min(area.right + 1, len(cells))):
                cells[column] = value
        yield cells


@contextlib.contextmanager
def open_workbook(path: Path, place: Place) -> Iterator[Workbook]:
    """Open a workbook.

    Raise SourceError RDX-SRC-005 (damaged), RDX-SRC-040 (too large when unpacked) or RDX-SRC-041 (protected by a
    password).
    """
    import python_calamine

    _refuse_encrypted(path, place)
    with reading_errors(place), tempfile.TemporaryDirectory(prefix="radix_workbook_") as folder:
        package = open_package(path, place)
        # The reader chooses a format by the name; a copy has another.
        named = Path(folder, f"workbook{suffix_of(path)}")
        named.symlink_to(path.absolute())
        if named.suffix == ".xls":
            check_xls(path, place)
        if named.suffix == ".ods" and _is_unlocked(path):
            check_ods(path, place)
        try:
            reader = python_calamine.CalamineWorkbook.from_path(named)
        except python_calamine.PasswordError:
            raise _protected(place) from None
        with reader:
            sheets = [sheet for sheet in reader.sheets_metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet]
            visible = python_calamine.SheetVisibleEnum.Visible
            hidden = {sheet.name for sheet in sheets if sheet.visible != visible}
            yield Workbook(place, [sheet.name for sheet in sheets], hidden, named, reader, package)


def suffix_of(path: Path) -> str:
    """Return the usual suffix of a workbook's format, by its content."""
    with path.open("rb") as file:
        if file.read(4) == _OLE:
            return ".xls"
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if "mimetype" in names and b"opendocument" in archive.read("mimetype"):
            return ".ods"
        return ".xlsb" if any(name.endswith("workbook.bin") for name in names) else ".xlsx"


def _is_unlocked(path: Path) -> bool:
    """Return whether the content of an OpenDocument workbook is XML, not encrypted."""
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as file:
        return file.read(64).lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<")


def _refuse_encrypted(path: Path, place: Place) -> None:
    """Refuse an .xlsx file with a password: a compound file with a stream of that name in its directory."""
    with path.open("rb") as file:
        if file.read(4) != _OLE:
            return
        before = b""
        while chunk := file.read(1 << 20):
            if _ENCRYPTED in before + chunk:
                raise _protected(place)
            before = chunk[-len(_ENCRYPTED) :]


def _protected(place: Place) -> SourceError:
    return SourceError(
        "RDX-SRC-041",
        "the workbook is protected by a password",
        expected="a workbook that opens without a password",
        hint="save a copy without a password, or export the sheets",
        **place.context(),
    )
