"""Stage one list of records: its own fields, flattened, and the keys of the records that it is inside of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from radix_assets.sources.read.dialect import unique_names
from radix_assets.sources.read.files import SourceFile
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.records.columns import NOT_UNICODE, REPEATED, Column, Columns
from radix_assets.sources.read.records.decode import LINES, MOST_REJECTS, NOT_JSON, Decoded, decode
from radix_assets.sources.read.records.documents import Documents, Reader
from radix_assets.sources.read.records.keys import KeyFinder, unused
from radix_assets.sources.read.records.lines import Lines, NotPlain
from radix_assets.sources.read.records.tree import Pointer, descend, parse, record_of, render
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import FILE, ROW, STAGED_FILE, Reject, Staged, position
from radix_assets.sources.schema import Declared, ForeignKey, ReadWarning
from radix_assets.sources.types.readings import cleaned
from radix_resources.errors import SourceError

_BATCH: Final = 20_000
_MOST_COLUMNS: Final = 5_000
_SET_ASIDE: Final = {
    NOT_JSON: ("not_json", "line"),
    NOT_UNICODE: ("not_unicode", "value"),
    REPEATED: ("repeated_names", "value"),
}

Typed = Mapping[tuple[str, ...], tuple[Callable[[pl.Expr], pl.Expr], str]]
"""By path, the conversion of the text of a column whose type the source declares, and that type."""


@dataclass
class _Batches:
    """Rows of text, written in batches so that memory stays bounded."""

    work: Path
    columns: Columns
    rows: list[dict[str, str]] = field(default_factory=list)
    keys: list[tuple[Any, ...]] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    levels: int = 0

    def add(self, row: dict[str, str], keys: tuple[Any, ...], place: tuple[int, int]) -> None:
        self.rows.append(row)
        self.keys.append(keys)
        self.places.append(place)
        self.levels = max(self.levels, len(keys))
        if len(self.rows) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the rows that are in memory."""
        names = [column.position for column in self.columns.by_path.values()]
        data: dict[str, Any] = {name: [row.get(name) for row in self.rows] for name in names}
        for level in range(self.levels):
            data[f"k{level}"] = [str(keys[level]) if level < len(keys) else None for keys in self.keys]
        frame = pl.DataFrame(data, schema=dict.fromkeys(data, pl.String)).with_columns(
            pl.Series(ROW, [row for _, row in self.places], dtype=pl.Int64),
            pl.Series(FILE, [number for number, _ in self.places], dtype=pl.Int32),
        )
        self.files.append(self.work / f"records_{len(self.files)}.parquet")
        frame.write_parquet(self.files[-1], compression="lz4")
        self.rows, self.keys, self.places = [], [], []

    def scan(self) -> pl.LazyFrame:
        """Return all rows; a column that a batch does not have is null."""
        if self.rows or not self.files:
            self.flush()
        names = [column.position for column in self.columns.by_path.values()]
        keys = [f"k{level}" for level in range(self.levels)]
        schema = dict.fromkeys([*names, *keys], pl.String) | {ROW: pl.Int64, FILE: pl.Int32}
        return pl.scan_parquet(self.files, glob=False, schema=schema, missing_columns="insert")


def stage_records(
    source: FileSettings, files: Sequence[SourceFile], work: Path, reader: Reader, typed: Typed | None = None
) -> Staged:
    """Stage a list of records: the one that `part` names, or the only one.

    Raise SourceError RDX-SRC-005, RDX-SRC-031 (no such list), RDX-SRC-033 (several lists, and none is named) or
    RDX-SRC-034 (a document too large to decode as a whole).
    """
    pointer = parse(files[0].inside)
    notes = Decoded()
    documents = Documents(source, files, pointer, reader)
    opened = documents.root(0, notes)
    below = pointer[len(opened.pointer) :] if pointer else ()
    finder = KeyFinder(documents.name)
    plain = _plain_lines(documents, files, work, notes) if not pointer and reader is decode else None
    batches = plain or _Batches(work, Columns())
    if below:
        for number in range(len(files)):
            for _, record in documents.records(number, Decoded()):
                finder.add(record)
    if plain is None:
        _read(documents, files, batches, finder, below, notes)
    staged = _staged(files, batches, finder, opened.pointer, below, typed or {}, notes)
    staged.rejects += notes.rejects
    staged.layout, staged.dialect["format"] = notes.layout, notes.layout.lower()
    beside = opened.beside
    if beside:
        staged.dialect["not_read"] = list(beside)
        staged.notes.append(f"beside the records there is {', '.join(beside)}, which is not read")
    if notes.header and not below:
        staged.dialect["header"] = {"confidence": 0.95 if notes.is_header_sure else 0.7, "evidence": "the first array"}
    staged.warnings += _warnings(notes, is_header_unsure=bool(notes.header) and not notes.is_header_sure)
    return staged


def _plain_lines(documents: Documents, files: Sequence[SourceFile], work: Path, notes: Decoded) -> _Batches | None:
    """Return the rows of JSON lines of flat records; None if they are to be decoded one by one."""
    layouts = {notes.layout}
    for number in range(1, len(files)):
        own = Decoded()
        documents.root(number, own)
        layouts.add(own.layout)
    if layouts != {LINES}:
        return None
    lines = Lines(work, Columns())
    try:
        lines.read(files)
    except NotPlain:
        return None
    return _Batches(work, lines.columns, files=lines.files)


def _warnings(notes: Decoded, *, is_header_unsure: bool) -> Iterator[ReadWarning]:
    for reason, count in notes.counts.items():
        code, what = _SET_ASIDE.get(reason, ("other_elements", "element"))
        message = f"{count:,} {what}{'s are' if count != 1 else ' is'} set aside: {reason}"
        if count > MOST_REJECTS:
            message += f"; the text of the first {MOST_REJECTS:,} is kept"
        yield ReadWarning(code=code, message=message, lines=notes.rows[reason], count=count)
    if is_header_unsure:
        yield ReadWarning(
            code="ambiguous_header",
            message="the first array is read as the names of the columns, though all cells below are text as well",
            lines=[1],
        )


def _read(
    documents: Documents,
    files: Sequence[SourceFile],
    batches: _Batches,
    finder: KeyFinder,
    below: Pointer,
    notes: Decoded,
) -> None:
    """Add the rows of the list at `below` of each outermost record; of the records themselves if it is empty."""
    total = 0
    for number, file in enumerate(files):
        place = Place(documents.source.table, file.name)
        for row, record in documents.records(number, notes):
            total += 1
            if not below:
                finder.add(record)
                _add(batches, record, (total,), (number, row), place, notes)
                continue
            key = total if finder.key is None else record[finder.key]
            for keys, item in descend(record, below, (key,)):
                _add(batches, record_of(item), keys, (number, row), place, notes)


def _add(
    batches: _Batches,
    record: Mapping[str, Any],
    keys: tuple[Any, ...],
    origin: tuple[int, int],
    place: Place,
    notes: Decoded,
) -> None:
    row: dict[str, str] = {}
    columns = batches.columns
    columns.flatten(record, row)
    if columns.set_aside:
        for path, text, reason in columns.set_aside:
            # The column's place in the table is known at the end; until then it is its place among all paths.
            notes.set_aside(Reject(origin[1], origin[0], columns.column(path).index, text, reason))
        columns.set_aside.clear()
    if len(batches.columns.by_path) > _MOST_COLUMNS:
        raise SourceError(
            "RDX-SRC-005",
            f"the records have more than {_MOST_COLUMNS:,} different fields",
            expected="records with the same fields",
            hint="names that are values (dates, ids) belong into a field of their own",
            **place.context(),
        )
    batches.add(row, keys, origin)


def _staged(
    files: Sequence[SourceFile],
    batches: _Batches,
    finder: KeyFinder,
    outer: Pointer,
    below: Pointer,
    typed: Typed,
    notes: Decoded,
) -> Staged:
    frame = batches.scan()
    every = list(batches.columns.by_path.values())
    children = [column for column in every if column.is_child()]
    fields = [column for column in every if not column.is_child() and not _is_parent(column, every)]
    taken = {column.name for column in fields}
    keys, declared = _keys(finder, below, batches.levels, taken, has_children=bool(children))
    converted: list[pl.Expr] = [pl.col(f"k{level}").cast(dtype) for level, _, dtype in keys]
    names, types, readings = [name for _, name, _ in keys], ["key"] * len(keys), [False] * len(keys)
    warnings = []
    for column in fields:
        expression, infer, kind = column.settle()
        if column.path in typed:
            change, kind = typed[column.path]
            expression, infer = change(pl.col(column.position)), False
        converted.append(cleaned(expression, []) if infer else expression)
        names.append(column.name)
        types.append(kind)
        readings.append(infer)
        if column.is_mixed():
            warnings.append(
                ReadWarning(
                    code="mixed_types",
                    message=f"the field {column.name!r} has values of several types ({kind}); it is read as text",
                    column=column.name,
                )
            )
    staged = Staged(
        batches.work / STAGED_FILE,
        names=names,
        unique=unique_names(names, len(names)),
        types=types,
        readings=readings,
        files=[file.name for file in files],
        hashes=[file.sha256 for file in files],
        size=sum(file.size for file in files),
        dropped={
            column.name: f"its records are a table of their own: part {render((*outer, *below, *column.path))}"
            for column in children
        },
        declared=declared,
        warnings=warnings,
    )
    places = {column.index: len(keys) + place for place, column in enumerate(fields)}
    # A value without a column of its own, since its place is an object or a list elsewhere, is shown beside the first.
    notes.rejects = [
        reject if reject.column is None else replace(reject, column=places.get(reject.column, 0))
        for reject in notes.rejects
    ]
    staged.frame = frame.select(
        *(expression.alias(position(index)) for index, expression in enumerate(converted)), ROW, FILE
    )
    return staged


def _is_parent(column: Column, every: Sequence[Column]) -> bool:
    """Return whether a column without a value is an object elsewhere, so that its fields are the columns."""
    if column.kinds:
        return False
    size = len(column.path)
    return any(len(other.path) > size and other.path[:size] == column.path for other in every)


def _keys(
    finder: KeyFinder, below: Pointer, levels: int, taken: set[str], *, has_children: bool
) -> tuple[list[tuple[int, str, Any]], Declared]:
    """Return the level, name and type of the columns of keys, and the keys that are declared."""
    if not below:
        if not has_children:
            return [], Declared()
        if finder.key is not None:
            return [], Declared(primary_key=[finder.key])
        name = finder.column(taken)
        return [(0, name, pl.Int64)], Declared(primary_key=[name])
    root = finder.column(taken)
    is_whole = finder.key is None or all(type(value) is int for value in finder.candidates[finder.key])
    dtype = pl.Int64 if is_whole else pl.String
    if is_whole and finder.key and any(not -(1 << 63) <= value < 1 << 63 for value in finder.candidates[finder.key]):
        dtype = pl.String
    columns: list[tuple[int, str, Any]] = [(0, root, dtype)]
    above = below[:-1][-(levels - 2) :] if levels > 2 else ()  # noqa: PLR2004 the root's key and the position
    for level, token in enumerate(above, start=1):
        columns.append((level, unused(f"{token}_position", taken | {name for _, name, _ in columns}), pl.Int64))
    columns.append((levels - 1, unused("position", taken), pl.Int64))
    names = [name for _, name, _ in columns]
    if above:
        parent, parent_columns = "_".join((finder.table, *below[:-1])), [*names[:-2], "position"]
    else:
        parent, parent_columns = finder.table, [finder.key or root]
    foreign = ForeignKey(columns=names[:-1], parent=parent, parent_columns=parent_columns)
    return columns, Declared(primary_key=names, foreign_keys=[foreign])
