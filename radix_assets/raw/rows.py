"""Read a user's file the way a raw snapshot was read, for predictions."""

import difflib
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from radix_assets.common.plural import counted
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.stage_files import stage_files
from radix_assets.sources.read.staging import ROW, Staged
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import ColumnSchema, Reading, read_schema
from radix_assets.sources.types.dates import FAMILIES
from radix_assets.sources.types.nearly import THINGS
from radix_assets.sources.types.readings import CANONICAL, NULL_TOKENS, parsed
from radix_assets.sources.types.typed import canonical
from radix_resources.errors import SourceError

_ISO = FAMILIES[0]
_TABLE = "input"
_MOST_FAILED = 0.5


@dataclass(frozen=True)
class UnreadCells:
    """Cells of a column that are not of its type."""

    column: str
    dtype: str
    """The type that the column has in the table, such as `date`."""
    rows: list[int]
    """Their rows in the file, from 1."""


@dataclass(frozen=True)
class FileRows:
    """The rows of a user's file."""

    frame: pl.DataFrame
    """With the columns and types of the table."""
    unread: list[UnreadCells]
    """Cells that are null because they could not be read."""
    set_aside: list[int]
    """Rows of the file that could not be read, and are not in the frame."""
    too_long: list[int]
    """Rows with cells beyond the last column, which were ignored."""
    names: list[str]
    """The names of the file's columns, also of those that the table lacks."""


def read_rows(file: Path, like: Path, required: Collection[str] = ()) -> FileRows:
    """Read a CSV, Parquet or Excel file with the columns and types of the raw snapshot in the directory `like`.

    A column that the file lacks is null, unless it is in `required`; columns that the snapshot lacks are ignored.
    Dates, numbers and words may be written as in the snapshot's source, or the standard way. A cell that cannot be
    read is null.

    Raise SourceError RDX-SRC-017 (a required column, or every column, is missing), RDX-SRC-018 (most cells of a
    column cannot be read as its type), RDX-SRC-084 (two columns of one name) and what reading a source raises.
    """
    schema = read_schema(like)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        staged = stage_files(FileSettings(table=_TABLE, path=str(file.absolute())), Path(), work)
        columns = [column.name for column in schema.columns]
        _refuse_repeated(staged.names, columns, file)
        _require(staged.unique, columns, required, file)
        with reading_errors(Place(_TABLE, file.name)):
            rows = staged.rows()
            frame, unread = _cast(staged, rows, schema.columns, required, file)
            beyond = rows.filter(pl.any_horizontal(pl.col(staged.overflow).is_not_null())) if staged.overflow else None
            too_long = beyond.select(pl.col(ROW))[ROW].to_list() if beyond else []
    set_aside = sorted(reject.row for reject in staged.rejects if reject.column is None)
    return FileRows(frame, unread, set_aside, too_long, staged.unique)


def _refuse_repeated(names: list[str], columns: list[str], file: Path) -> None:
    repeated = [name for name in columns if names.count(name) > 1]
    if repeated:
        raise SourceError(
            "RDX-SRC-084",
            f"the file has {names.count(repeated[0])} columns called {repeated[0]!r}",
            expected="each column of the table at most once",
            hint="remove or rename all but the one that is meant",
            file=file.name,
            column=repeated[0],
        )


def _require(names: list[str], columns: list[str], required: Collection[str], file: Path) -> None:
    missing = [name for name in required if name not in names]
    if not missing and any(name in names for name in columns):
        return
    lower = {name.lower(): name for name in names}
    near = [
        lower[match]
        for name in missing
        for match in difflib.get_close_matches(name.lower(), list(lower), n=1, cutoff=0.7)
    ]
    shown = ", ".join(names[:20]) + (" …" if len(names) > 20 else "")  # noqa: PLR2004
    raise SourceError(
        "RDX-SRC-017",
        f"the file lacks {', '.join(missing)}" if missing else "the file has no column of the table",
        expected=f"the {'column' if len(missing) == 1 else 'columns'} {', '.join(missing or columns[:20])}",
        hint=f"is {', '.join(near)} meant? rename it" if near else "add them; a header line names the columns",
        file=file.name,
        columns=shown,
    )


def _cast(
    staged: Staged, rows: Rows, columns: list[ColumnSchema], required: Collection[str], file: Path
) -> tuple[pl.DataFrame, list[UnreadCells]]:
    types = rows.schema
    places = dict(zip(staged.unique, staged.columns, strict=True))
    texts = dict(zip(staged.unique, staged.readings, strict=True))
    if staged.blank_lines:
        rows = rows.filter(pl.any_horizontal(pl.col([*staged.columns, *staged.overflow]).is_not_null()))
    frame = rows.select(pl.all())
    result: dict[str, pl.Series] = {}
    unread: list[UnreadCells] = []
    for column in columns:
        place = places.get(column.name)
        if place is None:
            result[column.name] = pl.repeat(None, frame.height, dtype=CANONICAL[column.dtype], eager=True)
            continue
        value, is_present = _read(place, types[place], column, text=texts[column.name])
        values = frame.select(value=value, there=is_present)
        failed = _unread_rows(column, values, frame[ROW], file, is_required=column.name in required)
        if failed:
            unread.append(UnreadCells(column.name, column.dtype, failed))
        result[column.name] = values["value"]
    return pl.DataFrame(result), unread


def _read(place: str, dtype: pl.DataType, column: ColumnSchema, *, text: bool) -> tuple[pl.Expr, pl.Expr]:
    """Return a column's values in the snapshot's type, and whether the file holds a value there."""
    target = CANONICAL[column.dtype]
    typed = canonical(place, dtype)
    value = pl.col(place) if text or typed is None else typed[1]
    kind = "string" if text or typed is None else typed[0]
    if kind != "string":
        moved = value.cast(target, strict=False)
        if column.dtype == "integer":
            moved = pl.when(value.cast(pl.Float64) == moved.cast(pl.Float64)).then(moved)
        return moved, value.is_not_null()
    nulls = column.reading.nulls if column.reading else []
    if column.dtype == "string":
        is_present = value.is_not_null() & ~value.is_in(nulls)
        return pl.when(is_present).then(value), is_present
    is_present = value.is_not_null() & ~value.is_in([*NULL_TOKENS, *nulls]) & (value.str.len_bytes() > 0)
    read = pl.coalesce(parsed(value, reading) for reading in _readings_to_try(column)).cast(target)
    return pl.when(is_present).then(read), is_present


def _readings_to_try(column: ColumnSchema) -> list[Reading]:
    """Return the readings to try: that of the snapshot's source, then the standard one."""
    plain = Reading(dtype=column.dtype)
    match column.dtype:
        case "date" | "datetime":
            plain.formats = list(_ISO.formats("datetime"))
        case "time":
            plain.formats = list(FAMILIES[-1].formats("time"))
        case "boolean":
            plain.true, plain.false = ["true", "t", "yes", "y", "1"], ["false", "f", "no", "n", "0"]
        case "integer":
            plain.whole = True
        case _:
            pass
    return [column.reading, plain] if column.reading else [plain]


def _unread_rows(
    column: ColumnSchema, values: pl.DataFrame, rows: pl.Series, file: Path, *, is_required: bool
) -> list[int]:
    present = int(values["there"].sum())
    failed = rows.filter(values["there"].fill_null(value=False) & values["value"].is_null())
    if len(failed) > _MOST_FAILED * present:
        where = ", ".join(map(str, failed.head(5).to_list())) + (" …" if len(failed) > 5 else "")  # noqa: PLR2004
        raise SourceError(
            "RDX-SRC-018",
            f"{len(failed):,} of {counted(present, 'cell')} cannot be read as {THINGS[column.dtype]}",
            expected=f"{THINGS[column.dtype]}, as in the table",
            hint="correct the column in the file" + ("" if is_required else ", or omit it"),
            file=file.name,
            column=column.name,
            rows=where,
        )
    return list(map(int, failed.to_list()))
