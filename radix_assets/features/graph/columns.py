"""Choose the columns that features may read, how each is read, and the values used in conditions."""

import polars as pl

from radix_assets.asof.columns import each
from radix_assets.asof.parsing import Unusable, choose
from radix_assets.asof.plan import Link, Reading
from radix_assets.features.coordinates import pairs
from radix_assets.features.graph.schema import Table
from radix_assets.tags.schema import TableTags

MOST_VALUES = 1000
"""Text with more distinct values is not a category."""
MOST_CATEGORIES = 30
"""A column with more distinct values is not used in conditions."""
CONDITIONED = 3
"""Columns per table that are used in conditions."""
INTERESTING = 3
"""Values per column that are used in conditions."""
OFTEN = 0.05
"""Minimum share of the rows for a value to be used in a condition."""
MOST_IDS = 200
"""A foreign key with at most this many distinct values is also a category."""


def set_columns(
    table: Table,
    tags: TableTags,
    forbidden: dict[tuple[str, str], str],
    links: list[Link],
    dropped: dict[str, str],
    *,
    target: bool,
) -> None:
    """Choose the columns that features may read and set them, with place pairs and frequent values, in the table."""
    link_columns = {column for link in links if link.child == table.name for column in link.child_columns}
    candidates: list[str] = []
    for column in table.schema:
        line = tags.columns.get(column)
        reason = forbidden.get((table.name, column), "")
        if not reason and line is not None and line.sensitivity != "none":
            reason = "not used: a private column"
        if reason:
            dropped[f"{table.name}.{column}"] = reason
        elif line is not None and line.role in ("feature", "foreign_key"):
            candidates.append(column)
    keys = {column for column in candidates if column in link_columns or tags.columns[column].role == "foreign_key"}
    # a numeric or date column in the file is read as such, whatever its values
    plain = [c for c in candidates if c not in keys and tags.columns[c].type in ("numeric", "datetime")]
    empty_columns = {c: pl.Series(dtype=table.schema[c]) for c in plain if table.schema[c] != pl.String}
    read_columns = each(table.scan(), [column for column in candidates if column not in empty_columns], table.rows)
    distinct = empty_columns | {column: values.unique() for column, values in read_columns}
    for column in candidates:
        values, count = distinct[column], len(distinct[column])
        reading: Reading | Unusable
        if column in keys:
            reading = "categorical" if count <= MOST_IDS else Unusable(f"a key with {count} values")
        else:
            reading = choose(tags.columns[column].type, values)
            if reading == "categorical" and count > MOST_VALUES:
                reading = Unusable(f"a category with {count} values")
            elif reading == "categorical" and target and count == table.rows > 2:  # noqa: PLR2004
                reading = Unusable("its value differs in every row")
        if isinstance(reading, Unusable):
            dropped[f"{table.name}.{column}"] = f"not used: {reading.reason}"
        else:
            table.columns[column] = reading
    table.places = pairs(
        table.scan(), table.schema, [c for c, reading in table.columns.items() if reading == "numeric"]
    )
    categories = [c for c, reading in table.columns.items() if reading == "categorical" and c not in keys]
    table.values = _frequent(table, [column for column in categories if len(distinct[column]) <= MOST_CATEGORIES])


def _frequent(table: Table, columns: list[str]) -> dict[str, list[str]]:
    """Return the most frequent values of the first few of these columns."""
    frequent = {}
    for column, values in each(table.scan(), columns[:CONDITIONED], table.rows):
        counts = values.cast(pl.String).drop_nulls().value_counts().sort("count", "x", descending=[True, False])
        values_used = counts.filter(pl.col("count") >= OFTEN * table.rows)["x"].head(INTERESTING).to_list()
        if len(counts) > 1 and values_used:
            frequent[column] = values_used
    return frequent
