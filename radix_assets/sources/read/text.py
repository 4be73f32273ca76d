"""Delimited text: one or many files of the same shape become staged columns of text."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from radix_assets.sources.read.delimited.formulas import warnings_of_formulas, without_formulas
from radix_assets.sources.read.delimited.pages import PageLines, without_page_lines
from radix_assets.sources.read.delimited.prose import require_table
from radix_assets.sources.read.delimited.report import FileReport, described, shown, warnings_of
from radix_assets.sources.read.delimited.rows import Rows, regular_form
from radix_assets.sources.read.delimited.ruled import without_rules
from radix_assets.sources.read.delimited.stack import Stack, choose_section
from radix_assets.sources.read.dialect import Dialect, Overrides, detect, unique_names
from radix_assets.sources.read.encoding import Decoded, to_utf8
from radix_assets.sources.read.files import SourceFile
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.overrides import overrides_of
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import FILE, ROW, STAGED_FILE, Reject, Staged, TextRows, position
from radix_assets.sources.types.readings import cleaned
from radix_resources.errors import EmptySourceError, SourceError

_MOST_EXTRA = 1_000
_PIECE, _PIECES = 1 << 13, 16
"""Bytes of a piece of a file for a sample of its rows, and how many pieces."""
_FIRST_ROWS = 1_000
_SAMPLED = 16
"""Files of a table from which rows are sampled."""


@dataclass
class _Text:
    """One text file, copied, with its encoding and structure."""

    place: Place
    decoded: Decoded
    dialect: Dialect
    rows: Rows
    stack: Stack
    pages: PageLines
    formulas: int
    """Texts written as formulas."""


def stage_text(source: FileSettings, files: Sequence[SourceFile], work: Path) -> Staged:
    """Stage delimited text files; every column is text.

    Raise SourceError RDX-SRC-003 (blank lines only), RDX-SRC-004 (a header without rows), RDX-SRC-005 (not text, or no
    table), RDX-SRC-008 (the files differ in their columns), or RDX-SRC-009 (a setting that cannot be). The files
    are private copies, which are removed.
    """
    staged = Staged(work / STAGED_FILE, [], [], [], [], blank_lines=True)
    overrides = overrides_of(source)
    texts: list[_Text] = []
    for number, file in enumerate(files):
        place = Place(source.table, file.name)
        staged.hashes.append(file.sha256)
        staged.size += file.size
        texts.append(_text(file, work / f"{number}", source, overrides, place))
    staged.files = [file.name for file in files]
    _settle_columns(texts, staged)
    _write(texts, staged, source)
    _describe(texts, staged)
    return staged


def _text(file: SourceFile, work: Path, source: FileSettings, overrides: Overrides, place: Place) -> _Text:
    raw = file.path
    decoded = to_utf8(raw, work.with_suffix(".txt"), source.encoding, place)
    if decoded.path != raw:
        raw.unlink()
    if overrides.delimiter in {None, "|"}:
        without_rules(decoded.path)
    formulas = without_formulas(decoded.path)
    pages = without_page_lines(decoded.path)
    stack = choose_section(decoded.path, file.inside, overrides, place)
    dialect = detect(decoded.path, None, overrides)
    if dialect is None:
        raise SourceError(
            "RDX-SRC-003",
            "the file is empty: it holds blank lines only",
            expected="a header and rows",
            hint="write the file again, or leave it out",
            **place.context(),
        )
    if overrides.delimiter is None:
        require_table(decoded.path, dialect, place)
    declared = overrides.comment is not None
    rows = regular_form(decoded.path, work.with_suffix(".rows"), dialect, declared_comment=declared)
    return _Text(place, decoded, dialect, rows, stack, pages, formulas)


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
    extra = min(_MOST_EXTRA, max(text.rows.extra for text in texts))
    frames = [_frame(text, staged.unique, extra, source, number) for number, text in enumerate(texts)]
    rows = sum(text.rows.rows for text in texts)
    if not rows:
        raise no_rows(place, staged.unique)
    with reading_errors(place):
        if extra:
            pl.concat(frames).with_columns(cleaned(pl.exclude(ROW, FILE), [])).sink_parquet(
                staged.path, compression="lz4"
            )
            _adopt_overflow(staged, rows, extra)
        else:
            some = texts[:: max(1, len(texts) // _SAMPLED)]
            staged.text = TextRows(
                pl.concat(frames),
                rows,
                lambda: pl.concat([_sample(text, staged.unique, source) for text in some]),
            )
    staged.types = ["text"] * len(staged.unique)
    staged.readings = [True] * len(staged.unique)
    delimiters = {text.dialect.grammar.delimiter for text in texts}
    staged.delimiter = min(delimiters)
    staged.layout = (
        f"{' and '.join(sorted({text.decoded.encoding for text in texts}))}, delimiter "
        + " and ".join(sorted(map(shown, delimiters)))
        + ("" if texts[0].dialect.header else ", no header")
    )


def _sample(text: _Text, names: list[str], source: FileSettings) -> pl.DataFrame:
    """Return rows from all over one file, or its first rows if the pieces of it divide cells with line breaks."""
    with text.rows.path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        for _ in range(text.rows.skip_lines):
            file.readline()
        first = file.tell()
        pieces = []
        for start in range(first, size, max(_PIECE, (size - first) // _PIECES)):
            file.seek(start)
            if start > first:
                file.readline()
            pieces.append((file.read(_PIECE) + file.readline()).rstrip(b"\n"))
    columns = pl.col([position(index) for index in range(len(names))])
    lines = b"\n".join(piece for piece in pieces if piece)
    try:
        sample = _scan(lines, text, names, 0, 0).collect()
    except pl.exceptions.PolarsError:
        sample = _scan(text.rows.path, text, names, 0, text.rows.skip_lines).head(_FIRST_ROWS).collect()
    return sample.select(cleaned(columns, source.null_values))


def _frame(text: _Text, names: list[str], extra: int, source: FileSettings, number: int) -> pl.LazyFrame:
    """Return one file's rows, in the order of the table's columns, with the cells beyond the last column."""
    frame = _scan(text.rows.path, text, names, extra, text.rows.skip_lines)
    if source.null_values:
        frame = frame.select(cleaned(pl.all(), source.null_values))
    return frame.with_row_index(ROW, offset=1).select(
        *(pl.col(position(index)) for index in range(len(names))),
        *(pl.col(f"x{index}") for index in range(extra)),
        pl.col(ROW).cast(pl.Int64),
        pl.lit(number, dtype=pl.Int32).alias(FILE),
    )  # fmt: skip


def _scan(place: Path | bytes, text: _Text, names: list[str], extra: int, skip_lines: int) -> pl.LazyFrame:
    """Return the rows of a file or of a part of it as text."""
    own = unique_names(text.dialect.header, len(names))
    places = {name: position(index) for index, name in enumerate(names)}
    columns = [*(places[name] for name in own), *(f"x{index}" for index in range(extra))]
    return pl.scan_csv(
        place,
        has_header=False,
        separator=text.rows.delimiter,
        quote_char='"' if text.dialect.grammar.quote or text.rows.skip_lines == 0 else None,
        skip_lines=skip_lines,
        schema=dict.fromkeys(columns, pl.String()),
        missing_columns="insert",
        extra_columns="ignore",
        truncate_ragged_lines=True,
        raise_if_empty=False,
        infer_schema=False,
        glob=False,
    )


def _adopt_overflow(staged: Staged, rows: int, extra: int) -> None:
    """Make columns of cells beyond the header if most rows have them; else mark them as overflow."""
    counts = pl.scan_parquet(staged.path).select(pl.col([f"x{number}" for number in range(extra)]).count())
    filled = counts.collect(engine="streaming").row(0)
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


def _describe(texts: list[_Text], staged: Staged) -> None:
    """Note the dialect, warnings and what was set aside."""
    several = len(texts) > 1
    described_files = []
    for number, text in enumerate(texts):
        own = unique_names(text.dialect.header, len(staged.unique))
        report = FileReport(
            text.place.file if several else "", text.decoded, text.dialect, text.rows.events, text.rows.last_line
        )
        described_files.append(described(report))
        staged.warnings += warnings_of_formulas(text.formulas)
        staged.warnings += [*text.stack.warnings(report.file), *warnings_of(report, text.pages.lines)]
        staged.rejects += [
            Reject(cell.row, number, staged.unique.index(own[cell.column]), cell.text, f"not {text.decoded.encoding}")
            for cell in text.rows.bad
            if cell.column < len(own)
        ]
        staged.rejects += [
            Reject(text.rows.rows + place, number, None, text.dialect.grammar.join(record.cells), "below the rows")
            for place, record in text.dialect.numbered_footer()
        ]
        staged.rejects += [Reject(each.row, number, None, each.text, each.reason) for each in text.rows.aside]
        staged.rejects += [Reject(line, number, None, each, "a line of a page") for line, each in text.pages.lines]
        staged.rejects += [Reject(line, number, None, each, "another table") for line, each in text.stack.aside]
    staged.dialect = dict(described_files[0])
    others = {
        text.place.file: other
        for text, other in zip(texts[1:], described_files[1:], strict=True)
        if {key: other[key] for key in _SAME} != {key: staged.dialect[key] for key in _SAME}
    }
    if others:
        staged.dialect["files"] = others


_SAME = ("encoding", "delimiter", "quote", "escape", "header_lines", "first_row")


def no_rows(place: Place, columns: Sequence[str]) -> EmptySourceError:
    """Return the error for a table without rows."""
    return EmptySourceError(
        "RDX-SRC-004",
        # Not by name: the supposed header may be the only row of data.
        f"there is a header of {len(columns):,} column{'s' * (len(columns) != 1)} and no row"
        if columns
        else "there are neither columns nor rows",
        expected="at least one row",
        hint="fill the source, or leave the table out",
        **place.context(),
    )
