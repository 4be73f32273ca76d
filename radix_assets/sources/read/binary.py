"""Parquet files, whose columns already have types."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from polars import selectors as cs

from radix_assets.sources.read.dialect import unique_names
from radix_assets.sources.read.files import Place, copy
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import FILE, ROW, STAGED_FILE, Staged, position
from radix_resources.errors import SourceError


def stage_parquet(source: FileSettings, files: Sequence[Path], work: Path) -> Staged:
    """Stage Parquet files. Raise SourceError RDX-SRC-004, RDX-SRC-005, RDX-SRC-008 and what copying raises."""
    staged = Staged(work / STAGED_FILE, [], [], [], [], files=[file.name for file in files], layout="Parquet")
    frames: list[pl.LazyFrame] = []
    schemas: list[pl.Schema] = []
    for number, file in enumerate(files):
        place = Place(source.table, file.name)
        path = work / f"{number}.raw"
        with path.open("wb") as target:
            copied = copy(file, target, place, unpack=False)
        staged.hashes.append(copied.sha256)
        staged.size += copied.size
        with reading_errors(place):
            frame = pl.scan_parquet(path, glob=False)
            schema = frame.collect_schema()
        if schemas and set(schema) != set(schemas[0]):
            raise SourceError(
                "RDX-SRC-008",
                f"the columns differ from those of {files[0].name}: "
                + ", ".join(sorted(set(schema) ^ set(schemas[0]))[:5]),
                expected="the same columns in all files of a table",
                hint="narrow the pattern, or declare the other files as a table of their own",
                **place.context(),
            )
        schemas.append(schema)
        frame, schema = _texts(frame, schema)
        places = {name: index for index, name in enumerate(schema)}
        frames.append(_positioned(frame.select(cs.by_index(*(places[name] for name in schemas[0]))), number))
    _name(staged, schemas[0])
    staged.readings = [False] * len(staged.unique)
    place = Place(source.table, source.path)
    with reading_errors(place):
        rows = pl.concat(frames, how="vertical_relaxed")
        rows.sink_parquet(staged.path, compression="lz4")
    return staged


def _texts(frame: pl.LazyFrame, schema: pl.Schema) -> tuple[pl.LazyFrame, pl.Schema]:
    """Treat bytes as text if all are UTF-8: old writers did not mark text as such."""
    suspects = [index for index, dtype in enumerate(schema.values()) if dtype == pl.Binary]
    if not suspects:
        return frame, schema
    good = []
    for index in suspects:
        text = cs.by_index(index).cast(pl.String)
        with contextlib.suppress(pl.exceptions.PolarsError):  # raised where bytes are not UTF-8
            if not frame.select(text.str.contains(r"[\x00-\x08\x0e-\x1f]").any()).collect(engine="streaming").item():
                good.append(index)
    if not good:
        return frame, schema
    read = frame.with_columns(cs.by_index(*good).cast(pl.String))
    return read, read.collect_schema()


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
