"""Workbooks become staged columns."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.sources.read.dialect import unique_names
from radix_assets.sources.read.files import Place, SourceFile
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import FILE, ROW, STAGED_FILE, Reject, Staged, position
from radix_assets.sources.read.workbooks.reader import Workbook, open_workbook
from radix_assets.sources.read.workbooks.sheet import read_sheet
from radix_assets.sources.read.workbooks.sheets import Sheet, sheets_of, tables_of
from radix_assets.sources.read.workbooks.table import SheetTable
from radix_assets.sources.schema import ReadWarning
from radix_assets.sources.types.readings import cleaned
from radix_resources.errors import SourceError


def stage_workbook(source: FileSettings, files: Sequence[SourceFile], work: Path) -> Staged:
    """Stage one sheet of each workbook. Columns of text, and those of mixed types, are text to infer from.

    Raise SourceError RDX-SRC-004, RDX-SRC-005, RDX-SRC-008, RDX-SRC-010 (no such sheet), RDX-SRC-040 or RDX-SRC-041.
    """
    staged = Staged(work / STAGED_FILE, [], [], [], [], files=[file.name for file in files], layout="workbook")
    parts: list[tuple[Path, pl.Schema]] = []
    unique: list[str] = []
    final: set[int] = set()
    for number, file in enumerate(files):
        place = Place(source.table, file.name)
        staged.hashes.append(file.sha256)
        staged.size += file.size
        table = _table(source, file.path, place, staged)
        names = unique_names(table.names, len(table.names))
        if number == 0:
            unique, staged.names, staged.dialect = names, table.names, table.dialect
        elif set(names) != set(unique):
            raise SourceError(
                "RDX-SRC-008",
                f"the columns differ from those of {files[0].name}: " + ", ".join(sorted(set(names) ^ set(unique))[:5]),
                expected="the same columns in all files of a table",
                hint="narrow the pattern, or declare the other files as a table of their own",
                **place.context(),
            )
        final |= {
            unique.index(name)
            for name, is_final in zip(names, table.final, strict=True)
            if is_final and name not in source.columns
        }
        order = {name: index for index, name in enumerate(unique)}
        moved = {position(index): position(order[name]) for index, name in enumerate(names)}
        staged.warnings += table.warnings
        staged.rejects += [
            Reject(
                reject.row, number,
                None if reject.column is None else order[names[reject.column]], reject.text, reject.reason,
            )
            for reject in table.rejects
        ]  # fmt: skip
        frame = table.frame.rename(moved).with_columns(pl.lit(number, dtype=pl.Int32).alias(FILE))
        part = work / f"{number}.part.parquet"
        frame.write_parquet(part, compression="lz4")
        parts.append((part, frame.schema))
    staged.unique = unique
    _write(staged, parts, source, final)
    return staged


def _write(staged: Staged, parts: list[tuple[Path, pl.Schema]], source: FileSettings, final: set[int]) -> None:
    """Write the parts as one file, each column with one type: text if the files differ."""
    types: list[Any] = []
    for column in staged.columns:
        kinds = {schema[column] for _, schema in parts}
        types.append(kinds.pop() if len(kinds) == 1 else _common(kinds))
    staged.readings = [dtype == pl.String and number not in final for number, dtype in enumerate(types)]
    staged.types = ["text" if dtype == pl.String else str(dtype) for dtype in types]
    staged.blank_lines = False
    lazy = []
    for part, schema in parts:
        cells = []
        for column, dtype in zip(staged.columns, types, strict=True):
            cell = pl.col(column)
            if dtype == pl.String:
                cell = cleaned(cell if schema[column] == pl.String else cell.cast(pl.String), source.null_values)
            cells.append(cell.cast(dtype).alias(column))
        lazy.append(pl.scan_parquet(part, glob=False).select(*cells, ROW, FILE))
    pl.concat(lazy).sink_parquet(staged.path, compression="lz4")


def _common(kinds: set[Any]) -> Any:
    if kinds <= {pl.Int64(), pl.Float64()}:
        return pl.Float64()
    if kinds <= {pl.Date(), pl.Datetime("us")}:
        return pl.Datetime("us")
    return pl.String()


def _table(source: FileSettings, path: Path, place: Place, staged: Staged) -> SheetTable:
    with open_workbook(path, place) as workbook:
        sheet, others = _choose(workbook, source, place, staged)
        table = read_sheet(workbook, sheet)
        if sheet in workbook.hidden:
            table.warnings.append(
                ReadWarning(code="hidden_sheet", message=f"the sheet {sheet!r} is hidden in the workbook")
            )
        if others:
            table.dialect["other_sheets"] = others
        return table


def _choose(workbook: Workbook, source: FileSettings, place: Place, staged: Staged) -> tuple[str, dict[str, str]]:
    """Return the sheet to read, and what the others are."""
    sheets = sheets_of(workbook)
    tables = tables_of(sheets)
    sheet = source.sheet or (tables[0] if tables else workbook.names[0] if workbook.names else "")
    if sheet not in workbook.names:
        raise SourceError(
            "RDX-SRC-010",
            f"there is no sheet {sheet!r}" if sheet else "the workbook has no sheet",
            expected=f"one of {', '.join(workbook.names)}" if workbook.names else "a sheet with a header and rows",
            hint="correct `sheet`, or omit it to read the first one that holds a table",
            **place.context(),
        )
    if not source.sheet and len(tables) > 1:
        names = ", ".join(map(repr, tables[1:]))
        staged.notes.append(f"read the sheet {sheet!r}; the workbook also has {names}")
    others = {other.name: _described(other) for other in sheets if other.name != sheet}
    notes = [other.name for other in sheets if other.notes and other.name != sheet]
    if notes and sheet == (tables or [""])[0]:
        staged.warnings.append(
            ReadWarning(
                code="sheet_not_read",
                message=f"the sheet{'s' * (len(notes) != 1)} {', '.join(map(repr, notes))} look"
                f"{'s' * (len(notes) == 1)} like notes rather than a table, and {'are' if len(notes) != 1 else 'is'} "
                "not read; declare a table with `sheet` to read one",
                count=len(notes),
            )
        )
    return sheet, others


def _described(sheet: Sheet) -> str:
    what = "notes" if sheet.notes else "table" if sheet.rows else "empty"
    return f"hidden, {what}" if sheet.hidden else what
