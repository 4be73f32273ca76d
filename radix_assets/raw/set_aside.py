"""Cells and rows that are set aside: counted, written with their place and reason, and warned of."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from radix_assets.common.plural import counted
from radix_assets.raw.columns import Column
from radix_assets.sources.read.staging import FILE, ROW, Staged
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import REJECTS_FILE, ReadWarning
from radix_assets.sources.types.absence import LIMIT
from radix_assets.sources.types.nearly import THINGS
from radix_assets.sources.types.typed import shown

_BEYOND = "(beyond the last column)"
_ROW = "(the whole row)"
_UNREADABLE = "cannot be read as"
_FIRST_ROWS = 5


def rejected_of(rows: Rows, columns: list[Column]) -> dict[str, int]:
    """Return, by staged column, how many present values of columns with nulls could not be converted."""
    lossy = [column for column in columns if column.dtype != "string"]
    if not lossy:
        return {}
    counts = rows.one((column.there & column.value.is_null()).sum().alias(column.staged) for column in lossy)
    return {column.staged: number for column, number in zip(lossy, counts, strict=True) if number}


def _reason(column: Column) -> pl.Expr:
    unreadable = f"{_UNREADABLE} {THINGS[column.dtype]}"
    if not any(warning.code == "censored_values" for warning in (column.finding.warnings if column.finding else [])):
        return pl.lit(unreadable)
    limit = pl.col(column.staged).str.contains(LIMIT)
    return pl.when(limit).then(pl.lit(f"{unreadable}: a limit")).otherwise(pl.lit(unreadable))


def unread_of(rows: Rows, staged: Staged) -> Counter[int | None]:
    """Return, by position, how many cells were set aside while staging."""
    if not staged.unread:
        return Counter()
    counts = rows.one(pl.col(text).count() for text, _ in staged.unread.values())
    return Counter(dict(zip(staged.unread, counts, strict=True)))


def write_rejects(
    rows: Rows, columns: list[Column], rejected: dict[str, int], staged: Staged, out: Path
) -> dict[str, list[int]]:
    """Write what was set aside. Return the first rows of the cells that could not be converted, by column."""
    schema = rows.schema
    queries = [
        rows.lazy.filter(column.there & column.value.is_null()).select(
            pl.col(ROW),
            pl.col(FILE),
            pl.lit(column.name).alias("column"),
            shown(column.staged, schema[column.staged]).alias("text"),
            _reason(column).alias("reason"),
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


def warnings_of(
    columns: list[Column], rejected: dict[str, int], first_rows: dict[str, list[int]]
) -> Iterator[ReadWarning]:
    """Yield the doubts about the columns, and a warning for each column with rejected cells."""
    for column in columns:
        for warning in column.finding.warnings if column.finding else []:
            yield warning.model_copy(update={"column": column.name})
        number = rejected.get(column.staged)
        if number:
            yield ReadWarning(
                code="rejected_cells",
                message=f"{counted(number, 'cell')} of {column.name!r} cannot be read as {THINGS[column.dtype]}; "
                f"{'it is' if number == 1 else 'they are'} null, and the text is in {REJECTS_FILE}; "
                "`columns` in project.yaml can give the column another type, or list texts that mean null under `null`",
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
