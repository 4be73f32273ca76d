"""Generated tables for the benchmarks of profiles and features."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

GROUP = 122_880
"""Rows of a row group, as in a raw snapshot."""
KINDS = ("id", "float", "skewed", "category", "integer", "text", "boolean", "datetime", "code", "sparse")
_WORDS = np.array(["Rome", "Oslo", "Paris", "Bern", "Lima", "Cairo", "Quito", "Seoul", "Tunis", "Accra"], dtype=object)


def mixed(start: int, rows: int, columns: int) -> pl.DataFrame:
    """Return rows from row number `start`: ids, correlated numbers, categories, texts, timestamps, nulls.

    The rows do not depend on the parts in which they are requested, as long as those begin at row groups.
    """
    parts = []
    for group in range(start // GROUP, -(-(start + rows) // GROUP)):
        low, high = max(start, group * GROUP), min(start + rows, (group + 1) * GROUP)
        parts.append(_group(group, columns).slice(low - group * GROUP, high - low))
    return pl.concat(parts)


def _group(group: int, columns: int) -> pl.DataFrame:
    random = np.random.default_rng([11, group])
    common = random.normal(size=GROUP)
    return pl.DataFrame([_column(number, group, common, random) for number in range(columns)])


def _column(  # noqa: C901, PLR0911 a table of kinds
    number: int, group: int, common: np.ndarray, random: np.random.Generator
) -> pl.Series:
    kind, place = KINDS[number % len(KINDS)], number // len(KINDS)
    name = f"{kind}_{place}"
    rows = np.arange(group * GROUP, (group + 1) * GROUP, dtype=np.int64)
    match kind:
        case "id" if place == 0:
            return pl.Series(name, rows)
        case "id":  # a permutation of the row numbers: unique, in no order
            return pl.Series(name, (rows * 2_654_435_761 + place) % (1 << 40))
        case "float":
            return pl.Series(name, common * (0.3 + 0.1 * place) + random.normal(size=GROUP))
        case "skewed":
            return pl.Series(name, np.round(np.exp(0.4 * common + random.normal(3, 0.8, GROUP)), 2))
        case "category":
            return pl.Series(name, _WORDS[np.clip((common + random.normal(size=GROUP)) * 2 + 5, 0, 9).astype(int)])
        case "integer":
            return pl.Series(name, random.poisson(np.exp(0.3 * common + 1)).astype(np.int64))
        case "text":
            return ("user" + pl.Series((rows * 40_503 + place) % (1 << 36)).cast(pl.String) + "@example.org").alias(
                name
            )
        case "boolean":
            return pl.Series(name, common + random.normal(size=GROUP) > 0.5)
        case "datetime":
            moments = 1_600_000_000_000_000 + random.integers(0, 10**14, GROUP)
            return pl.Series(name, moments).cast(pl.Datetime("us"))
        case "code":
            return (pl.Series(random.integers(0, 50_000, GROUP)).cast(pl.String).str.zfill(5) + "-AB").alias(name)
        case _:
            values = pl.Series(name, random.gamma(2.0, 2.0, GROUP))
            return pl.select(pl.when(pl.Series(random.random(GROUP) > 0.2)).then(values).alias(name)).to_series()


def groups(rows: int, columns: int) -> Iterator[pl.DataFrame]:
    """Yield all rows, one row group at a time."""
    for start in range(0, rows, GROUP):
        yield mixed(start, min(GROUP, rows - start), columns)


def write(file: Path, rows: int, columns: int) -> None:
    """Write the table like a raw snapshot, never all of it in memory. Does nothing if the file exists."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    writer = None
    for frame in groups(rows, columns):
        table = frame.to_arrow()
        if writer is None:
            table = _plain(table)
            writer = pq.ParquetWriter(draft, table.schema, compression="zstd")
        writer.write_table(_plain(table), row_group_size=GROUP)
    if writer is not None:
        writer.close()
    draft.rename(file)


def _plain(table: pa.Table) -> pa.Table:
    fields = [
        field.with_type(pa.large_string()) if pa.types.is_string_view(field.type) else field for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def wide(file: Path, rows: int, columns: int) -> None:
    """Write many columns of four kinds. Does nothing if the file exists."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(3)
    data = {}
    for number in range(columns):
        match number % 4:
            case 0:
                values = random.normal(size=rows)
            case 1:
                values = random.integers(0, 100, rows)
            case 2:
                values = _WORDS[random.integers(0, 10, rows)]
            case _:
                values = random.random(rows) > 0.5
        data[f"column {number}"] = values
    pl.DataFrame(data).write_parquet(file, compression="zstd", row_group_size=GROUP)
