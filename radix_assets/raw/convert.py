"""Convert staged rows to canonical types, and store the cells that cannot be converted separately."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.pipeline.output import Check
from radix_assets.raw.checks import checks_of
from radix_assets.raw.columns import Column, columns_of, null_counts, overridden, overrides_of, write_values
from radix_assets.raw.set_aside import rejected_of, unread_of, warnings_of, write_rejects
from radix_assets.raw.single_pass import LEAST_CELLS, convert_at_once
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.read.text import no_rows
from radix_assets.sources.schema import DATA_FILE, ColumnSchema, RawSchema, ReadWarning
from radix_assets.sources.types.inference import infer


@dataclass
class _Converted:
    """A table whose files are written."""

    columns: list[Column]
    dropped: dict[str, str]
    rows: int
    blank: int = 0
    beyond: int = 0
    nulls: tuple[int, ...] = ()
    rejected: dict[str, int] = field(default_factory=dict)
    """Present values that could not be converted, by staged column."""
    unread: Counter[int | None] = field(default_factory=Counter)
    """Cells that were set aside while staging, by position."""
    warnings: list[ReadWarning] = field(default_factory=list)


def convert(
    table: str, staged: Staged, out: Path, *, may_be_empty: bool = False, least_cells: int = LEAST_CELLS
) -> tuple[RawSchema, list[Check]]:
    """Write `data.parquet`, and `rejects.parquet` if cells were rejected. Return the schema and the checks.

    Text files of at least so many cells are first tried in a single pass, which gives the same result.

    Raise SourceError RDX-SRC-004 if there is no column, or no row unless the table may be empty, and RDX-SRC-060 if the
    project says how to read a column that is missing.
    """
    place = Place(table, ", ".join(staged.files[:3]) or "database")
    with reading_errors(place):
        converted = _at_once(staged, out, least_cells) or _step_by_step(staged, out, place, may_be_empty=may_be_empty)
    columns = converted.columns
    result = RawSchema(
        table=table,
        rows=converted.rows,
        columns=[],
        dropped=converted.dropped,
        blank_rows=converted.blank,
        beyond=converted.beyond,
        lost_rows=sum(reject.column is None for reject in staged.rejects),
        dialect=staged.dialect | _two_digit_years(columns),
        warnings=[*staged.warnings, *converted.warnings],
        declared=staged.declared,
    )
    set_aside = Counter(reject.column for reject in staged.rejects) + converted.unread
    origins = dict(zip(staged.columns, zip(staged.names, staged.types, strict=True), strict=True))
    for column, missing in zip(columns, converted.nulls, strict=True):
        source, kind = origins[column.staged]
        result.columns.append(
            ColumnSchema(
                name=column.name,
                dtype=column.dtype,
                source=source,
                source_type=kind,
                coerced=column.coerced,
                reading=column.finding.reading if column.finding else None,
                nulls=missing,
                rejected=converted.rejected.get(column.staged, 0) + set_aside[staged.columns.index(column.staged)],
            )
        )
    return result, checks_of(result, columns)


def _two_digit_years(columns: list[Column]) -> dict[str, Any]:
    """Return, by column, the latest year that two digits mean."""
    pivots = {
        column.name: column.finding.reading.pivot
        for column in columns
        if column.finding and column.finding.reading.pivot is not None
    }
    return {"two_digit_years": pivots} if pivots else {}


def _at_once(staged: Staged, out: Path, least_cells: int) -> _Converted | None:
    """Convert in a single pass; None if that is not possible."""
    done = convert_at_once(staged, out, least_cells)
    if done is None:
        return None
    columns, dropped = columns_of(staged, done.rows, done.findings)
    write_rejects(done.rows, columns, {}, staged, out)
    return _Converted(
        columns,
        dropped,
        done.height - done.blank,
        done.blank,
        nulls=null_counts(out / DATA_FILE),
        warnings=list(warnings_of(columns, {}, {})),
    )


def _step_by_step(staged: Staged, out: Path, place: Place, *, may_be_empty: bool) -> _Converted:
    overrides = overrides_of(staged, place)
    everything = overridden(staged, staged.rows(), overrides)
    texts = [name for name, text in zip(staged.columns, staged.readings, strict=True) if text]
    names = dict(zip(staged.columns, staged.unique, strict=True))
    findings = infer(everything, texts, names=names, delimiter=staged.delimiter, overrides=overrides)
    columns, dropped = columns_of(staged, everything, findings)
    cells = [*(column.staged for column in columns), *staged.overflow]
    stored = everything.filter(pl.any_horizontal(pl.col(cells).is_not_null())) if staged.blank_lines else everything
    total, rows = everything.height(), stored.height()
    if not columns or not (rows or may_be_empty):
        raise no_rows(place, staged.unique)
    values = stored.lazy.select(column.value.alias(column.staged) for column in columns).rename(
        {column.staged: column.name for column in columns}
    )
    write_values(values, out / DATA_FILE)
    nulls = null_counts(out / DATA_FILE)
    rejected = rejected_of(stored, [column for column, missing in zip(columns, nulls, strict=True) if missing])
    first_rows = write_rejects(stored, columns, rejected, staged, out)
    return _Converted(
        columns,
        dropped,
        rows,
        total - rows,
        beyond=sum(stored.one(pl.col(staged.overflow).count())) if staged.overflow else 0,
        nulls=nulls,
        rejected=rejected,
        unread=unread_of(stored, staged),
        warnings=list(warnings_of(columns, rejected, first_rows)),
    )
