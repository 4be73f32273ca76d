"""Read JSON lines of flat records fast: lines of one shape are taken apart by one expression, all at once.

A shape is the names of a record in their order, with plain values: numbers, truth values, null, and text without
escapes. Whatever has no shape is decoded by itself, as all records are; and where a line is not exactly one record,
nothing is read here. So the result is that of decoding each line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from radix_assets.sources.read.files import SourceFile
from radix_assets.sources.read.records.columns import MOMENT, NUMERIC, Column, Columns, is_float
from radix_assets.sources.read.records.decode import Number, Repeated, decoder
from radix_assets.sources.read.staging import FILE, ROW

_BLOCK: Final = 8 << 20
_MOST_SHAPES: Final = 8
_LEAST: Final = 0.5
"""Share of the lines of the first block that must have a shape."""
_VALUE: Final = r'("[^"\\\x00-\x1f]*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)'
_NAME: Final = re.compile(r"[\w .@/$:#-]+", re.ASCII)
_LISTED: Final = re.compile(rb"[\[,]\s*\{")
_LINE, _CELL = "line", "cell"
_MOST_DIGITS: Final = 4_000
"""Python decodes hardly longer integers."""
_MOST_COLUMNS: Final = 5_000


class NotPlain(Exception):  # noqa: N818 it is no error: the lines are decoded one by one
    """A line is not exactly one record, or holds what only decoding tells."""


@dataclass(frozen=True)
class _Shape:
    names: tuple[str, ...]
    pattern: str

    @classmethod
    def of(cls, record: Any) -> "_Shape | None":
        """Return the shape of a record; None if its names cannot be part of a pattern."""
        if not isinstance(record, dict) or type(record) is Repeated or not record:
            return None
        if not all(_NAME.fullmatch(name) for name in record):
            return None
        fields = r"[ \t]*,[ \t]*".join(rf'"{re.escape(name)}"[ \t]*:[ \t]*{_VALUE}' for name in record)
        return cls(tuple(record), rf"^\{{[ \t]*{fields}[ \t]*\}}$")


def holds_lists_of_records(path: Path) -> bool:
    """Return whether JSON lines may hold a list of objects: they do not without an opening brace as an element."""
    with path.open("rb") as file:
        return any(b"[" in block and _LISTED.search(block) is not None for block in _blocks(file))


def _blocks(file: Any) -> Iterator[bytes]:
    """Yield whole lines of a file."""
    rest = b""
    while block := file.read(_BLOCK):
        end = block.rfind(b"\n") + 1
        if end:
            yield rest + block[:end]
            rest = block[end:]
        else:
            rest += block
    if rest:
        yield rest


@dataclass
class Lines:
    """The lines of files as rows of text, written in batches."""

    work: Path
    columns: Columns
    files: list[Path] = field(default_factory=list)
    _shapes: list[_Shape] = field(default_factory=list)

    def read(self, files: Sequence[SourceFile]) -> None:
        """Read all lines. Raise NotPlain if that would not give what decoding each line gives."""
        for number, source in enumerate(files):
            row = 0
            with source.path.open("rb") as file:
                for block in _blocks(file):
                    row += self._add(block, row, number)

    def _add(self, block: bytes, row: int, number: int) -> int:
        """Add the lines of a block that follows so many lines; return how many it has."""
        block = block.replace(b"\r\n", b"\n")
        if b"\r" in block:
            raise NotPlain
        try:
            lines = block.decode().removesuffix("\n").split("\n")
        except UnicodeDecodeError:
            raise NotPlain from None
        frame = pl.DataFrame({_LINE: lines}).select(
            pl.col(_LINE).str.strip_chars(), pl.int_range(row + 1, row + 1 + pl.len(), dtype=pl.Int64).alias(ROW)
        )
        left = frame.filter(pl.col(_LINE) != "")
        present = left.height
        shaped: list[tuple[int, _Shape, pl.DataFrame]] = []
        for place in range(_MOST_SHAPES):
            if left.is_empty() or (place == len(self._shapes) and not self._learn(left[_LINE][0])):
                break
            shape = self._shapes[place]
            parts = left[_LINE].str.extract_groups(shape.pattern).struct.unnest()
            matches = parts.to_series(0).is_not_null()
            if matches.any():
                taken = parts.filter(matches).with_columns(left.filter(matches)[ROW])
                shaped.append((taken[ROW][0], shape, taken))
                left = left.filter(~matches)
        if not self.files and left.height > (1 - _LEAST) * present:
            raise NotPlain
        decoded = [(int(at), _record(line)) for line, at in left.iter_rows()]
        self._write(shaped, decoded, number)
        return len(lines)

    def _learn(self, line: str) -> bool:
        """Take the shape of a line into account; return whether it has one that is new."""
        try:
            shape = _Shape.of(decoder().decode(line))
        except (ValueError, RecursionError):
            raise NotPlain from None
        if shape is None or shape in self._shapes:
            return False
        self._shapes.append(shape)
        return True

    def _write(
        self, shaped: list[tuple[int, _Shape, pl.DataFrame]], decoded: list[tuple[int, dict[str, Any]]], number: int
    ) -> None:
        events: list[tuple[int, Any]] = [(at, shape) for at, shape, _ in shaped]
        rows: list[dict[str, Any]] = []
        # Columns are in the order in which they first appear.
        for at, item in sorted([*events, *decoded], key=lambda event: event[0]):
            if isinstance(item, _Shape):
                for name in item.names:
                    self.columns.column((name,))
                continue
            texts: dict[str, str] = {}
            self.columns.flatten(item, texts)
            rows.append({ROW: at, **texts})
        every = self.columns.by_path.values()
        if self.columns.set_aside or len(every) > _MOST_COLUMNS or any("records" in column.kinds for column in every):
            raise NotPlain
        frames = [
            pl.DataFrame([parts[ROW], *(self._texts(parts, place, name) for place, name in enumerate(shape.names))])
            for _, shape, parts in shaped
        ]
        if rows:
            names = dict.fromkeys(name for row in rows for name in row)
            schema = {name: pl.Int64 if name == ROW else pl.String for name in names}
            frames.append(pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, schema=schema))
        if not frames:
            return
        frame = pl.concat(frames, how="diagonal").sort(ROW) if len(frames) > 1 else frames[0]
        frame = frame.with_columns(pl.lit(number, dtype=pl.Int32).alias(FILE))
        self.files.append(self.work / f"records_{len(self.files)}.parquet")
        frame.write_parquet(self.files[-1], compression="lz4")

    def _texts(self, parts: pl.DataFrame, place: int, name: str) -> pl.Series:
        column = self.columns.column((name,))
        return _texts_of(parts.to_series(place), column).alias(column.position)


def _record(line: str) -> dict[str, Any]:
    try:
        value = decoder().decode(line)
    except (ValueError, RecursionError):
        raise NotPlain from None
    if not isinstance(value, dict):
        raise NotPlain
    return value


def _texts_of(cells: pl.Series, column: Column) -> pl.Series:
    """Return the texts of plain values, which are written as in JSON; note their kinds in the column."""
    cell = pl.col(_CELL)
    frame = cells.alias(_CELL).to_frame()
    is_text, is_flag, is_null = frame.select(
        cell.str.starts_with('"').alias("text"),
        (cell.str.starts_with("t") | cell.str.starts_with("f")).alias("flag"),
        cell.str.starts_with("n").alias("null"),
    ).get_columns()
    is_number = ~(is_text | is_flag | is_null)
    if is_flag.any():
        column.kinds.add("boolean")
    if is_text.any():
        texts = frame.lazy().filter(is_text) if not is_text.all() else frame.lazy()
        texts_only = texts.select(_without_quotes(cell)).collect().to_series()
        _note_texts(texts_only, column)
        if is_text.all():
            return texts_only
    if is_number.any():
        numbers = frame.filter(is_number)[_CELL] if not is_number.all() else frame[_CELL]
        _note_numbers(numbers, column)
        if is_number.all() and not (numbers == "-0").any():
            return numbers
    return frame.select(
        pl.when(is_text).then(_without_quotes(cell)).when(cell == "-0").then(pl.lit("0")).when(~is_null).then(cell)
    ).to_series()


def _without_quotes(cell: pl.Expr) -> pl.Expr:
    return cell.str.strip_prefix('"').str.strip_suffix('"')


def _note_texts(texts: pl.Series, column: Column) -> None:
    if {"moment", "text"} <= column.kinds:
        return
    present = texts.filter(texts != "").unique().alias(_CELL).to_frame()
    text = pl.col(_CELL)
    is_moment = present.select(
        text.str.contains(f"^(?:{MOMENT.pattern})") & ~text.str.contains(f"^(?:{NUMERIC.pattern})$")
    ).to_series()
    if is_moment.any():
        column.kinds.add("moment")
    if not is_moment.all():
        column.kinds.add("text")


def _note_numbers(tokens: pl.Series, column: Column) -> None:
    frame, cell = tokens.alias(_CELL).to_frame(), pl.col(_CELL)
    fraction = cell.str.contains("[.eE]")
    whole = frame.filter(~fraction)[_CELL]
    if len(whole):
        integers = whole.cast(pl.Int64, strict=False)
        longer = whole.filter(integers.is_null())
        if len(longer) and (longer.str.len_bytes().max() or 0) > _MOST_DIGITS:  # type: ignore[operator]
            raise NotPlain
        for value in (integers.min(), integers.max(), *map(int, longer.unique().to_list())):
            if value is not None:
                column.note_integer(int(value))  # type: ignore[arg-type]
    if len(whole) == len(tokens) or {"float", "decimal"} <= column.kinds:
        return
    is_short = (cell.str.len_bytes() <= 15) & ~cell.str.contains("[eE]")  # noqa: PLR2004 as `is_float`
    is_printed = cell.cast(pl.Float64, strict=False).cast(pl.String) == cell
    fractions = frame.filter(fraction)
    others = fractions.filter(~(is_short | is_printed))[_CELL].unique()
    if len(others) < fractions.height:
        column.kinds.add("float")
    for text in others:
        column.kinds.add("float" if is_float(Number(text)) else "decimal")
        if {"float", "decimal"} <= column.kinds:
            break
