"""Convert staged rows to canonical types, and store the cells that cannot be converted separately."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from radix_assets.pipeline.output import Check, counted
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.staging import FILE, ROW, Staged
from radix_assets.sources.read.text import no_rows
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import DATA_FILE, REJECTS_FILE, ColumnSchema, DType, RawSchema
from radix_assets.sources.types.counts import Finding
from radix_assets.sources.types.inference import infer
from radix_assets.sources.types.readings import parsed
from radix_assets.sources.types.typed import canonical, present
from radix_assets.sources.types.words import joined

_ROW_GROUP = 122_880
"""Rows of a row group, fixed so that equal data give equal files."""
_BEYOND = "(beyond the last column)"
_ROW = "(the whole row)"


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

    Raise SourceError RDX-SRC-004 if there is no column, or no row unless the table may be empty.
    """
    place = Place(table, ", ".join(staged.files[:3]) or "database")
    with reading_errors(place):
        everything = staged.rows()
        texts = [name for name, text in zip(staged.columns, staged.readings, strict=True) if text]
        findings = infer(everything, texts, comma_separated=staged.comma_separated)
        columns, dropped = _columns(staged, everything.schema, findings)
        cells = [*(column.staged for column in columns), *staged.overflow]
        stored = everything.filter(pl.any_horizontal(pl.col(cells).is_not_null())) if staged.blank_lines else everything
        total, rows = everything.height(), stored.height()
        if not columns or not (rows or may_be_empty):
            raise no_rows(place, staged.unique)
        values = stored.lazy.select(column.value.alias(column.staged) for column in columns).rename(
            {column.staged: column.name for column in columns}
        )
        values.sink_parquet(out / DATA_FILE, compression="zstd", row_group_size=_ROW_GROUP, statistics=True)
        nulls = pl.scan_parquet(out / DATA_FILE).null_count().collect(engine="streaming").row(0)
        rejected = _rejected(stored, columns)
        _write_rejects(stored, columns, rejected, staged, out)
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
        dialect=staged.dialect,
        warnings=staged.warnings,
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


def _columns(staged: Staged, schema: pl.Schema, findings: dict[str, Finding]) -> tuple[list[_Column], dict[str, str]]:
    columns, dropped = [], {}
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
        conversion = canonical(position, schema[position])
        if conversion is None:
            dropped[name] = f"{kind} values have no canonical type"
            continue
        dtype, value, how = conversion
        columns.append(_Column(position, name, dtype, value, present(position, schema[position]), None, how))
    return columns, {**staged.dropped, **dropped}


def _rejected(rows: Rows, columns: list[_Column]) -> dict[str, int]:
    """Return, by staged column, how many present values could not be converted."""
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


def _write_rejects(rows: Rows, columns: list[_Column], rejected: dict[str, int], staged: Staged, out: Path) -> None:
    queries = [
        rows.lazy.filter(column.there & column.value.is_null()).select(
            pl.col(ROW),
            pl.col(FILE),
            pl.lit(column.name).alias("column"),
            pl.col(column.staged).cast(pl.String).alias("text"),
            pl.lit(f"cannot be read as {column.dtype}").alias("reason"),
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
        return
    rejects = pl.concat(pl.collect_all(queries, engine="streaming")).sort(FILE, ROW, "column", maintain_order=True)
    files = dict(enumerate(staged.files or ["database"]))
    rejects.select(
        pl.col(ROW).alias("row"),
        "column",
        "text",
        "reason",
        pl.col(FILE).replace_strict(files, return_dtype=pl.String).alias("file"),
    ).write_parquet(out / REJECTS_FILE, compression="zstd")


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
    if column.finding and column.finding.warning:
        parts.append(column.finding.warning)
    return "; ".join(parts)


def _checks(schema: RawSchema, columns: list[_Column]) -> list[Check]:
    doubtful = [column.name for column in columns if column.finding and column.finding.warning]
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
            not doubtful,
            f"day and month may be swapped in: {', '.join(doubtful)}" if doubtful else "every date is unambiguous",
            severity="WARN",
        ),
    ]
