"""Seeded samples of tables with times."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from radix_assets.exploration.sample import SEED, positional
from radix_assets.tags.schema import TableTags, Tags

TIME_SAMPLE = 20_000
"""Rows of a sample."""
MIN_ROWS = 20
"""Rows from which times are compared."""


@dataclass(frozen=True)
class TimedTable:
    """Rows of a table, with their tags."""

    table: str
    names: list[str]
    frame: pl.DataFrame
    """Columns `c{i}`."""
    tags: TableTags


def timed_sample(table: str, path: Path, tags: Tags) -> TimedTable:
    """Return a seeded sample of a table with times."""
    frame, names = positional(path)
    table_tags = tags.tables[table]
    kinds = frame.collect_schema()
    times = [i for i in range(len(names)) if kinds[f"c{i}"] in (pl.Date, pl.Datetime)]
    if not times or not table_tags.time_index:
        return TimedTable(table, [], pl.DataFrame(), table_tags)
    plain = (pl.Boolean, pl.String) if tags.target.future else ()
    used = [
        i
        for i in range(len(names))
        if i in times or kinds[f"c{i}"].is_numeric() or kinds[f"c{i}"] in plain or names[i] in table_tags.time_index
    ]
    rows = frame.select(pl.len()).collect(engine="streaming").item()
    picked = frame.select(f"c{i}" for i in used)
    if rows > TIME_SAMPLE:
        chosen = np.sort(np.random.default_rng(SEED).choice(rows, TIME_SAMPLE, replace=False))
        index = pl.LazyFrame({"row": chosen}, schema={"row": pl.get_index_type()})
        picked = picked.with_row_index("row").join(index, on="row", how="semi").sort("row").drop("row")
    data = picked.collect(engine="streaming")
    data.columns = [f"c{i}" for i in range(len(used))]
    return TimedTable(table, [names[i] for i in used], data, table_tags)
