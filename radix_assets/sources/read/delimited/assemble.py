"""Put the records of a file together as rows: join what a line break parted, leave out what is no row."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from radix_assets.sources.read.delimited.footer import Body, is_total
from radix_assets.sources.read.delimited.grammar import Record
from radix_assets.sources.read.delimited.layout import is_comment
from radix_assets.sources.read.delimited.structure import Dialect
from radix_assets.sources.read.delimited.totals import is_sum

MOST_LINES = 20
"""How many lines an event remembers."""
_MOST_PIECES = 50
_MOST_SECTION, _SHOWN = 5_000, 50
BAD = re.compile("[\udc80-\udcff]")
MOST_REJECTS = 100_000


@dataclass
class Event:
    """Something that happened to rows, with the first lines at which it did."""

    count: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, line: int, number: int = 1) -> None:
        """Count it at a line."""
        self.count += number
        if len(self.lines) < MOST_LINES:
            self.lines.append(line)


@dataclass(frozen=True)
class BadCell:
    """A cell with bytes that are no text."""

    row: int
    column: int
    text: str
    line: int


@dataclass(frozen=True)
class SetAside:
    """A record that is no row of the table."""

    row: int
    text: str
    reason: str


@dataclass
class Assembler:
    """Turns records into rows. Each row is a list of cells, empty for a blank line."""

    dialect: Dialect
    declared_comment: bool = False
    row: int = 0
    """The number of the last row."""
    longest: int = 0
    """Cells of the longest row."""
    events: dict[str, Event] = field(default_factory=dict)
    bad: list[BadCell] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    _section: deque[list[str]] = field(default_factory=lambda: deque(maxlen=_MOST_SECTION))
    """The last rows since the header was repeated."""
    _pending: list[Record] = field(default_factory=list)
    _last: Record | None = None

    def note(self, code: str, line: int) -> None:
        """Count an event."""
        self.events.setdefault(code, Event()).add(line)

    def add(self, record: Record) -> Iterator[list[str]]:
        """Take a record; yield the rows that are complete."""
        layout = self.dialect.layout
        width = layout.width
        if is_comment(record, layout.comment, width, declared=self.declared_comment or layout.sure):
            self.note("comments", record.line)
            return
        if width > 1 and len(record.cells) == len(layout.names) and self._is_header(record):
            self.note("repeated_header", record.line)
            self._drop_total()
            self._section.clear()
            return
        if record.line in self.dialect.subtotals.proved:
            yield from self._give_up()
            yield from self._emit_last()
            self._set_aside(record, "totals", "the total of the rows above")
            return
        short = len(record.cells) < width and not record.blank
        if not short:
            yield from self._give_up()
            yield from self._emit_last()
            self._last = record
            self._section.append(record.cells)
            return
        if not self._pending and self._continues_last(record):
            return
        yield from self._join(record, width)

    def _drop_total(self) -> None:
        """Set aside the last record above a repeated header if it is a total."""
        record = self._pending[-1] if self._pending else self._last
        if record is None or record.blank:
            return
        layout = self.dialect.layout
        above = list(self._section)[:-1] if record is self._last else list(self._section)
        rows = [Record(0, cells) for cells in above[-_SHOWN:]]
        body = Body(layout.width, layout.shapes, rows, lambda total: is_sum(total.cells, above, layout))
        if not is_total(record, body):
            return
        self._set_aside(record, "totals", "the total of the rows above")
        if self._pending:
            self._pending.pop()
        else:
            self._last = None

    def _set_aside(self, record: Record, code: str, reason: str) -> None:
        self.note(code, record.line)
        self.aside.append(SetAside(self.row + 1, self.dialect.grammar.join(record.cells), reason))

    def finish(self, *, end: bool = False) -> Iterator[list[str]]:
        """Yield what was held back; `end` says that it is the end of the file."""
        if end and self._pending and not self.dialect.final_newline and not self.dialect.footer:
            record = self._pending[-1]
            yield from self._give_up(but_last=True)
            self.note("truncated_last_row", record.line)
            yield from self._emit(record)
            self._pending = []
        yield from self._give_up()
        yield from self._emit_last()

    def _is_header(self, record: Record) -> bool:
        return [cell.strip() for cell in record.cells] == self.dialect.layout.names

    def _patterns(self) -> dict[int, re.Pattern[str]]:
        return self.dialect.parser().numeric

    def _fits(self, cells: list[str]) -> bool:
        return all(
            pattern.fullmatch(cells[index].strip()) for index, pattern in self.patterns.items() if index < len(cells)
        )

    def __post_init__(self) -> None:
        self.patterns = self._patterns()

    def _continues_last(self, record: Record) -> bool:
        """Append a lone cell to the last cell of the row above if it is certainly the rest of its text."""
        width, last = self.dialect.width, self._last
        if (
            last is None
            or len(record.cells) != 1
            or len(last.cells) != width
            or last.blank
            or record.broken
            or 0 not in self.patterns
            or width - 1 in self.patterns
            or self._fits(record.cells)
        ):
            return False
        self.note("line_breaks", last.line)
        last.cells[-1] += f"\n{record.cells[0]}"
        return True

    def _join(self, record: Record, width: int) -> Iterator[list[str]]:
        self._pending.append(record)
        while self._pending:
            total = sum(len(piece.cells) for piece in self._pending) - len(self._pending) + 1
            if total < width and len(self._pending) < _MOST_PIECES:
                return
            if total == width and len(self._pending) > 1:
                cells = self._joined()
                if (
                    self.patterns
                    and self._fits(cells)
                    and not any(self._fits(piece.cells) for piece in self._pending[1:])
                ):
                    yield from self._emit_last()
                    first = self._pending[0]
                    self.note("line_breaks", first.line)
                    self._last = Record(first.line, cells, len(self._pending))
                    self._pending = []
                    return
            yield from self._emit_last()
            yield from self._short(self._pending.pop(0))

    def _joined(self) -> list[str]:
        cells = list(self._pending[0].cells)
        for piece in self._pending[1:]:
            cells[-1] += f"\n{piece.cells[0]}"
            cells += piece.cells[1:]
        return cells

    def _give_up(self, *, but_last: bool = False) -> Iterator[list[str]]:
        """Yield held short rows as they are."""
        if self._pending:
            yield from self._emit_last()
        for record in self._pending[:-1] if but_last else self._pending:
            yield from self._short(record)
        self._pending = self._pending[-1:] if but_last else []

    def _short(self, record: Record) -> Iterator[list[str]]:
        self.note("short_rows", record.line)
        yield from self._emit(record)

    def _emit_last(self) -> Iterator[list[str]]:
        if self._last is not None:
            record, self._last = self._last, None
            yield from self._emit(record)

    def _emit(self, record: Record) -> Iterator[list[str]]:
        self.row += 1
        if record.blank:
            if len(record.cells) > 1:
                self.note("empty_rows", record.line)
            yield []
            return
        cells, width = record.cells, self.dialect.width
        if len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                self.note("long_rows", record.line)
            else:
                cells = cells[:width]
        self.longest = max(self.longest, len(cells))
        if record.broken:
            self.note("broken_quotes", record.line)
        if record.swallowing:
            self.note("ambiguous_quotes", record.line)
        self._check(cells, record)
        yield cells

    def _check(self, cells: list[str], record: Record) -> None:
        """Note cells that hold what is rarely meant; take out those that are no text."""
        for index, cell in enumerate(cells):
            if "\r" in cell and "\r\n" not in cell and not record.quotes:
                self.note("stray_returns", record.line)
            if "\0" in cell:
                self.note("null_bytes", record.line)
            if not cell.isascii() and BAD.search(cell):
                self.note("not_text", record.line)
                text = cell.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")
                if len(self.bad) < MOST_REJECTS:
                    self.bad.append(BadCell(self.row, index, text, record.line))
                cells[index] = ""
