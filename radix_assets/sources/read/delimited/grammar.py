"""How the rows of a text file are divided into cells, and a parser that keeps damage local.

A quotation mark that is opened and never closed is text: it does not swallow the lines below it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from radix_assets.sources.read.delimited.fixed import split_fixed

_LONGEST_CELL = 1 << 22
"""Characters after which a quotation mark counts as never closed."""


@dataclass(frozen=True)
class Grammar:
    """How a line is divided into cells."""

    delimiter: str
    """One or several characters; empty if the file has one column, or is of fixed width."""
    quote: str = '"'
    """The quotation mark; empty if there is none."""
    escape: str = ""
    """The character before a quotation mark inside a quoted cell; empty if the mark is doubled."""
    runs: bool = False
    """Whether several delimiters in a row are one, and those at the ends of a line are none."""
    edges: tuple[int, ...] = ()
    """Fixed width: the position at which each column begins, the first of them 0."""
    trimmed: bool = False
    """Whether spaces may stand between a delimiter and a quotation mark."""

    @cached_property
    def quoted(self) -> re.Pattern[str]:
        """The pattern of a quoted cell, up to the delimiter or the end of the line behind it."""
        mark, escape = re.escape(self.quote), re.escape(self.escape)
        doubled = f"{mark}{mark}" if not escape or self.escape == self.quote else f"{escape}.|{mark}{mark}"
        plain = f"[^{mark}{escape}]" if escape else f"[^{mark}]"
        end = rf"(?={re.escape(self.delimiter)}|\r?\n|\r|\Z)" if self.delimiter else r"(?=\r?\n|\r|\Z)"
        return re.compile(rf"[ ]*{mark}((?:{plain}++|{doubled})*+){mark}[ ]*{end}", re.DOTALL)

    @cached_property
    def lenient(self) -> re.Pattern[str]:
        """The pattern of a quoted cell on one line in which quotation marks are not doubled."""
        mark, delimiter = re.escape(self.quote), re.escape(self.delimiter)
        end = rf"(?:{delimiter}|\Z)" if delimiter else r"\Z"
        return re.compile(rf"[ ]*{mark}((?:[^{mark}\n]|{mark}(?!{mark}?[ ]*{end}))*){mark}[ ]*(?={end})")

    def join(self, cells: Sequence[str]) -> str:
        """Return cells as one text for display; those of columns of fixed width with two blanks between them."""
        return ("  " if self.edges else self.delimiter).join(cells)

    def unescape(self, text: str) -> str:
        """Return the value of what stands between two quotation marks."""
        if self.escape and self.escape != self.quote and self.escape in text:
            mark, escape = re.escape(self.quote), re.escape(self.escape)
            return re.sub(rf"{escape}([{mark}{escape}])|{mark}({mark})", lambda hit: hit[1] or hit[2], text)
        return text.replace(self.quote * 2, self.quote)


@dataclass
class Record:
    """One row as it stands in the file."""

    line: int
    """The number of its first line, from 1."""
    cells: list[str]
    lines: int = 1
    """How many lines it extends over."""
    broken: bool = False
    """Whether a quotation mark in it is not closed, or not doubled."""
    swallowing: bool = False
    """Whether a quoted cell in it extends over lines that are complete rows by themselves."""
    quotes: int = 0
    """How many of its cells are quoted."""

    @property
    def blank(self) -> bool:
        """Whether no cell has any text."""
        return not any(cell.strip() for cell in self.cells)


@dataclass
class Parser:
    """Divides text into records."""

    grammar: Grammar
    newline: str = "\n"
    """The character that ends a line: a line feed (a carriage return before it is part of the end) or a return."""
    width: int = 0
    """The number of cells of a row, as far as it is known: it decides how a broken quotation mark is read."""
    numeric: dict[int, re.Pattern[str]] = field(default_factory=dict)
    """The pattern that the values of a column meet, for columns of numbers or dates, by position."""
    line: int = 1
    """The number of the next line."""

    def records(self, text: str, *, complete: bool = True) -> Iterator[tuple[Record, int]]:
        """Yield each record of the text with the position behind it.

        If the text is not complete, stop at a record that may extend beyond its end.
        """
        position, end = 0, len(text)
        while position < end:
            stop = text.find(self.newline, position)
            if stop < 0 and not complete:
                return
            stop = end if stop < 0 else stop
            line = text[position:stop]
            if self.newline == "\n" and line.endswith("\r"):
                line = line[:-1]
            pieces = self._pieces(line) if "\r" in line and self.newline == "\n" else []
            if pieces:
                position = min(stop + 1, end)
                for piece in pieces:
                    yield Record(self.line, piece), position
                self.line += 1
                continue
            record, after = self._record(line, text, position, stop, complete=complete)
            if record is None:
                return
            position = min(after + 1, end)
            yield record, position
            self.line += record.lines

    def _record(self, line: str, text: str, start: int, stop: int, *, complete: bool) -> tuple[Record | None, int]:
        grammar = self.grammar
        if not grammar.quote or grammar.quote not in line:
            return Record(self.line, self.split(line)), stop
        cells, quotes, opened = self._cells(line)
        if opened is None:
            return Record(self.line, cells, quotes=quotes), stop
        if grammar.delimiter and not grammar.runs:
            wide = self._over_lines(text, start, complete=complete)
            if wide is None and not complete and len(text) - start < _LONGEST_CELL:
                return None, start
            if isinstance(wide, tuple):
                record, after = wide
                swallowing = self._swallows(text[start:after], record)
                if not swallowing:
                    return record, after
        if len(cells) != self.width > 0:
            alternative, number, _ = self._cells(line, lenient=True)
            if len(alternative) == self.width:
                cells, quotes = alternative, number
        return Record(self.line, cells, broken=True, quotes=quotes), stop

    def _pieces(self, line: str) -> list[list[str]]:
        """Return the rows of a line in which carriage returns end rows too, if all of them are complete rows."""
        if self.width < 2:  # noqa: PLR2004 every text is a row of one cell
            return []
        parsed = [self._cells(piece) for piece in line.split("\r")]
        fits = all(len(cells) == self.width and opened is None for cells, _, opened in parsed)
        return [cells for cells, _, _ in parsed] if fits else []

    def split(self, line: str) -> list[str]:
        """Divide a line without quotation marks."""
        grammar = self.grammar
        if grammar.edges:
            return split_fixed(line, grammar.edges)
        if not grammar.delimiter:
            return [line]
        if grammar.runs:
            return (
                line.strip(grammar.delimiter).split()
                if grammar.delimiter == " "
                else [cell for cell in line.split(grammar.delimiter) if cell]
            )
        return line.split(grammar.delimiter)

    def _cells(self, line: str, *, lenient: bool = False) -> tuple[list[str], int, int | None]:
        """Divide one line. Return its cells, how many are quoted, and where a mark opens that does not close."""
        grammar, position, cells, quotes, opened = self.grammar, 0, list[str](), 0, None
        if not grammar.quote or grammar.quote not in line:
            return self.split(line), 0, None
        pattern = grammar.lenient if lenient else grammar.quoted
        step = len(grammar.delimiter)
        while True:
            if grammar.runs and step:
                while line.startswith(grammar.delimiter, position):
                    position += step
                if position >= len(line) and cells:
                    break
            hit = pattern.match(line, position)
            if hit and hit.end() <= len(line):
                cells.append(grammar.unescape(hit[1]) if not lenient else hit[1])
                quotes += 1
                after = hit.end()
            else:
                after = line.find(grammar.delimiter, position) if step else -1
                after = len(line) if after < 0 else after
                cell = line[position:after]
                if opened is None and cell.lstrip(" ").startswith(grammar.quote):
                    opened = position
                cells.append(cell)
            if after >= len(line):
                break
            position = after + step
        return cells, quotes, opened

    def _over_lines(self, text: str, start: int, *, complete: bool) -> tuple[Record, int] | bool | None:
        """Return the record that begins at a position if its quoted cells extend over lines, and where it ends.

        None if a mark is not closed before the end of the text; False if it is closed in a wrong place.
        """
        grammar, position, cells, quotes = self.grammar, start, list[str](), 0
        limit = min(len(text), start + _LONGEST_CELL)
        while True:
            hit = grammar.quoted.match(text, position, limit)
            if hit and (hit.end() < limit or limit == len(text)):
                if hit.end() == limit and not complete:
                    return None
                cells.append(grammar.unescape(hit[1]))
                quotes += 1
                after = hit.end()
                if text.startswith("\r\n", after) and self.newline == "\n":
                    after += 1
            else:
                stop = text.find(self.newline, position, limit)
                stop = limit if stop < 0 else stop
                after = text.find(grammar.delimiter, position, stop)
                after = stop if after < 0 else after
                cell = text[position:after]
                if cell.lstrip(" ").startswith(grammar.quote):
                    closing = text.find(grammar.quote, position + 1 + len(cell) - len(cell.lstrip(" ")), limit)
                    return None if closing < 0 or limit < len(text) else self._never(text, position, limit)
                cells.append(cell.removesuffix("\r") if after == stop and self.newline == "\n" else cell)
            if after >= len(text) or text[after] == self.newline:
                break
            position = after + len(grammar.delimiter)
        lines = text.count(self.newline, start, after) + 1
        return Record(self.line, cells, lines=lines, quotes=quotes), after

    def _never(self, text: str, position: int, limit: int) -> bool | None:
        """Return None if the text ends inside the quoted cell that begins at a position, so that more may close it."""
        mark = self.grammar.quote
        inside = re.compile(rf"[ ]*{re.escape(mark)}(?:[^{re.escape(mark)}]++|{re.escape(mark)}{{2}})*+\Z")
        return None if inside.match(text, position, limit) else False

    def _swallows(self, text: str, record: Record) -> bool:
        """Return whether the lines of a record are rows by themselves, so that its mark opens no cell."""
        if not self.width or record.lines == 1:
            return False
        lines = text.split(self.newline)
        rows = [self._cells(line.removesuffix("\r"))[0] for line in lines]
        if len(record.cells) != self.width:
            # The mark is not closed where the row would be complete: it is text if its own line is a row.
            return len(rows[0]) == self.width
        if any(len(row) != self.width for row in rows):
            return False
        if not self.numeric:
            record.swallowing = True
            return False
        return all(
            pattern.fullmatch(row[index].strip().strip(self.grammar.quote))
            for row in rows
            for index, pattern in self.numeric.items()
        )
