"""One sheet of a workbook becomes a table: header, columns of one type each, and what was set aside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from radix_assets.common.plural import counted
from radix_assets.sources.read.grids.cells import Row, SetAside, kind_of_cell, text_of
from radix_assets.sources.read.grids.footer import TOTAL
from radix_assets.sources.read.grids.layout import Layout
from radix_assets.sources.read.staging import ROW, Reject, position
from radix_assets.sources.read.text import no_rows
from radix_assets.sources.read.workbooks.columns import ZERO_DATE, Column
from radix_assets.sources.read.workbooks.marks import NEVER, Marks
from radix_assets.sources.read.workbooks.reader import Workbook
from radix_assets.sources.schema import ReadWarning

_HEAD: Final = 100
"""Rows from which the header is found."""
_TAIL: Final = 60
"""Rows from which notes below the table are found."""
_PIECE: Final = 20_000
_FEW: Final = 5
_SET_ASIDE: Final = {
    "error_cells": "hold an error such as #N/A in place of a value, and are set aside",
    "formulas_not_calculated": "hold a formula that was never calculated, and are set aside; open and save the "
    "workbook in a spreadsheet program",
    "zero_dates": f"hold {ZERO_DATE}, and are set aside",
}
REPEATED, HEADING = "repeated header", "heading inside the table"


@dataclass
class SheetTable:
    """A table that was read from a sheet."""

    frame: pl.DataFrame
    """Columns `c0`, `c1` … and `row`, the row's number in the sheet."""
    names: list[str]
    """As in the header, empty where it has none."""
    rejects: list[Reject]
    warnings: list[ReadWarning]
    dialect: dict[str, Any]
    final: list[bool]
    """Whether a column of text is text, whatever its values look like."""


@dataclass
class Body:
    """The rows below a header, as far as they were read."""

    columns: list[Column]
    numbers: list[int] = field(default_factory=list)
    set_aside: list[tuple[int, str, str]] = field(default_factory=list)
    """Rows that are none of the table: number, text, reason."""
    after_blank: list[Row] = field(default_factory=list)
    """The first rows of text that follow a blank row, which may begin another table."""

    def add(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        numbers = [row.number for row in rows]
        before = self.numbers[-1:] + numbers[:-1]
        if len(before) < len(numbers):
            before.insert(0, numbers[0] - 1)
        for previous, row in zip(before, rows, strict=True):
            if row.number > previous + 1 and len(self.after_blank) < _FEW and _is_text(row):
                self.after_blank.append(row)
        for column, cells in zip(self.columns, zip(*(row.cells for row in rows), strict=True), strict=True):
            column.add(cells, numbers)
        self.numbers += numbers


def _is_text(row: Row) -> bool:
    return all(kind_of_cell(cell) in {"", "text"} for cell in row.cells)


def text_of_row(row: Row) -> str:
    """Return the cells of a row as one text; a merged cell occurs once."""
    texts = [text_of(cell) for cell in row.cells]
    return " | ".join(text for i, text in enumerate(texts) if text and (i == 0 or texts[i - 1] != text))


def make_table(
    workbook: Workbook, sheet: str, layout: Layout, marks: Marks, body: Body, footer: Sequence[tuple[Row, str]]
) -> SheetTable:
    """Return the table of a sheet whose rows were read. Raise SourceError RDX-SRC-004 if there is none."""
    kept = [
        number for number, column in enumerate(body.columns) if layout.names[number] or column.kinds or column.rejects
    ]
    if not body.numbers:
        raise no_rows(workbook.place, [name for name in layout.names if name])
    rejects = [Reject(number, 0, None, text, reason) for number, text, reason in body.set_aside]
    series: list[pl.Series] = []
    for place, number in enumerate(kept):
        column = body.columns[number]
        column.set_aside_zeros(body.numbers)
        series.append(column.series().alias(position(place)))
        rejects += [Reject(row, 0, place, cell.text, cell.reason) for row, cell in column.rejects]
    frame = pl.DataFrame([*series, pl.Series(ROW, body.numbers, dtype=pl.Int64)])
    names = [layout.names[number] for number in kept]
    dialect: dict[str, Any] = {
        "sheet": sheet,
        "header_lines": len(layout.header),
        "header_rows": list(layout.header),
        "first_row": layout.first,
        "footer_lines": len(footer),
        "confidence": layout.confidence,
        "evidence": layout.evidence,
    }
    warnings = [
        *_of_layout(layout),
        *_of_rows(body),
        *_of_stacked(body),
        *_of_columns(kept, names, body),
        *_of_frame(frame, kept),
    ]
    if marks.hidden_rows:
        dialect["hidden_rows"] = marks.hidden_rows
    if marks.is_partial:
        message = "errors such as #N/A, if there are any, could not be distinguished from empty cells"
        warnings.append(ReadWarning(code="errors_not_seen", message=message))
    if workbook.recalculated:
        zeros = {column: count for column, count in marks.zeros.items() if column in kept}
        warnings += [
            ReadWarning(
                code="formulas_not_calculated",
                message="every formula of the column has the stored result 0, and the workbook was saved by a program "
                "that does not calculate; open and save it in a spreadsheet program to be sure",
                column=layout.names[column],
                count=count,
            )
            for column, count in zeros.items()
        ]
    return SheetTable(frame, names, rejects, warnings, dialect, [body.columns[number].is_final for number in kept])


def _of_layout(layout: Layout) -> Iterator[ReadWarning]:
    if layout.above:
        yield ReadWarning(
            code="rows_above_header",
            message=f"{_rows(layout.above)} above the header {_are(layout.above)} not read",
            lines=list(layout.above[:_FEW]),
            count=len(layout.above),
        )
    if not layout.header:
        yield ReadWarning(
            code="no_header",
            message="the first row looks like those below it, so the columns are named by their position",
            lines=[layout.first],
        )


def _of_rows(body: Body) -> Iterator[ReadWarning]:
    reasons = dict.fromkeys(reason for _, _, reason in body.set_aside)
    for reason in reasons:
        rows = [number for number, _, other in body.set_aside if other == reason]
        code = {TOTAL: "total_row", REPEATED: "repeated_header", HEADING: "heading_row"}.get(reason, "note_row")
        words = f"{_rows(rows)} {_are(rows)} set aside: {reason}"
        yield ReadWarning(code=code, message=words, lines=rows[:_FEW], count=len(rows))


def _of_stacked(body: Body) -> Iterator[ReadWarning]:
    """Warn of tables below each other: a row of text after a blank one, in columns that hold other values as well."""
    rows = [
        row.number
        for row in body.after_blank
        if any(cell is not None and set(body.columns[place].kinds) - {str} for place, cell in enumerate(row.cells))
    ]
    if rows:
        yield ReadWarning(
            code="stacked_tables",
            message=f"{_rows(rows)}, below a blank row, look{'s' * (len(rows) == 1)} like the header of another table; "
            "all rows are read as one table",
            lines=rows,
            count=len(rows),
        )


def _of_columns(kept: Sequence[int], names: Sequence[str], body: Body) -> Iterator[ReadWarning]:
    for number, name in zip(kept, names, strict=True):
        column = body.columns[number]
        label = name or f"column {number + 1}"
        for code, message in _SET_ASIDE.items():
            rows = [row for row, cell in column.rejects if _code(cell) == code]
            if rows:
                text = f"{len(rows):,} cell{'s' * (len(rows) != 1)} of {label!r} {message}"
                yield ReadWarning(code=code, message=text, column=name, lines=rows[:_FEW], count=len(rows))
        words = column.mixture()
        if len(words) > 1:
            parts = ", ".join(f"{count:,} {word}{'s' * (count != 1)}" for count, word in words)
            yield ReadWarning(
                code="mixed_types",
                message=f"{label!r} holds {parts}; all are read as text first",
                column=name,
                count=sum(count for count, _ in words[1:]),
            )
        if column.beyond:
            yield ReadWarning(
                code="beyond_exact",
                message=f"{counted(column.beyond, 'number')} beyond 2^53 in {label!r}: a workbook that holds them as "
                "numbers may have lost their last digits",
                column=name,
                count=column.beyond,
            )


def _code(cell: SetAside) -> str:
    return {NEVER: "formulas_not_calculated", ZERO_DATE: "zero_dates"}.get(cell.reason, "error_cells")


def _of_frame(frame: pl.DataFrame, kept: Sequence[int]) -> Iterator[ReadWarning]:
    """Warn of tables side by side: blank columns between columns that end in different rows."""
    groups: list[list[int]] = []
    for place, number in enumerate(kept):
        if place and number == kept[place - 1] + 1:
            groups[-1].append(place)
        else:
            groups.append([place])
    if len(groups) < 2:  # noqa: PLR2004 side by side
        return
    ends = {
        frame.select(pl.any_horizontal(pl.col([position(i) for i in group]).is_not_null()).arg_true().last()).item()
        for group in groups
    }
    if len(ends) > 1:
        yield ReadWarning(
            code="side_by_side",
            message=f"{len(groups)} groups of columns with blank columns between them end in different rows; they may "
            "be tables of their own, and are read as one",
            count=len(groups),
        )


def _rows(rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:_FEW])) + (" …" if len(rows) > _FEW else "")
    return f"row{'s' * (len(rows) != 1)} {shown}"


def _are(rows: Sequence[int]) -> str:
    return "are" if len(rows) != 1 else "is"
