"""Which columns may not be shown."""

from pathlib import Path

import polars as pl
from polars import selectors as cs

from radix_assets.sources.model import DATA_FILE

_SAMPLE = 200
_ROWS = 2_000
_PARTS = 5
"""Places of a table that are looked at: what a table begins with may be empty, or old."""
_BY_VALUE = 500
"""Columns of a wide table whose values are looked at; the others are judged by their names."""


def private_columns(frame: pl.LazyFrame | pl.DataFrame, table: str) -> set[str]:
    """Columns whose values are personal or sensitive, judged by their names and a sample of their values."""
    from radix_assets.suggestions import sensitivity_of

    private = set()
    for column in frame.lazy().head(_ROWS).collect().get_columns():
        # Without its name: methods of a series take a name such as ^a.*$ for a pattern.
        values = column.alias("values").drop_nulls().unique(maintain_order=True).head(_SAMPLE).cast(pl.String).to_list()
        if sensitivity_of(column.name, values, table) != "none":
            private.add(column.name)
    return private


def judge_columns(raw: Path, table: str) -> set[str]:
    """The same for all columns of a raw snapshot, from rows all over it."""
    from radix_assets.suggestions import sensitivity_of

    frame = pl.scan_parquet(raw / DATA_FILE)
    names = frame.collect_schema().names()
    frame = frame.select(cs.by_index(*range(min(len(names), _BY_VALUE)))) if names else frame
    rows = int(frame.select(pl.len()).collect().item()) if names else 0
    size = _ROWS // _PARTS
    if rows > _ROWS:
        frame = pl.concat([frame.slice((rows - size) * part // (_PARTS - 1), size) for part in range(_PARTS)])
    by_name = {name for name in names[_BY_VALUE:] if sensitivity_of(name, [], table) != "none"}
    return private_columns(frame, table) | by_name
