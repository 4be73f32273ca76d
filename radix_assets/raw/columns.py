"""The columns of a snapshot: how each staged column is converted, and how the values are written."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from radix_assets.sources.read.place import Place
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import DType
from radix_assets.sources.types.column_settings import ColumnSettings
from radix_assets.sources.types.counts import Finding
from radix_assets.sources.types.readings import parsed
from radix_assets.sources.types.typed import canonical, present, whole_columns
from radix_assets.sources.types.words import joined
from radix_resources.errors import SourceError

ROW_GROUP = 122_880
"""Rows of a row group, fixed so that equal data give equal files."""


@dataclass(frozen=True)
class Column:
    """One column during conversion."""

    staged: str
    name: str
    dtype: DType
    value: pl.Expr
    there: pl.Expr
    """Whether the source holds a value that does not mean null."""
    finding: Finding | None
    how: str

    @property
    def coerced(self) -> str:
        """How it was converted, for display."""
        parts = [self.how] if self.how else []
        if self.finding and self.finding.reading.nulls:
            parts.append(f"null: {joined(self.finding.reading.nulls)}")
        if self.finding:
            parts += [warning.message for warning in self.finding.warnings]
        return "; ".join(parts)


def overrides_of(staged: Staged, place: Place) -> dict[str, ColumnSettings]:
    """Return how the project says that columns are read, by staged column.

    Raise SourceError RDX-SRC-060 if it names a column that is missing.
    """
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


def overridden(staged: Staged, rows: Rows, overrides: Mapping[str, ColumnSettings]) -> Rows:
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


def columns_of(staged: Staged, rows: Rows, findings: Mapping[str, Finding]) -> tuple[list[Column], dict[str, str]]:
    """Return the columns of the snapshot, and the columns that are left out, with the reason."""
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
            columns.append(Column(position, name, reading.dtype, value, is_present, finding, finding.how))
            continue
        conversion = canonical(position, schema[position], whole.get(position))
        if conversion is None:
            dropped[name] = f"{kind} values have no canonical type"
            continue
        dtype, value, how = conversion
        columns.append(Column(position, name, dtype, value, present(position), None, how))
    return columns, {**staged.dropped, **dropped}


def write_values(values: pl.LazyFrame, file: Path) -> None:
    """Write the values of a snapshot; equal values give equal files."""
    values.sink_parquet(file, compression="zstd", row_group_size=ROW_GROUP, statistics=True)


def null_counts(file: Path) -> tuple[int, ...]:
    """Return the number of nulls of each column of a Parquet file: from its statistics, if it has them for all."""
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(file)
    counts = [0] * metadata.num_columns
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            statistics = metadata.row_group(group).column(index).statistics
            if statistics is None or not statistics.has_null_count:
                return pl.scan_parquet(file).null_count().collect(engine="streaming").row(0)
            counts[index] += statistics.null_count
    return tuple(counts)
