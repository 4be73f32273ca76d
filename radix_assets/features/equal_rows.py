"""Find rows of the target's table that are equal in everything but the key."""

from pathlib import Path

import numpy as np
import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.features.graph.schema import Table
from radix_assets.tags.schema import TableTags

EQUAL_FILE = "equal.parquet"
FIRST = "first"
"""The only column: for each row the position of the first row that is equal to it, in the table's order."""


def write_first_equal(table: Table, tags: TableTags, file: Path) -> None:
    """Write for each row the position of the first row that is equal to it in every column but the key.

    All columns are compared, also those that are no features: rows that differ in an ignored date or name describe
    different things. Left out are the key, and ignored columns in which no two values are equal, since they number the
    rows. The file holds no value of the data.
    """
    compared = [name for name in table.schema if name not in _numbering(table, tags)]
    if not compared:
        first = np.arange(table.rows)
    else:
        row = pl.struct(exactly(name) for name in compared).hash(seed=0)
        hashes = table.scan().select(row.alias("row")).collect(engine="streaming").to_series().to_numpy()
        _, firsts, places = np.unique(hashes, return_index=True, return_inverse=True)
        first = firsts[places]
    pl.DataFrame({FIRST: first}, schema={FIRST: pl.Int64}).write_parquet(file, compression="zstd")


def _numbering(table: Table, tags: TableTags) -> set[str]:
    """Return the columns that only tell rows apart."""
    keys = {*tags.primary_key, *tags.with_role("primary_key")}
    ignored = [name for name in tags.with_role("ignore") if name in table.schema]
    if not ignored:
        return keys
    counts = (
        table.scan()
        .select(exactly(name).n_unique().alias(str(place)) for place, name in enumerate(ignored))
        .collect(engine="streaming")
    )
    return keys | {name for name, count in zip(ignored, counts.row(0), strict=True) if count == table.rows}
