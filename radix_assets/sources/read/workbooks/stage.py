"""Excel workbooks, whose columns already have types."""

import contextlib
import datetime as dt
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from radix_assets.sources.read.dialect import unique_names
from radix_assets.sources.read.files import Place, SourceFile
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import FILE, ROW, STAGED_FILE, Staged, position
from radix_assets.sources.read.text import no_rows
from radix_assets.sources.types.readings import cleaned
from radix_resources.errors import SourceError

_UNNAMED = "__UNNAMED__"
_EXACT = 2**53


def stage_workbook(source: FileSettings, files: Sequence[SourceFile], work: Path) -> Staged:
    """Stage one sheet of each workbook. Columns of text, and those of mixed types, are text to infer from.

    Raise SourceError RDX-SRC-004, RDX-SRC-005, RDX-SRC-008, RDX-SRC-010 (no such sheet).
    """
    staged = Staged(work / STAGED_FILE, [], [], [], [], files=[file.name for file in files], layout="workbook")
    frames: list[pl.DataFrame] = []
    for file in files:
        place = Place(source.table, file.name)
        staged.hashes.append(file.sha256)
        staged.size += file.size
        frame = _sheet(file.path.read_bytes(), source, place, staged)
        if frames and set(frame.columns) != set(frames[0].columns):
            raise SourceError(
                "RDX-SRC-008",
                f"the columns differ from those of {files[0].name}",
                expected="the same columns in all files of a table",
                hint="narrow the pattern, or declare the other files as a table of their own",
                **place.context(),
            )
        frames.append(frame)
    names = frames[0].columns
    for frame in frames:
        if frame.columns != names:
            frame.columns = [position(names.index(name)) for name in frame.columns]
        else:
            frame.columns = [position(index) for index in range(len(names))]
    places = frames[0].columns
    mixed = [place for place in places if len({frame.schema[place] for frame in frames}) > 1]
    whole = [place for place in places if all(_is_whole(frame[place]) for frame in frames)]
    days = [place for place in places if all(_is_day(frame[place]) for frame in frames)]
    frames = [
        frame.select(places).with_columns(
            pl.col(mixed).cast(pl.String), pl.col(whole).cast(pl.Int64), pl.col(days).cast(pl.Date)
        )
        for frame in frames
    ]
    _name(staged, pl.Schema(zip(names, frames[0].dtypes, strict=True)))
    staged.names = ["" if name.startswith(_UNNAMED) else name for name in staged.names]
    staged.unique = unique_names([name.strip() for name in staged.names], len(staged.names))
    staged.readings = [dtype == pl.String for dtype in frames[0].dtypes]
    staged.types = ["text" if text else kind for text, kind in zip(staged.readings, staged.types, strict=True)]
    staged.blank_lines = True
    lazy = []
    for number, frame in enumerate(frames):
        texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
        clean = frame.with_columns(cleaned(pl.col(texts), source.null_values)) if texts else frame
        lazy.append(_positioned(clean.lazy(), number))
    pl.concat(lazy, how="vertical_relaxed").sink_parquet(staged.path, compression="lz4")
    return staged


def _sheet(content: bytes, source: FileSettings, place: Place, staged: Staged) -> pl.DataFrame:
    import fastexcel

    with reading_errors(place), _quietly():
        workbook = fastexcel.read_excel(content)
    names = workbook.sheet_names
    sheet = source.sheet or (names[0] if names else "")
    if sheet not in names:
        raise SourceError(
            "RDX-SRC-010",
            f"there is no sheet {sheet!r}" if sheet else "the workbook has no sheet",
            expected=f"one of {', '.join(names)}" if names else "a sheet with a header and rows",
            hint="correct `sheet`, or omit it to read the first one",
            **place.context(),
        )
    if not source.sheet and len(names) > 1:
        staged.notes.append(f"read the first sheet, {sheet!r}; the workbook also has {', '.join(map(repr, names[1:]))}")
    with reading_errors(place), _quietly():
        frame: pl.DataFrame = workbook.load_sheet(sheet, schema_sample_rows=None).to_polars()
    if not frame.width or not frame.height:
        raise no_rows(place, frame.columns)
    return frame


def _is_whole(column: pl.Series) -> bool:
    """Return whether a column holds whole numbers, which a workbook stores as floats."""
    if column.dtype != pl.Float64:
        return column.dtype == pl.Int64
    present = column.drop_nulls()
    return len(present) > 0 and bool(((present == present.floor()) & (present.abs() <= _EXACT)).all())


def _is_day(column: pl.Series) -> bool:
    """Return whether a column holds dates, which a workbook stores as datetimes at midnight."""
    if not isinstance(column.dtype, pl.Datetime):
        return column.dtype == pl.Date
    present = column.drop_nulls()
    return len(present) > 0 and bool((present.dt.time() == dt.time()).all())


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Silence fastexcel, which warns of each cell that it reads as text; the column's type is inferred here anyway."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _positioned(frame: pl.LazyFrame, number: int) -> pl.LazyFrame:
    names = frame.collect_schema().names()
    return frame.rename({name: position(index) for index, name in enumerate(names)}).with_row_index(
        ROW, offset=1
    ).with_columns(pl.col(ROW).cast(pl.Int64), pl.lit(number, dtype=pl.Int32).alias(FILE))  # fmt: skip


def _name(staged: Staged, schema: pl.Schema) -> None:
    staged.names = list(schema)
    staged.unique = unique_names(staged.names, len(staged.names))
    # The name of an enumeration lists its values.
    staged.types = [
        dtype.base_type().__name__ if "Enum(" in (text := str(dtype)) else text for dtype in schema.values()
    ]
