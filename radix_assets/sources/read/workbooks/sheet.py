"""Read a sheet: cell by cell, or column by column if it is large and plain."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice, zip_longest
from typing import Any, Final

import polars as pl

from radix_assets.sources.read.grids.cells import Row, Span, is_blank, text_of
from radix_assets.sources.read.grids.footer import find_footer, typed_columns
from radix_assets.sources.read.grids.layout import Layout, find_layout
from radix_assets.sources.read.text import no_rows
from radix_assets.sources.read.workbooks.columns import Column
from radix_assets.sources.read.workbooks.marks import Marks
from radix_assets.sources.read.workbooks.plain import load_columns
from radix_assets.sources.read.workbooks.reader import Workbook
from radix_assets.sources.read.workbooks.table import HEADING, REPEATED, Body, SheetTable, make_table, text_of_row

_HEAD: Final = 100
"""Rows from which the header is found."""
_TAIL: Final = 60
"""Rows from which notes below the table are found."""
_PIECE: Final = 20_000
_FEW: Final = 5
_DAY_ZERO: Final = dt.date(1899, 12, 31)
_FIRST_DAY: Final = dt.datetime(1905, 1, 1)  # noqa: DTZ001 cells have no time zone


def read_sheet(workbook: Workbook, sheet: str) -> SheetTable:
    """Return the table of a sheet.

    Raise SourceError RDX-SRC-004 if it holds no row, and what opening a workbook raises.
    """
    return (_read_plain(workbook, sheet) if workbook.is_large(sheet) else None) or _read_cells(workbook, sheet)


def _read_cells(workbook: Workbook, sheet: str) -> SheetTable:
    marks = workbook.marks(sheet)
    rows = (Row(number, cells) for number, cells in enumerate(workbook.rows(sheet), start=1) if not is_blank(cells))
    head = list(islice(rows, _HEAD))
    if not head:
        raise no_rows(workbook.place, [])
    layout = find_layout(head, marks.spans)
    width = max(len(row.cells) for row in head)
    body, tail = _read_body(chain(head, rows), layout, marks.spans, width)
    columns = [number for number in range(width) if layout.names[number] or body.columns[number].kinds or any(
        number < len(row.cells) and row.cells[number] is not None for row in tail)]  # fmt: skip
    footer = _footer(tail, columns, complete=not body.numbers)
    body.add(tail[: len(tail) - len(footer)])
    body.set_aside += [(row.number, text_of_row(row), reason) for row, reason in footer]
    return make_table(workbook, sheet, layout, marks, body, footer)


def _read_body(rows: Iterator[Row], layout: Layout, spans: Sequence[Span], width: int) -> tuple[Body, list[Row]]:
    """Read all rows but the last ones, which may be notes."""
    body = Body([Column() for _ in range(width)])
    header: list[Any] = []
    wide = {span.top for span in spans if span.right - span.left + 1 >= max(3, width - 1)}
    pending: list[Row] = []
    for row in rows:
        if row.number < layout.first:
            header = list(row.cells) if layout.header and row.number == layout.header[-1] else header
            continue
        if len(row.cells) != width:
            row = Row(row.number, [*row.cells, *[None] * (width - len(row.cells))][:width])  # noqa: PLW2901 padded
        if header and row.cells[0] == header[0] and list(row.cells) == [*header, *[None] * (width - len(header))]:
            body.set_aside.append((row.number, text_of_row(row), REPEATED))
        elif row.number in wide and len({text_of(cell) for cell in row.cells if cell is not None}) == 1:
            body.set_aside.append((row.number, text_of_row(row), HEADING))
        else:
            pending.append(row)
        if len(pending) == _PIECE + _TAIL:
            body.add(pending[:_PIECE])
            del pending[:_PIECE]
    cut = max(0, len(pending) - _TAIL)
    body.add(pending[:cut])
    return body, pending[cut:]


def _footer(tail: Sequence[Row], columns: Sequence[int], *, complete: bool = False) -> list[tuple[Row, str]]:
    if len(tail) < 2:  # noqa: PLR2004 a table has a row
        return []
    typed = typed_columns(tail[:-3] if len(tail) > 2 * _FEW else tail, columns)
    return find_footer(tail, typed, columns, complete=complete)


def _read_plain(workbook: Workbook, sheet: str) -> SheetTable | None:  # noqa: PLR0911 a list of reasons
    """Return the table of a large sheet, read column by column; None if it must be read cell by cell."""
    plain = workbook.plain(sheet)
    if plain is None:
        return None
    rows = [Row(number, cells) for number, cells in plain.rows if not is_blank(cells)]
    head, tail = [row for row in rows if row.number <= plain.parted], [row for row in rows if row.number > plain.parted]
    layout = find_layout(head[:_HEAD]) if head else None
    if layout is None or layout.first > plain.parted or len(tail) < 2:  # noqa: PLR2004 a table has a row
        return None
    width = max(len(row.cells) for row in rows)
    columns = [
        number
        for number in range(width)
        if any(number < len(row.cells) and row.cells[number] is not None for row in rows)
    ]
    tail = tail[-_TAIL:]
    footer = _footer(tail, columns)
    last = tail[-1 - len(footer)].number if len(footer) < len(tail) else 0
    if last <= layout.first or not columns:
        return None
    with workbook.reading():
        frame = load_columns(str(workbook.path), sheet, layout.first, last)
    left = columns[0]
    counts = [
        sum(frame[name].count() for name, dtype in frame.schema.items() if dtype == kind)
        + sum(isinstance(cell, python) for row in rows for cell in row.cells if not layout.first <= row.number <= last)
        for kind, python in ((pl.String, str), (pl.Boolean, bool))
    ]
    names = frame.columns
    if frame.height != last - layout.first + 1 or frame.width != width - left or counts != [plain.texts, plain.truths]:
        return None
    if not all(
        _is_same(frame.row(row.number - layout.first), row.cells[left:])
        for row in rows
        if layout.first <= row.number <= last
    ):
        return None
    if layout.header and frame[names[0]].dtype == pl.String and (frame[names[0]] == layout.names[left]).any():
        return None
    body = Body([Column() for _ in range(width)])
    frame = frame.with_row_index("row", offset=layout.first).filter(pl.any_horizontal(pl.col(names).is_not_null()))
    for number, name in enumerate(names, start=left):
        column = _column(frame[name])
        if column is None:
            return None
        body.columns[number] = column
    body.numbers = frame["row"].to_list()
    body.set_aside = [(row.number, text_of_row(row), reason) for row, reason in footer]
    layout = _widened(layout, width)
    return make_table(workbook, sheet, layout, Marks(hidden_rows=plain.hidden_rows), body, footer)


def _widened(layout: Layout, width: int) -> Layout:
    return replace(layout, names=(*layout.names, *[""] * (width - len(layout.names))))


def _column(values: pl.Series) -> Column | None:
    """Return a typed column; None if it holds days before 1905, which may be times."""
    kind: type[Any]
    match values.dtype:
        case pl.Float64 | pl.Int64:
            values, kind = values.cast(pl.Float64), float
        case pl.String:
            kind = str
        case pl.Boolean:
            kind = bool
        case pl.Date:
            kind = dt.date
        case pl.Datetime():
            values, kind = values.cast(pl.Datetime("us")), dt.datetime
            if (values < _FIRST_DAY).any():
                if not (values.dt.date() == _DAY_ZERO).all():
                    return None
                values, kind = values.dt.time(), dt.time
            elif (values.dt.time() == dt.time()).all():
                values, kind = values.dt.date(), dt.date
        case pl.Null:
            return Column(pieces=[values.cast(pl.String)])
        case _:
            return None
    column = Column(pieces=[values], kinds=+Counter[type]({kind: values.count()}))
    column.count_beyond(values)
    return column


def _is_same(read: Sequence[Any], cells: Sequence[Any]) -> bool:
    """Return whether a row that was read column by column is the same as cell by cell."""
    return all(_plain_value(left) == _plain_value(right) for left, right in zip_longest(read, cells))


def _plain_value(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, dt.time):
        return dt.datetime.combine(_DAY_ZERO, value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    return value
