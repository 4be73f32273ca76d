"""Columns of an entity that count all its rows in another table, later ones included."""

from pathlib import Path

import numpy as np
import polars as pl

from radix_assets.common.spelling import folded
from radix_assets.exploration.leaks.predictive import MIN_ROWS, SIBLING
from radix_assets.exploration.leaks.state_words import OutcomeSignal
from radix_assets.exploration.sample import Question, positional
from radix_assets.exploration.scoring import as_numbers, spearman
from radix_assets.relationships.schema import Relationship


def row_counts(
    question: Question, link: Relationship, frame: pl.DataFrame, tables: dict[str, Path]
) -> dict[str, np.ndarray]:
    """Return the number of rows that each entity has today in each table that references it."""
    counts_by_table = {}
    for relationship in question.tags.relationships:
        if (
            relationship.parent != link.parent
            or relationship.child in (question.table, link.parent)
            or relationship.child not in tables
        ):
            continue
        if relationship.parent_columns != link.parent_columns:
            continue
        rows, names = positional(tables[relationship.child])
        if not set(relationship.child_columns) <= set(names):
            continue
        keys = [f"k{i}" for i in range(len(relationship.child_columns))]
        entities = frame.select(keys)
        own = [
            pl.col(f"c{names.index(c)}").cast(frame.schema[k], strict=False).alias(k)
            for c, k in zip(relationship.child_columns, keys, strict=True)
        ]
        if relationship.folded:
            entities = entities.select(folded(pl.col(k)).alias(k) for k in keys)
            children = zip(relationship.child_columns, keys, strict=True)
            own = [folded(pl.col(f"c{names.index(c)}")).alias(k) for c, k in children]
        counts = rows.group_by(own).agg(pl.len().alias("n")).collect(engine="streaming")
        joined = entities.join(counts, on=keys, how="left", maintain_order="left")
        counts_by_table[relationship.child] = joined["n"].fill_null(0).cast(pl.Float64).to_numpy()
    return counts_by_table


def by_row_count(column: pl.Series, counts: dict[str, np.ndarray]) -> OutcomeSignal:
    """Return a finding if the column rises with the number of rows of a table."""
    if not column.dtype.is_numeric() or len(column) < MIN_ROWS:
        return None
    values = as_numbers(column)
    for table, number in counts.items():
        rho = spearman(values, number)
        if rho >= SIBLING:
            return (
                "strong",
                round(rho, 6),
                f"it rises with the number of all rows of {table}, rank correlation {rho:.3f}",
            )
    return None
