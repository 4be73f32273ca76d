"""Delimited text: one or many files of the same shape become staged columns of text."""

import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from radix_assets.sources.read.dialect import ONE_COLUMN, Dialect, detect, is_regular, unique_names
from radix_assets.sources.read.encoding import require_text, to_utf8
from radix_assets.sources.read.files import Place, SourceFile
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import FILE, ROW, STAGED_FILE, Staged, position
from radix_assets.sources.types.readings import cleaned
from radix_resources.errors import EmptySourceError, SourceError

_MOST_EXTRA = 1_000


@dataclass
class _Text:
    """One text file, copied, with its encoding and layout."""

    path: Path
    place: Place
    encoding: str
    dialect: Dialect


def stage_text(source: FileSettings, files: Sequence[SourceFile], work: Path) -> Staged:
    """Stage delimited text files; every column is text.

    Raise SourceError RDX-SRC-004 (a header without rows), RDX-SRC-005 (not text, or it cannot be parsed),
    or RDX-SRC-008 (the files differ in their columns). The files are private copies, which are removed.
    """
    texts: list[_Text] = []
    staged = Staged(work / STAGED_FILE, [], [], [], [], blank_lines=True)
    for number, file in enumerate(files):
        place = Place(source.table, file.name)
        utf8 = work / f"{number}.txt"
        staged.hashes.append(file.sha256)
        staged.size += file.size
        encoding = to_utf8(file.path, utf8, source.encoding, place)
        file.path.unlink()
        require_text(utf8, place)
        dialect = detect(utf8, _delimiter(source, place))
        if dialect is None:
            raise SourceError(
                "RDX-SRC-003",
                "the file is empty: it holds blank lines only",
                expected="a header and rows",
                hint="write the file again, or remove it from the project file",
                **place.context(),
            )
        texts.append(_Text(_in_standard_form(utf8, dialect, place), place, encoding, dialect))
    staged.files = [file.name for file in files]
    _settle_columns(texts, staged)
    _write(texts, staged, source)
    return staged


def _delimiter(source: FileSettings, place: Place) -> str | None:
    mark = source.delimiter
    if mark is not None and (len(mark) != 1 or not mark.isascii()):
        raise SourceError(
            "RDX-SRC-009",
            f"the delimiter {mark!r} has {len(mark)} characters or is not ASCII",
            expected="one ASCII character, such as ',' or \"\\t\"",
            hint="correct `delimiter`, or omit it to have it detected",
            **place.context(),
        )
    return mark


def _in_standard_form(path: Path, dialect: Dialect, place: Place) -> Path:
    """Return the file itself, or a copy in standard form if quotation marks or line ends are irregular."""
    if not dialect.trimmed and is_regular(path, dialect.delimiter):
        return path
    return _rewritten(path, dialect, place)


def _rewritten(path: Path, dialect: Dialect, place: Place) -> Path:
    target = path.with_name(f"{path.name}.new")
    limit = csv.field_size_limit(min(sys.maxsize, 1 << 24))
    try:
        with path.open(encoding="utf-8", newline="") as file, target.open("w", encoding="utf-8", newline="") as out:
            reader = csv.reader(file, delimiter=dialect.delimiter, skipinitialspace=dialect.trimmed)
            csv.writer(out, delimiter=dialect.delimiter, lineterminator="\n").writerows(reader)
    except csv.Error:
        raise SourceError(
            "RDX-SRC-005",
            "a quotation mark is opened and never closed",
            expected="every quoted cell closed; a mark inside it doubled",
            hint="correct the quotation marks, or declare the `delimiter`",
            line=reader.line_num,
            **place.context(),
        ) from None
    finally:
        csv.field_size_limit(limit)
    path.unlink()
    return target


def _settle_columns(texts: list[_Text], staged: Staged) -> None:
    """Settle the column names; all files must have the same names, in any order."""
    first = texts[0]
    width = max(text.dialect.width for text in texts) if not first.dialect.header else first.dialect.width
    staged.names = [*first.dialect.header, *[""] * (width - len(first.dialect.header))]
    staged.unique = unique_names(first.dialect.header, width)
    for text in texts[1:]:
        names = unique_names(text.dialect.header, text.dialect.width)
        if set(names) != set(staged.unique):
            missing = [name for name in staged.unique if name not in names]
            more = [name for name in names if name not in staged.unique]
            raise SourceError(
                "RDX-SRC-008",
                f"the columns differ from those of {first.place.file}"
                + (f"; missing: {', '.join(missing[:5])}" if missing else "")
                # Not by name: in a file without a header these are the values of its first row.
                + (f"; {len(more)} unknown" if more else ""),
                expected="the same columns in all files of a table",
                hint="narrow the pattern, or declare the other files as a table of their own",
                **text.place.context(),
            )


def _write(texts: list[_Text], staged: Staged, source: FileSettings) -> None:
    place = Place(source.table, source.path)
    extra = 1
    while True:
        rows, filled = _parse_either_way(texts, staged, source, extra, place)
        if not any(filled) or extra >= _MOST_EXTRA or (not filled[-1] and extra > 1):
            break
        extra = min(extra * 8, _MOST_EXTRA)
    if not rows:
        raise no_rows(place, staged.unique)
    _adopt_overflow(staged, rows, filled)
    staged.types = ["text"] * len(staged.unique)
    staged.readings = [True] * len(staged.unique)
    delimiters = {text.dialect.delimiter for text in texts}
    staged.delimiter = min(delimiters)
    marks = {"\t": "tab", ONE_COLUMN: "none"}
    staged.layout = (
        f"{' and '.join(sorted({text.encoding for text in texts}))}, delimiter "
        + " and ".join(sorted(marks.get(mark, mark) for mark in delimiters))
        + ("" if texts[0].dialect.header else ", no header")
    )


def _parse_either_way(
    texts: list[_Text], staged: Staged, source: FileSettings, extra: int, place: Place
) -> tuple[int, list[int]]:
    """Parse the files; if the fast parser fails, parse copies that the standard library has rewritten."""
    with reading_errors(place):
        try:
            return _parse(texts, staged, source, extra)
        except pl.exceptions.PolarsError:
            for text in texts:
                text.path = _rewritten(text.path, text.dialect, text.place)
            return _parse(texts, staged, source, extra)


def _parse(texts: list[_Text], staged: Staged, source: FileSettings, extra: int) -> tuple[int, list[int]]:
    """Write the staged rows. Return their number, and the number of cells in each column beyond the last."""
    frames = [_rows(text, staged.unique, extra, source, number) for number, text in enumerate(texts)]
    pl.concat(frames).sink_parquet(staged.path, compression="lz4")
    overflow = pl.col([f"x{number}" for number in range(extra)]).count()
    counts = pl.scan_parquet(staged.path).select(pl.len(), overflow).collect(engine="streaming").row(0)
    return counts[0], list(counts[1:])


def _rows(text: _Text, names: list[str], extra: int, source: FileSettings, number: int) -> pl.LazyFrame:
    """Return one file's rows, in the order of the table's columns, with the cells beyond the last column."""
    own = unique_names(text.dialect.header, len(names))
    places = {name: position(index) for index, name in enumerate(names)}
    columns = [*(places[name] for name in own), *(f"x{index}" for index in range(extra))]
    frame = pl.scan_csv(
        text.path,
        has_header=False,
        separator=text.dialect.delimiter,
        skip_rows=text.dialect.skip,
        schema=dict.fromkeys(columns, pl.String()),
        missing_columns="insert",
        extra_columns="ignore",
        truncate_ragged_lines=True,
        raise_if_empty=False,
        infer_schema=False,
        glob=False,
    )
    return frame.select(cleaned(pl.all(), source.null_values)).with_row_index(ROW, offset=1).select(
        *(pl.col(position(index)) for index in range(len(names))),
        *(pl.col(f"x{index}") for index in range(extra)),
        pl.col(ROW).cast(pl.Int64),
        pl.lit(number, dtype=pl.Int32).alias(FILE),
    )  # fmt: skip


def _adopt_overflow(staged: Staged, rows: int, filled: list[int]) -> None:
    """Make columns of cells beyond the header if most rows have them; else mark them as overflow."""
    last = max((index for index, number in enumerate(filled) if number), default=-1)
    if last < 0:
        return
    if filled[0] * 2 > rows:
        names = unique_names([*staged.unique, *[""] * (last + 1)], len(staged.unique) + last + 1)
        old = len(staged.unique)
        renamed = {f"x{index}": position(old + index) for index in range(last + 1)}
        target = staged.path.with_suffix(".wider")
        pl.scan_parquet(staged.path).rename(renamed).sink_parquet(target, compression="lz4")
        target.replace(staged.path)
        staged.names += [""] * (last + 1)
        staged.unique = names
    else:
        staged.overflow = [f"x{index}" for index in range(last + 1)]


def no_rows(place: Place, columns: Sequence[str]) -> EmptySourceError:
    """Return the error for a table without rows."""
    return EmptySourceError(
        "RDX-SRC-004",
        # Not by name: the supposed header may be the only row of data.
        f"there is a header of {len(columns):,} column{'s' * (len(columns) != 1)} and no row"
        if columns
        else "there are neither columns nor rows",
        expected="at least one row",
        hint="fill the source, or remove the table from the project file",
        **place.context(),
    )
