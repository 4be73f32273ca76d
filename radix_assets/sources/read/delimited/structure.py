"""The structure of a text file: separator, quotes, header, comments and footer."""

from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from radix_assets.sources.read.delimited.choose import Choice, choose
from radix_assets.sources.read.delimited.footer import Body, footer_of
from radix_assets.sources.read.delimited.grammar import Grammar, Parser, Record
from radix_assets.sources.read.delimited.layout import Layout, find_layout, is_comment
from radix_assets.sources.read.delimited.shapes import typed_pattern
from radix_assets.sources.read.delimited.source import Sample, encode, take_sample
from radix_assets.sources.read.delimited.subtotals import Subtotals, find_subtotals
from radix_assets.sources.read.delimited.totals import matching

_HEAD_RECORDS = 400
ONE_COLUMN = "\x1f"
"""The delimiter of a file with one column: a character that does not occur in text."""


@dataclass(frozen=True)
class Overrides:
    """What the project file says of the structure; None where it is to be found."""

    delimiter: str | None = None
    """Empty for a file of one column."""
    quote: str | None = None
    """Empty if no mark quotes."""
    header: tuple[int, ...] | None = None
    """The lines of the header, none if there is none."""
    skip: int = 0
    """Lines above the table."""
    comment: str | None = None
    """Empty if no line is a comment."""
    footer: int | None = None
    """Lines below the table."""


@dataclass(frozen=True)
class Dialect:
    """The structure of one text file."""

    choice: Choice
    layout: Layout
    newline: str
    start: int
    """The byte at which the first row begins."""
    end: int
    """The byte behind the last row."""
    first_row: int
    """The line of the first row."""
    header_lines: list[int]
    skipped: list[Record] = field(default_factory=list)
    """Records above the header that are no comments: titles."""
    comments: list[int] = field(default_factory=list)
    """Lines above the first row that are comments."""
    footer: list[Record] = field(default_factory=list)
    """Records below the rows, their lines counted from the end of the file: -1 is the last."""
    footer_extent: int = 0
    """Lines from the first below the rows to the last of the file."""
    alike: float = 1.0
    """Share of the first records that have as many cells as there are columns."""
    subtotals: Subtotals = field(default_factory=Subtotals)
    """Rows between the others that are labelled as totals."""
    padding: str = ""
    """What was padded behind the last line."""
    final_newline: bool = True

    @property
    def grammar(self) -> Grammar:
        """How a line is divided."""
        return self.choice.grammar

    @property
    def delimiter(self) -> str:
        """The delimiter of the file, or one that stands for it if it has several characters or none."""
        return self.grammar.delimiter if len(self.grammar.delimiter) == 1 else ONE_COLUMN

    @property
    def header(self) -> list[str]:
        """The names as in the file; empty if it has no header."""
        return self.layout.names

    @property
    def width(self) -> int:
        """The number of columns."""
        return self.layout.width

    def numbered_footer(self) -> list[tuple[int, Record]]:
        """Return the records below the rows, each with its number counted from the last row; blank ones count too."""
        numbered, number, line = [], 0, -self.footer_extent
        for record in self.footer:
            number += record.line - line + 1  # each blank line between them is a record
            numbered.append((number, record))
            line = record.line + record.lines
        return numbered

    def parser(self, line: int = 1) -> Parser:
        """Return a parser for the rows."""
        numeric = {
            index: typed_pattern(shape)
            for index, shape in enumerate(self.layout.shapes)
            if shape in {"number", "moment"}
        }
        return Parser(self.grammar, self.newline, self.width, numeric, line)


_SMALL = 1 << 20
_MOST_DIALECTS = 2_048
_DIALECTS: dict[tuple[bytes, Overrides], Dialect] = {}
"""The structure of small files that this process has looked at, by the digest of their content."""


def detect(path: Path, delimiter: str | None, declared: Overrides | None = None) -> Dialect | None:
    """Detect the structure of a UTF-8 file; None if it holds only blank lines."""
    declared = declared or Overrides(delimiter)
    if path.stat().st_size > _SMALL:
        return _detect(path, declared)
    # A small file is looked at twice: when tables are listed, and when it is read.
    key = (blake2b(path.read_bytes()).digest(), declared)
    dialect = _DIALECTS.get(key) or _detect(path, declared)
    if dialect is not None:
        if len(_DIALECTS) >= _MOST_DIALECTS:
            _DIALECTS.clear()
        _DIALECTS[key] = dialect
    return deepcopy(dialect)


def _detect(path: Path, declared: Overrides) -> Dialect | None:
    sample = take_sample(path)
    given = declared.delimiter if declared.delimiter is not None else sample.separator
    choice = choose(sample.pieces, sample.newline, delimiter=given, quote=declared.quote)
    if declared.delimiter is None and sample.separator is not None:
        choice = Choice(choice.grammar, choice.width, 1.0, "a first line names it")
    parser = Parser(choice.grammar, sample.newline, choice.width)
    records, positions = [], [0]
    for record, position in islice(parser.records(sample.head), _HEAD_RECORDS):
        records.append(record)
        positions.append(position)
    skip = max(declared.skip, 1 if sample.separator is not None else 0)
    width = choice.width or max((len(record.cells) for record in records), default=1)
    layout = find_layout(records, width, header=declared.header, skip=skip, comment=declared.comment)
    if layout is None:
        return None
    start = len(encode(sample.head[: positions[layout.first]]))
    above = [record for index, record in enumerate(records[: layout.first]) if index not in layout.header]
    wide = declared.comment is not None
    comments = [record.line for record in above if is_comment(record, layout.comment, layout.width, declared=wide)]
    named = {1} if sample.separator is not None else set()
    titles = [record for record in above if not record.blank and record.line not in {*comments, *named}]
    footer, end, extent = _footer(path, sample, choice.grammar, layout, declared.footer, start)
    below = [record for record in records[layout.first :] if not record.blank]
    first_row = records[layout.first].line if layout.first < len(records) else parser.line
    return Dialect(
        choice,
        layout,
        sample.newline,
        start,
        end,
        first_row,
        [records[index].line for index in layout.header],
        titles,
        comments,
        footer,
        extent,
        sum(len(record.cells) == layout.width for record in below) / len(below) if below else 1.0,
        find_subtotals(path, choice.grammar, sample.newline, layout, (start, end), first_row),
        sample.padding,
        sample.final_newline,
    )


def _footer(
    path: Path, sample: Sample, grammar: Grammar, layout: Layout, declared: int | None, start: int
) -> tuple[list[Record], int, int]:
    """Return the records below the rows, the byte behind the last row, and the lines from there to the end."""
    parser = Parser(grammar, sample.newline, layout.width)
    records, positions = [], [0]
    for record, position in parser.records(sample.tail):
        records.append(record)
        positions.append(position)
    if declared is not None:
        number = sum(record.line > parser.line - 1 - declared for record in records) if declared else 0
    else:
        matches = matching(path, grammar, sample.newline, layout, (start, sample.end))
        number = footer_of(Body(layout.width, layout.shapes, records, matches))
    offset = sample.end - len(encode(sample.tail))
    end = offset + len(encode(sample.tail[: positions[len(records) - number]]))
    if not number or end <= start:
        return [], sample.end, 0
    lines = parser.line
    footer = [
        Record(record.line - lines, record.cells, record.lines) for record in records[-number:] if not record.blank
    ]
    return footer, end, lines - records[-number].line
