"""Which records of a file are titles, header, rows and footer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from radix_assets.sources.read.delimited.grammar import Record
from radix_assets.sources.read.delimited.header import is_header
from radix_assets.sources.read.delimited.header_lines import (
    BODY,
    LEAST_BELOW,
    TYPED,
    filled_cells,
    further_lines,
    join_lines,
    survey_lines,
    upper_line,
)
from radix_assets.sources.read.delimited.notes import without_notes
from radix_assets.sources.read.delimited.preamble import below_preamble
from radix_assets.sources.read.delimited.shapes import Shape, column_shapes, shape_of
from radix_assets.sources.read.delimited.words import label_odds

COMMENTS = ("#", "//", "%", "--")
_PREAMBLE = 40
_FULL = 0.8
_MOST_HEADERS = 4
_SURE_LABELS, _LIKELY_LABELS = 0.95, 0.5
_REPEATED = 3
"""One of how many rows may be the header once more."""


@dataclass
class Layout:
    """The parts of a file above its rows."""

    names: list[str]
    """The names of the columns as in the file, empty text where one has none; no item if there is no header."""
    width: int
    """The number of columns."""
    first: int
    """The index of the first record of data."""
    header: list[int] = field(default_factory=list)
    """The indices of the records of the header."""
    comment: str = ""
    """The text at the start of a line that is a comment."""
    sure: bool = False
    """Whether every line that begins so is a comment, even one with as many cells as a row."""
    labels: float = 0.0
    """How likely the first row is the labels of the columns; 0 if it hardly is, or if it is part of the header."""
    row_names: bool = False
    """Whether the header is one cell shorter because the first column, names of rows, has none."""
    unnamed: bool = False
    """Whether the header has fewer cells than the rows."""
    survey: bool = False
    """Whether the header has the texts and ids of a survey's questions below the names, which are its first line."""
    shapes: list[Shape] = field(default_factory=list)
    """The shape of the values of each column."""
    confidence: float = 0.9
    evidence: str = ""


def find_layout(
    records: Sequence[Record],
    width: int,
    *,
    header: Sequence[int] | None = None,
    skip: int = 0,
    comment: str | None = None,
) -> Layout | None:
    """Find the header and the first row among the first records of a file; None if all are blank.

    `width` is the number of cells of most rows. `header` are the lines of the header as declared, none if there is
    none; `skip` is how many lines above it are declared not to be part of the table; `comment` marks comments.
    """
    mark = comment if comment is not None else _comment_mark(records, width)
    usable = [
        index
        for index, record in enumerate(records)
        if record.line > skip and not record.blank and not is_comment(record, mark, width, declared=comment is not None)
    ]
    if not usable:
        return None
    if header is not None:
        return _declared(records, usable, width, header, mark)
    start = _start(records, usable, width)
    body = [index for index in usable if index > start]
    survey = survey_lines(records, body)
    rows = [records[index].cells for index in body[survey:] if len(records[index].cells) == width][:BODY]
    rows = without_notes(rows)
    first = records[start]
    rows = _without_repeated(rows, first.cells)
    shapes = column_shapes(rows, width)
    named, confidence, evidence = is_header(first.cells, rows, shapes, width)
    if survey:
        named, confidence = True, 0.95
    if not named:
        longest = max((len(records[index].cells) for index in usable if index >= start), default=width)
        ragged = sum(len(records[index].cells) != width for index in body) * 2 > len(body)
        return Layout(
            names=[],
            width=longest if ragged else max(width, len(first.cells)),
            first=start,
            comment=mark,
            shapes=column_shapes([first.cells, *rows], width),
            confidence=confidence,
            evidence=evidence,
        )
    lines = [start]
    upper = upper_line(records, usable, start, width)
    if upper is not None:
        lines.insert(0, upper)
    names = [cell.strip() for cell in first.cells]
    further = survey or further_lines(records, body, width, names, _MOST_HEADERS - len(lines))
    labels = 0.0 if further else _labels(names, rows, [records[index].cells for index in body[:1]])
    further = further or int(labels >= _SURE_LABELS)
    lines, rest = [*lines, *body[:further]], body[further:]
    if survey:
        evidence = "below the names are the ids of a survey's questions"
    elif len(lines) > 1:
        names = join_lines([records[index].cells for index in lines])
        evidence = f"{len(lines)} rows of words above columns of values"
        rows = [records[index].cells for index in rest if len(records[index].cells) == width][:BODY]
        rows = without_notes(rows)
        shapes = column_shapes(rows, width)
        confidence = min(confidence, 0.8)
    sure = (
        bool(mark)
        and shapes[0] in TYPED
        and any(
            record.cells[0].lstrip().startswith(mark) and len(record.cells) != width for record in records[: lines[0]]
        )
    )
    row_names = False
    if len(names) == width - 1 and _are_row_names(rows):
        names, row_names = ["", *names], True
        evidence = "the header is one cell shorter than the rows, and the first cells are different in all rows"
    elif len(names) < width and all(not cell.strip() for row in rows for cell in row[len(names) :]):
        width = len(names)
    width = max(width, len(names))
    unnamed = len(names) < width
    names += [""] * (width - len(names))
    after = rest[0] if rest else len(records)
    return Layout(
        names=names,
        width=width,
        first=after,
        header=lines,
        comment=mark,
        sure=sure,
        labels=labels if not further and labels >= _LIKELY_LABELS else 0.0,
        row_names=row_names,
        unnamed=unnamed,
        survey=bool(survey),
        shapes=shapes[:width],
        confidence=confidence,
        evidence=evidence,
    )


def _labels(names: Sequence[str], rows: Sequence[Sequence[str]], second: Sequence[Sequence[str]]) -> float:
    """Return how likely the record below the names is their labels."""
    return label_odds(names, rows[0], rows[1:]) if len(rows) > 1 and list(rows[:1]) == list(second) else 0.0


def _without_repeated(rows: list[list[str]], header: list[str]) -> list[list[str]]:
    """Return rows without the first one once more, which may be a header, unless that are many as of values."""
    others = [row for row in rows if row != header]
    if len(header) < 2 or not others or (len(rows) - len(others)) * _REPEATED > len(rows):  # noqa: PLR2004
        return rows
    return others


def is_comment(record: Record, mark: str, width: int, *, declared: bool = False) -> bool:
    """Return whether a record is a comment: it begins with the mark and, unless that is declared, is no row."""
    if not mark or not record.cells or not record.cells[0].lstrip().startswith(mark):
        return False
    return declared or len(record.cells) != width or width == 1 or sum(bool(cell.strip()) for cell in record.cells) == 1


def _comment_mark(records: Sequence[Record], width: int) -> str:
    for mark in COMMENTS:
        hits = [
            index for index, record in enumerate(records) if record.cells and record.cells[0].lstrip().startswith(mark)
        ]
        if mark == "--" and not any(records[index].cells[0].startswith("-- ") for index in hits):
            continue
        if width == 1:
            # Words behind number signs may be the values of the only column, unless they stand above its header only.
            leading = next((index for index, record in enumerate(records) if index not in hits), len(records))
            if hits and hits == list(range(leading)) and len(records) > leading + 1:
                return mark
            continue
        if hits and all(
            is_comment(records[index], mark, width) for index in hits if index != _named_by_mark(records, hits, width)
        ):
            odd = [index for index in hits if is_comment(records[index], mark, width)]
            if odd and len(odd) * 2 < len(records) + 2:
                return mark
    return ""


def _named_by_mark(records: Sequence[Record], hits: Sequence[int], width: int) -> int | None:
    """Return the record that begins with a mark and is nevertheless the header: `#id,name`."""
    wide = [index for index in hits if len(records[index].cells) == width]
    return wide[0] if len(wide) == 1 and wide[0] + 1 < len(records) else None


def _start(records: Sequence[Record], usable: Sequence[int], width: int) -> int:
    """Return the record at which the table begins: its header, or its first row."""
    start = below_preamble(records, usable, width) if width > 1 else None
    return _first_full(records, usable, width) if start is None else start


def _first_full(records: Sequence[Record], usable: Sequence[int], width: int) -> int:
    """Return the index of the first record that is not a title: the header, or a row."""
    first = usable[0]
    if width == 1:
        return first
    top = usable[:_PREAMBLE]
    below = sorted(
        filled_cells(records[index]) for index in usable[len(usable) // 3 :] if len(records[index].cells) >= width - 1
    )
    typical = below[len(below) // 2] if below else width
    most = max((filled_cells(records[index]) for index in top if len(records[index].cells) <= width), default=width)

    def wide(index: int) -> bool:
        return len(records[index].cells) >= max(2, width - 1)

    record = records[first]
    good = wide(first) and filled_cells(record) >= max(2, 0.5 * min(typical, width))
    if good and not _set_apart(records, usable, first):
        return first
    if wide(first) and width == 2 and len(usable) > 1 and not good:  # noqa: PLR2004
        following = records[usable[1]].cells
        if any(shape_of(cell) in TYPED for cell in following) and usable[1] == first + 1:
            return first
    for index in top:
        if (
            wide(index)
            and filled_cells(records[index]) >= _FULL * min(most, width)
            and not _set_apart(records, usable, index)
        ):
            return index
    return next((index for index in top if wide(index)), first)


def _set_apart(records: Sequence[Record], usable: Sequence[int], index: int) -> bool:
    """Return whether a blank line stands between a record near the top and fuller ones below it."""
    following = [other for other in usable if other > index][:6]
    if not following or (
        filled_cells(records[index]) >= filled_cells(records[following[0]]) and following[0] == index + 1
    ):
        return False
    for left, right in pairwise([index, *following]):
        if filled_cells(records[right]) <= filled_cells(records[index]) and right == left + 1:
            continue
        return (
            right > left + 1
            and filled_cells(records[right]) > filled_cells(records[index])
            and all(records[between].blank for between in range(left + 1, right))
        )
    return False


def _are_row_names(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first column names the rows: running numbers from 1, or words that are all different."""
    first = [row[0].strip() for row in rows if row]
    if len(first) < 2 or len(set(first)) < len(first):  # noqa: PLR2004
        return False
    if first == [str(number) for number in range(1, len(first) + 1)]:
        return True
    if all(shape_of(cell) == "words" for cell in first):
        return (
            all(shape != "words" for shape in column_shapes([row[-1:] for row in rows], 1)) or len(first) > LEAST_BELOW
        )
    return False


def _declared(records: Sequence[Record], usable: Sequence[int], width: int, header: Sequence[int], mark: str) -> Layout:
    lines = [index for index in usable if records[index].line in header]
    after = [index for index in usable if not header or records[index].line > max(header)]
    names = join_lines([records[index].cells for index in lines]) if lines else []
    rows = [records[index].cells for index in after if len(records[index].cells) == width][:BODY]
    width = max(width, len(names))
    names = [*names, *[""] * (width - len(names))] if names else []
    first = after[0] if after else len(records)
    return Layout(
        names=names,
        width=width,
        first=first,
        header=lines,
        comment=mark,
        shapes=column_shapes(rows, width),
        confidence=1.0,
        evidence="declared",
    )
