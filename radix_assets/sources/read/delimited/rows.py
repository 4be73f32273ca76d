"""Write the rows of a file in a form that any reader reads in the same way, unless they are in it already."""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from radix_assets.sources.read.delimited.assemble import Assembler, BadCell, Event, SetAside
from radix_assets.sources.read.delimited.regular import is_plain, regular_rows
from radix_assets.sources.read.delimited.source import decode, encode
from radix_assets.sources.read.delimited.structure import Dialect

_BLOCK = 1 << 22
_SCANNED = 1 << 20
"""Bytes that are looked at together where nothing is rewritten: what fits the cache of a processor is fastest."""
_MOST_WAITING = 1 << 26


class _Writer(Protocol):
    def writerow(self, row: list[str], /) -> object: ...


@dataclass
class Rows:
    """The rows of a file in regular form: UTF-8, line feeds, marks doubled, no header."""

    path: Path
    delimiter: str
    skip_lines: int
    """Lines above the first row in `path`."""
    rows: int
    """Rows, blank ones included."""
    extra: int = 0
    """Cells beyond the last column in the longest row."""
    events: dict[str, Event] = field(default_factory=dict)
    bad: list[BadCell] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    last_line: int = 0
    """The number of the file's last line, if it is known."""


def regular_form(path: Path, target: Path, dialect: Dialect, *, declared_comment: bool = False) -> Rows:
    """Return the rows of a file; it is rewritten to `target`, and removed, if it is not regular.

    Only blocks of the file that are irregular take the slower parser.
    """
    plain = is_plain(dialect.grammar, dialect.newline) and not dialect.subtotals.proved
    if plain:
        rows = _regular(path, dialect)
        if rows is not None:
            lines = _count_lines(path, dialect) if dialect.footer else 0
            with path.open("r+b") as file:
                file.truncate(dialect.end)
            return Rows(path, dialect.delimiter, dialect.first_row - 1, rows, last_line=lines)
    assembler = Assembler(dialect, declared_comment)
    delimiter = dialect.delimiter if plain else ","
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        line = _rewrite(source, out, writer, dialect, assembler, plain=plain)
    path.unlink()
    extra = max(0, assembler.longest - dialect.width)
    lines = line + dialect.footer_extent - 1
    result = Rows(target, delimiter, 0, assembler.row, extra, assembler.events, assembler.bad, assembler.aside)
    result.last_line = lines
    return result


def _count_lines(path: Path, dialect: Dialect) -> int:
    """Return the number of lines up to the end of the footer, as far as it is not blank."""
    lines = 0
    with path.open("rb") as file:
        left = dialect.end
        while left:
            chunk = file.read(min(_BLOCK, left))
            lines += chunk.count(b"\n")
            left -= len(chunk)
    return lines + dialect.footer_extent


def _regular(path: Path, dialect: Dialect) -> int | None:
    """Return the number of rows if all of the file is regular."""
    rows = 0
    with path.open("rb") as file:
        file.seek(dialect.start)
        left = dialect.end - dialect.start
        rest = b""
        while left or rest:
            chunk = file.read(min(_SCANNED, left))
            left -= len(chunk)
            block = rest + chunk
            cut = _end_of_rows(block, dialect) if left else len(block)
            if left and not cut:
                if len(block) > _BLOCK:
                    return None
                rest = block
                continue
            rest = block[cut:]
            number = _regular_rows(block[:cut] if rest else block, dialect)
            if number is None:
                return None
            rows += number
            if not left:
                break
    return rows


def _end_of_rows(block: bytes, dialect: Dialect) -> int:
    """Return the end of the last complete row of a block; 0 if it holds none."""
    cut = block.rfind(b"\n") + 1
    mark = dialect.grammar.quote.encode()
    if mark and block.count(mark, 0, cut) % 2:
        # The last mark opens a cell that extends beyond the block.
        cut = block.rfind(b"\n", 0, block.rfind(mark, 0, cut)) + 1
    return cut


def _regular_rows(block: bytes, dialect: Dialect) -> int | None:
    """Return the number of rows of a block, if it is regular and holds no comment and no second header."""
    layout = dialect.layout
    if not block:
        return 0
    if not block.endswith(b"\n"):
        block += b"\n"
    if layout.comment:
        mark = layout.comment.encode()
        if block.lstrip(b" ").startswith(mark) or b"\n" + mark in block or b"\n " + mark in block:
            return None
    if len(layout.names) > 1 and layout.names[0] and _repeats_header(block, dialect):
        return None
    if layout.width > 1 and _has_empty_rows(block, dialect.grammar.delimiter.encode() * (layout.width - 1)):
        return None
    return regular_rows(block, dialect.grammar, layout.width)


def _has_empty_rows(block: bytes, row: bytes) -> bool:
    """Return whether a block has rows of delimiters only, which are to be counted."""
    if not block.startswith(row) and b"\n" + row not in block:
        return False  # nearly always
    begins = block.startswith((row + b"\n", row + b"\r"))
    return begins or b"\n" + row + b"\n" in block or b"\n" + row + b"\r" in block or block.endswith(b"\n" + row)


def _repeats_header(block: bytes, dialect: Dialect) -> bool:
    """Return whether a line of a block may be the header once more."""
    first, second = (name.encode(errors="surrogateescape") for name in dialect.layout.names[:2])
    mark = dialect.delimiter.encode()
    if first + mark + second not in block and b'"' not in block:
        return False
    heads = [left + first + left + mark + right + second for left in (b"", b'"') for right in (b"", b'"')]
    return any(block.startswith(head) or b"\n" + head in block for head in heads)


def _rewrite(
    source: IO[bytes], out: IO[str], writer: "_Writer", dialect: Dialect, assembler: Assembler, *, plain: bool
) -> int:
    source.seek(dialect.start)
    left = dialect.end - dialect.start
    line, rest = dialect.first_row, b""
    while left or rest:
        chunk = source.read(min(_BLOCK, left))
        left -= len(chunk)
        block = rest + chunk
        cut = block.rfind(b"\n") + 1 if left else len(block)
        if plain and cut:
            number = _regular_rows(block[:cut], dialect)
            if number is not None:
                for row in assembler.finish():
                    writer.writerow(row)
                out.flush()
                out.buffer.write(block[:cut])  # type: ignore[attr-defined]
                if not block[:cut].endswith(b"\n"):
                    out.buffer.write(b"\n")  # type: ignore[attr-defined]
                out.buffer.flush()  # type: ignore[attr-defined]
                line += block.count(b"\n", 0, cut)
                assembler.row += number
                assembler.longest = max(assembler.longest, dialect.width)
                rest = block[cut:]
                continue
        parser = dialect.parser(line)
        text = decode(block)
        behind = 0
        complete = not left or len(block) > _MOST_WAITING
        for record, behind in parser.records(text, complete=complete):  # noqa: B007 used below
            for row in assembler.add(record):
                writer.writerow(row)
        line = parser.line
        rest = encode(text[behind:])
        if not left:
            break
    for row in assembler.finish(end=True):
        writer.writerow(row)
    return line
