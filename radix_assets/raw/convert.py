"""Convert staged rows to canonical types, and store the cells that cannot be converted separately."""

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.pipeline.output import Check, counted
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.staging import FILE, ROW, Staged
from radix_assets.sources.read.text import no_rows
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import DATA_FILE, REJECTS_FILE, ColumnSchema, DType, RawSchema, ReadWarning
from radix_assets.sources.types.column_settings import ColumnSettings
from radix_assets.sources.types.counts import Finding
from radix_assets.sources.types.inference import infer
from radix_assets.sources.types.readings import parsed
from radix_assets.sources.types.typed import canonical, present, shown, whole_columns
from radix_assets.sources.types.words import joined
from radix_resources.errors import SourceError

_ROW_GROUP = 122_880
"""Rows of a row group, fixed so that equal data give equal files."""
_BEYOND = "(beyond the last column)"
_ROW = "(the whole row)"
_UNREADABLE = "cannot be read as"
_FIRST_ROWS = 5


@dataclass(frozen=True)
class _Column:
    """One column during conversion."""

    staged: str
    name: str
    dtype: DType
    value: pl.Expr
    there: pl.Expr
    """Whether the source holds a value that does not mean null."""
    finding: Finding | None
    how: str


def convert(table: str, staged: Staged, out: Path, *, may_be_empty: bool = False) -> tuple[RawSchema, list[Check]]:
    """Write `data.parquet`, and `rejects.parquet` if cells were rejected. Return the schema and the checks.

    Raise SourceError RDX-SRC-004 if there is no column, or no row unless the table may be empty, and RDX-SRC-060 if the
    project says how to read a column that is missing.
    """
    place = Place(table, ", ".join(staged.files[:3]) or "database")
    overrides = _overrides(staged, place)
    with reading_errors(place):
        everything = _overridden(staged, staged.rows(), overrides)
        texts = [name for name, text in zip(staged.columns, staged.readings, strict=True) if text]
        names = dict(zip(staged.columns, staged.unique, strict=True))
        findings = infer(everything, texts, names=names, delimiter=staged.delimiter, overrides=overrides)
        columns, dropped = _columns(staged, everything, findings)
        cells = [*(column.staged for column in columns), *staged.overflow]
        stored = everything.filter(pl.any_horizontal(pl.col(cells).is_not_null())) if staged.blank_lines else everything
        total, rows = everything.height(), stored.height()
        if not columns or not (rows or may_be_empty):
            raise no_rows(place, staged.unique)
        values = stored.lazy.select(column.value.alias(column.staged) for column in columns).rename(
            {column.staged: column.name for column in columns}
        )
        values.sink_parquet(out / DATA_FILE, compression="zstd", row_group_size=_ROW_GROUP, statistics=True)
        nulls = _null_counts(out / DATA_FILE)
        rejected = _rejected(stored, [column for column, missing in zip(columns, nulls, strict=True) if missing])
        first_rows = _write_rejects(stored, columns, rejected, staged, out)
        unread = _unread(stored, staged)
        beyond = sum(stored.one(pl.col(staged.overflow).count())) if staged.overflow else 0
    result = RawSchema(
        table=table,
        rows=rows,
        columns=[],
        dropped=dropped,
        blank_rows=total - rows,
        beyond=beyond,
        lost_rows=sum(reject.column is None for reject in staged.rejects),
        dialect=staged.dialect | _two_digit_years(columns),
        warnings=[*staged.warnings, *_warnings(columns, rejected, first_rows)],
        declared=staged.declared,
    )
    set_aside = Counter(reject.column for reject in staged.rejects) + unread
    origins = dict(zip(staged.columns, zip(staged.names, staged.types, strict=True), strict=True))
    for column, missing in zip(columns, nulls, strict=True):
        source, kind = origins[column.staged]
        result.columns.append(
            ColumnSchema(
                name=column.name,
                dtype=column.dtype,
                source=source,
                source_type=kind,
                coerced=_coerced(column),
                reading=column.finding.reading if column.finding else None,
                nulls=missing,
                rejected=rejected.get(column.staged, 0) + set_aside[staged.columns.index(column.staged)],
            )
        )
    return result, _checks(result, columns)


def _two_digit_years(columns: list[_Column]) -> dict[str, Any]:
    """Return, by column, the latest year that two digits mean."""
    pivots = {
        column.name: column.finding.reading.pivot
        for column in columns
        if column.finding and column.finding.reading.pivot is not None
    }
    return {"two_digit_years": pivots} if pivots else {}


def _overrides(staged: Staged, place: Place) -> dict[str, ColumnSettings]:
    """Return how the project says that columns are read, by staged column."""
    places = dict(zip(staged.unique, staged.columns, strict=True))
    missing = [name for name in staged.overrides if name not in places]
    if missing:
        near = difflib.get_close_matches(missing[0], staged.unique, n=3, cutoff=0.5) or staged.unique[:5]
        raise SourceError(
            "RDX-SRC-060",
            f"`columns` names {', '.join(map(repr, missing[:5]))}, which the source does not have",
            expected=f"columns of the source, such as {', '.join(map(repr, near))}",
            hint="correct the name under `columns` in project.yaml, or remove it",
            **place.context(),
        )
    return {places[name]: settings for name, settings in staged.overrides.items()}


def _overridden(staged: Staged, rows: Rows, overrides: dict[str, ColumnSettings]) -> Rows:
    """Return the rows with typed columns as text where the project gives a type, and with null where it says so."""
    replaced = []
    for number, name in enumerate(staged.columns):
        settings = overrides.get(name)
        if settings is None:
            continue
        text = pl.col(name)
        if settings.type and not staged.readings[number]:
            text = text.cast(pl.String)
            staged.readings[number] = True
        if settings.null and staged.readings[number]:
            text = pl.when(~text.is_in(settings.null)).then(text)
        replaced.append(text.alias(name))
    return rows.replace(*replaced) if replaced else rows


def _columns(staged: Staged, rows: Rows, findings: dict[str, Finding]) -> tuple[list[_Column], dict[str, str]]:
    columns, dropped = [], {}
    schema = rows.schema
    whole = whole_columns(rows, [name for name in staged.columns if name not in findings])
    for position, name, kind in zip(staged.columns, staged.unique, staged.types, strict=True):
        finding = findings.get(position)
        if finding:
            reading = finding.reading
            is_present = pl.col(position).is_not_null()
            if reading.nulls:
                is_present &= ~pl.col(position).is_in(reading.nulls)
            value = parsed(pl.col(position), reading)
            columns.append(_Column(position, name, reading.dtype, value, is_present, finding, finding.how))
            continue
        conversion = canonical(position, schema[position], whole.get(position))
        if conversion is None:
            dropped[name] = f"{kind} values have no canonical type"
            continue
        dtype, value, how = conversion
        columns.append(_Column(position, name, dtype, value, present(position), None, how))
    return columns, {**staged.dropped, **dropped}


def _null_counts(path: Path) -> tuple[int, ...]:
    """Return the number of nulls of each column of a Parquet file: from its statistics, if it has them for all."""
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(path)
    counts = [0] * metadata.num_columns
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            statistics = metadata.row_group(group).column(index).statistics
            if statistics is None or not statistics.has_null_count:
                return pl.scan_parquet(path).null_count().collect(engine="streaming").row(0)
            counts[index] += statistics.null_count
    return tuple(counts)


def _rejected(rows: Rows, columns: list[_Column]) -> dict[str, int]:
    """Return, by staged column, how many present values of columns with nulls could not be converted."""
    lossy = [column for column in columns if column.dtype != "string"]
    if not lossy:
        return {}
    counts = rows.one((column.there & column.value.is_null()).sum().alias(column.staged) for column in lossy)
    return {column.staged: number for column, number in zip(lossy, counts, strict=True) if number}


def _unread(rows: Rows, staged: Staged) -> "Counter[int | None]":
    """Return, by position, how many cells were set aside while staging."""
    if not staged.unread:
        return Counter()
    counts = rows.one(pl.col(text).count() for text, _ in staged.unread.values())
    return Counter(dict(zip(staged.unread, counts, strict=True)))


def _write_rejects(
    rows: Rows, columns: list[_Column], rejected: dict[str, int], staged: Staged, out: Path
) -> dict[str, list[int]]:
    """Write what was set aside. Return the first rows of the cells that could not be converted, by column."""
    schema = rows.schema
    queries = [
        rows.lazy.filter(column.there & column.value.is_null()).select(
            pl.col(ROW),
            pl.col(FILE),
            pl.lit(column.name).alias("column"),
            shown(column.staged, schema[column.staged]).alias("text"),
            pl.lit(f"{_UNREADABLE} {column.dtype}").alias("reason"),
        )
        for column in columns
        if column.staged in rejected
    ]
    queries += [
        rows.lazy.filter(pl.col(name).is_not_null()).select(
            pl.col(ROW),
            pl.col(FILE),
            pl.lit(_BEYOND).alias("column"),
            pl.col(name).alias("text"),
            pl.lit("more cells than columns").alias("reason"),
        )
        for name in staged.overflow
    ]
    queries += [
        rows.lazy.filter(pl.col(text).is_not_null()).select(
            pl.col(ROW),
            pl.col(FILE),
            pl.lit(staged.unique[number]).alias("column"),
            pl.col(text).alias("text"),
            pl.lit(reason).alias("reason"),
        )
        for number, (text, reason) in staged.unread.items()
    ]
    if staged.rejects:
        queries.append(_set_aside(staged))
    if not queries:
        return {}
    rejects = pl.concat(pl.collect_all(queries, engine="streaming")).sort(FILE, ROW, "column", maintain_order=True)
    files = dict(enumerate(staged.files or ["database"]))
    rejects.select(
        pl.col(ROW).alias("row"),
        "column",
        "text",
        "reason",
        pl.col(FILE).replace_strict(files, return_dtype=pl.String).alias("file"),
    ).write_parquet(out / REJECTS_FILE, compression="zstd")
    unreadable = rejects.filter(pl.col("reason").str.starts_with(_UNREADABLE))
    return dict(unreadable.group_by("column").agg(pl.col(ROW).head(_FIRST_ROWS)).iter_rows())


def _warnings(
    columns: list[_Column], rejected: dict[str, int], first_rows: dict[str, list[int]]
) -> Iterator[ReadWarning]:
    for column in columns:
        for warning in column.finding.warnings if column.finding else []:
            yield warning.model_copy(update={"column": column.name})
        number = rejected.get(column.staged)
        if number:
            yield ReadWarning(
                code="rejected_cells",
                message=f"{counted(number, 'cell')} of {column.name!r} cannot be read as {column.dtype}; "
                f"{'it is' if number == 1 else 'they are'} null, and the text is in {REJECTS_FILE}",
                column=column.name,
                lines=first_rows.get(column.name, []),
                count=number,
            )


def _set_aside(staged: Staged) -> pl.LazyFrame:
    names: dict[int | None, str] = {None: _ROW, **dict(enumerate(staged.unique))}
    return pl.LazyFrame(
        [(reject.row, reject.file, names[reject.column], reject.text, reject.reason) for reject in staged.rejects],
        schema={ROW: pl.Int64, FILE: pl.Int32, "column": pl.String, "text": pl.String, "reason": pl.String},
        orient="row",
    )


def _coerced(column: _Column) -> str:
    """Describe how a column was converted, for display."""
    parts = [column.how] if column.how else []
    if column.finding and column.finding.reading.nulls:
        parts.append(f"null: {joined(column.finding.reading.nulls)}")
    if column.finding:
        parts += [warning.message for warning in column.finding.warnings]
    return "; ".join(parts)


def _checks(schema: RawSchema, columns: list[_Column]) -> list[Check]:
    dates, numbers = (_doubtful(columns, code) for code in ("ambiguous_dates", "ambiguous_number"))
    return [
        Check("rows", schema.rows > 0, counted(schema.rows, "row")),
        Check(
            "cells_readable",
            not schema.rejected,
            f"{counted(schema.rejected, 'cell')} could not be converted or "
            f"{'has' if schema.rejected == 1 else 'have'} no column; the text is in {REJECTS_FILE}"
            if schema.rejected
            else "every cell was converted",
            severity="WARN",
        ),
        Check(
            "dates_unambiguous",
            not dates,
            f"day and month may be swapped in: {', '.join(dates)}" if dates else "every date is unambiguous",
            severity="WARN",
        ),
        Check(
            "numbers_unambiguous",
            not numbers,
            f"kept as text until `columns` in project.yaml says what a point or comma means: {', '.join(numbers)}"
            if numbers
            else "every number is unambiguous",
            severity="WARN",
        ),
    ]


def _doubtful(columns: list[_Column], code: str) -> list[str]:
    """Return the columns with a warning of this code."""
    return [
        column.name
        for column in columns
        if column.finding and any(warning.code == code for warning in column.finding.warnings)
    ]
