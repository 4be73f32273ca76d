"""Detect the columns whose values may not be shown."""

from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl
from polars import selectors as cs

from radix_assets.raw.columns import ROW_GROUP
from radix_assets.sources.schema import DATA_FILE

_SAMPLE = 200
_ROWS = 2_000
_PARTS = 5
"""Parts of a table that are sampled: its first rows may be empty, or old."""
_BY_VALUE = 500
"""Columns of a wide table whose values are sampled; the others are judged by their names."""


def private_columns(frame: pl.LazyFrame | pl.DataFrame, table: str) -> set[str]:
    """Return the columns that are personal or sensitive, judged by their names and a sample of their values."""
    return _judge(frame.lazy().head(_ROWS).collect(), [], table)


def judge_columns(raw: Path, table: str) -> set[str]:
    """Return the personal or sensitive columns of a raw snapshot, judged by names and rows from all parts of it."""
    frame = pl.scan_parquet(raw / DATA_FILE)
    names = frame.collect_schema().names()
    if not names:
        return set()
    frame = frame.select(cs.by_index(*range(min(len(names), _BY_VALUE))))
    rows = int(frame.select(pl.len()).collect().item())
    size = _ROWS // _PARTS
    if rows > _ROWS:
        frame = pl.concat([frame.slice((rows - size) * part // (_PARTS - 1), size) for part in range(_PARTS)])
    return _judge(frame.collect(), names[_BY_VALUE:], table)


def judge_added(raw: Path, table: str, before: Collection[str], rows: int) -> set[str]:
    """Return the private columns of a raw snapshot that grew: those of `before`, and those by the rows after `rows`.

    Only the row groups of new rows are read. A column that was private stays so, whatever the new rows hold.
    """
    import pyarrow.parquet as pq

    total = pq.read_metadata(raw / DATA_FILE).num_rows
    start = max(0, min(rows, total - _ROWS))
    if total - start > ROW_GROUP:
        return judge_columns(raw, table) | set(before)
    frame = pl.scan_parquet(raw / DATA_FILE, glob=False)
    names = frame.collect_schema().names()
    added = frame.select(cs.by_index(*range(min(len(names), _BY_VALUE)))).slice(start).collect()
    return _judge(added.gather_every(max(1, added.height // _ROWS)), names[_BY_VALUE:], table) | set(before)


def _judge(sample: pl.DataFrame, by_name: Sequence[str], table: str) -> set[str]:
    from radix_assets.personal_data.detect import personal_of_table

    columns: dict[str, list[str | None]] = {
        # Without its name, since methods of a series take a name such as ^a.*$ for a pattern.
        column.name: column.alias("values")
        .drop_nulls()
        .unique(maintain_order=True)
        .head(_SAMPLE)
        .cast(pl.String)
        .to_list()
        for column in sample.get_columns()
    }
    return set(personal_of_table(table, columns | {name: [] for name in by_name}))
