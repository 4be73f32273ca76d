"""Parquet files, and what was rewritten as such: columns that already have types."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from polars import selectors as cs

from radix_assets.sources.read.arrow_types import (
    INFER,
    columns_of_odd_fractions,
    is_uuid,
    needs_arrow,
    plain_parquet,
    uuid_text,
)
from radix_assets.sources.read.dialect import unique_names
from radix_assets.sources.read.files import SourceFile
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import FILE, ROW, STAGED_FILE, Staged, position
from radix_assets.sources.schema import ReadWarning
from radix_resources.errors import SourceError

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_HEX_BYTES = 64
"""Bytes up to which binary values are written as text."""
_FILE_PATH, _ROW_INDEX = "radix:path", "radix:row"


@dataclass(frozen=True)
class Scan:
    """A local Parquet file, of types that Polars reads."""

    path: Path
    schema: pl.Schema
    rows: int
    uuids: frozenset[str]
    """Columns of 16 bytes that are UUIDs."""
    infer: frozenset[str]
    """Columns of text whose type is to be inferred."""


def stage_parquet(source: FileSettings, files: Sequence[SourceFile], work: Path) -> Staged:
    """Stage Parquet files. The rows stay in the private copies, and are scanned there.

    Raise SourceError RDX-SRC-005 or RDX-SRC-008 (the files differ in their columns).
    """
    del work
    scans = []
    for file in files:
        with reading_errors(Place(source.table, file.name)):
            scans.append(open_scan(file.path))
    return stage_scans(source, files, scans, "Parquet")


def open_scan(path: Path) -> Scan:
    """Return how to scan a Parquet file, rewritten if Polars does not read its types."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        arrow, rows = file.schema_arrow, file.metadata.num_rows
        odd = columns_of_odd_fractions(file)
        incomplete = _lacks_encodings(file)
    if odd or incomplete or needs_arrow(arrow):
        path = plain_parquet(path, odd)
        arrow = pq.read_schema(path)
    return Scan(
        path,
        pl.Schema(pl.read_parquet_schema(path)),
        rows,
        uuids=frozenset(field.name for field in arrow if is_uuid(field.type)),
        infer=frozenset(field.name for field in arrow if INFER in (field.metadata or {})),
    )


def _lacks_encodings(file: "pq.ParquetFile") -> bool:
    """Return whether the writer left out how its pages are encoded, as early ones did: Polars refuses such pages."""
    if not file.metadata.num_row_groups:
        return False
    group = file.metadata.row_group(0)
    chunks = (group.column(number) for number in range(group.num_columns))
    return any(not chunk.encodings and not chunk.has_dictionary_page for chunk in chunks)


def stage_scans(source: FileSettings, files: Sequence[SourceFile], scans: Sequence[Scan], layout: str) -> Staged:
    """Stage local Parquet files as one table, without copying their rows again.

    Columns that only some files have are null in the rows of the others, with a warning, if one file has all of them.

    Raise SourceError RDX-SRC-005 or RDX-SRC-008 (the files differ in their columns).
    """
    first = max(scans, key=lambda scan: len(scan.schema))
    names = list(first.schema)
    for file, scan in zip(files, scans, strict=True):
        _check_columns(scan.schema, first.schema, files[scans.index(first)].name, Place(source.table, file.name))
    staged = Staged(
        files[0].path.with_name(STAGED_FILE),
        names=names,
        unique=unique_names(names, len(names)),
        types=["uuid" if name in first.uuids else _type_name(dtype) for name, dtype in first.schema.items()],
        readings=[name in first.infer for name in names],
        files=[file.name for file in files],
        hashes=[file.sha256 for file in files],
        size=sum(file.size for file in files),
        layout=layout,
        dialect={"format": layout.lower()},
    )
    staged.warnings += _differences(scans, names)
    with reading_errors(Place(source.table, source.path)):
        staged.frame = binary_as_text(_scan_all(scans, names), staged)
        staged.warnings += _cut_fractions(staged.frame, staged)
    return staged


def _differences(scans: Sequence[Scan], names: Sequence[str]) -> Iterator[ReadWarning]:
    for name in names:
        dtypes = [scan.schema[name] for scan in scans if name in scan.schema]
        if len(dtypes) < len(scans):
            missing = len(scans) - len(dtypes)
            lack = f"{missing:,} of {len(scans):,} files lack{'s' * (missing == 1)}"
            yield ReadWarning(
                code="columns_missing",
                message=f"{lack} the column {name!r}; it is null in their rows",
                column=name,
                count=missing,
            )
        texts = dtypes.count(pl.String())
        if 0 < texts < len(dtypes):
            yield ReadWarning(
                code="types_differ",
                message=f"{name!r} is text in {texts:,} of {len(dtypes):,} files, and is read as text in all of them",
                column=name,
                count=len(dtypes) - texts,
            )


def _cut_fractions(frame: pl.LazyFrame, staged: Staged) -> Iterator[ReadWarning]:
    """Warn of moments with fractions of a microsecond, which no moment in a snapshot has."""
    schema = frame.collect_schema()
    places = [
        number
        for number, name in enumerate(staged.columns)
        if isinstance(schema[name], pl.Datetime) and getattr(schema[name], "time_unit", "") == "ns"
    ]
    if not places:
        return
    counts = frame.select((pl.col(position(number)).to_physical() % 1_000 != 0).sum() for number in places)
    for number, count in zip(places, counts.collect(engine="streaming").row(0), strict=True):
        if count:
            yield ReadWarning(
                code="fractions_cut",
                message=f"fractions of a microsecond are cut off from {count:,} of the moments of "
                f"{staged.unique[number]!r}",
                column=staged.unique[number],
                count=count,
            )


def _scan_all(scans: Sequence[Scan], names: Sequence[str]) -> pl.LazyFrame:
    starts = [0, *accumulate(scan.rows for scan in scans)]
    frames = []
    # One scan for each run of files of one schema: concatenating one frame for each file is not linear.
    alike = [(list(scan.schema.items()), scan.uuids) for scan in scans]
    for _, group in groupby(range(len(scans)), key=alike.__getitem__):
        numbers = list(group)
        scan = scans[numbers[0]]
        places = {name: index for index, name in enumerate(scan.schema)}
        paths = [scans[number].path for number in numbers]
        frame = pl.scan_parquet(
            paths, glob=False, hive_partitioning=False, row_index_name=_ROW_INDEX,
            include_file_paths=_FILE_PATH if len(paths) > 1 else None,
        )  # fmt: skip
        number, offset = pl.lit(numbers[0], dtype=pl.Int32), pl.lit(0, dtype=pl.Int64)
        if len(paths) > 1:
            number_of = dict(zip(map(str, paths), numbers, strict=True))
            rows_before = {number: starts[number] - starts[numbers[0]] for number in numbers}
            number = pl.col(_FILE_PATH).replace_strict(number_of, return_dtype=pl.Int32)
            offset = number.replace_strict(rows_before, return_dtype=pl.Int64)
        columns = []
        for index, name in enumerate(names):
            if name not in places:
                columns.append(pl.lit(None, dtype=_dtype(name, scans)).alias(position(index)))
                continue
            column = cs.by_index(places[name] + 1)  # behind the row's number
            columns.append((uuid_text(column) if name in scan.uuids else column).alias(position(index)))
        row = (pl.col(_ROW_INDEX).cast(pl.Int64) - offset + 1).alias(ROW)
        frames.append(frame.select(*columns, row, number.alias(FILE)))
    return frames[0] if len(frames) == 1 else pl.concat(frames, how="vertical_relaxed")


def _dtype(name: str, scans: Sequence[Scan]) -> pl.DataType:
    scan = next(scan for scan in scans if name in scan.schema)
    return pl.String() if name in scan.uuids else scan.schema[name]


def _check_columns(schema: pl.Schema, first: pl.Schema, first_file: str, place: Place) -> None:
    if set(schema) <= set(first):
        return
    raise SourceError(
        "RDX-SRC-008",
        f"the columns differ from those of {first_file}: " + ", ".join(sorted(set(schema) ^ set(first))[:5]),
        expected="the same columns in all files of a table",
        hint="narrow the pattern, or declare the other files as a table of their own",
        **place.context(),
    )


def binary_as_text(frame: pl.LazyFrame, staged: Staged) -> pl.LazyFrame:
    """Read bytes as text if all are UTF-8, since old writers did not mark text as such; short ones as hexadecimal."""
    schema = frame.collect_schema()
    for number, name in enumerate(staged.columns):
        if schema[name] != pl.Binary:
            continue
        column = pl.col(name)
        with contextlib.suppress(pl.exceptions.PolarsError):  # raised where bytes are not UTF-8
            controls = column.cast(pl.String).str.contains(r"[\x00-\x08\x0e-\x1f]").any()
            if not frame.select(controls).collect(engine="streaming").item():
                frame = frame.with_columns(column.cast(pl.String))
                continue
        if (frame.select(column.bin.size().max()).collect(engine="streaming").item() or 0) <= _HEX_BYTES:
            frame = frame.with_columns(column.bin.encode("hex"))
            staged.warnings.append(
                ReadWarning(
                    code="binary_as_hexadecimal",
                    message=f"the column {staged.unique[number]!r} holds bytes that are not text; "
                    "they are read as hexadecimal digits",
                    column=staged.unique[number],
                )
            )
    return frame


def _type_name(dtype: pl.DataType) -> str:
    text = str(dtype)
    return dtype.base_type().__name__ if "Enum(" in text else text  # the name of an enumeration lists its values
