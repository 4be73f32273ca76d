"""The entities of a question about the future, with their columns and outcomes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from radix_assets.exploration.sample import SAMPLE, SEED, Question, positional
from radix_assets.relationships.schema import Relationship


def entities_of(question: Question, link: Relationship, path: Path) -> tuple[pl.DataFrame, list[str]]:
    """Return a row for each entity in the question, with its columns `c{i}`, keys `k{i}` and outcomes.

    `last` is the newest known label, `ever` whether any was true, `mean` their mean; `from` and `to` are the first and
    the last time of the question.
    """
    labels, label_names = positional(question.path)
    frame, names = positional(path)
    label_kinds, entity_kinds = labels.collect_schema(), frame.collect_schema()
    pairs = [
        (label_names.index(a), names.index(b)) for a, b in zip(link.child_columns, link.parent_columns, strict=True)
    ]
    keys = [f"k{i}" for i in range(len(pairs))]
    equal_types = [label_kinds[f"c{a}"] == entity_kinds[f"c{b}"] for a, b in pairs]

    def as_keys(side: int) -> Iterator[pl.Expr]:
        for key, pair, same in zip(keys, pairs, equal_types, strict=True):
            column = pl.col(f"c{pair[side]}")
            yield (column if same else column.cast(pl.String)).alias(key)

    at = pl.col(f"c{label_names.index(question.table_tags.time_index[0])}")
    label = pl.col(f"c{label_names.index(question.tags.target.column)}")
    truth = label_kinds[f"c{label_names.index(question.tags.target.column)}"] in (pl.Boolean, pl.Int64, pl.Float64)
    number = label.cast(pl.Float64) if truth else pl.lit(None, pl.Float64)
    outcomes = (
        labels.filter(label.is_not_null())
        .group_by(list(as_keys(0)))
        .agg(
            label.sort_by(at).last().alias("last"),
            (number.max() > 0).alias("ever"),
            number.mean().alias("mean"),
            at.min().alias("from"),
            at.max().alias("to"),
        )
        .sort(keys)
        .collect(engine="streaming")
    )
    if len(outcomes) > SAMPLE:
        outcomes = outcomes[np.sort(np.random.default_rng(SEED).choice(len(outcomes), SAMPLE, replace=False))]
    rows = frame.with_columns(as_keys(1)).join(outcomes.lazy(), on=keys, how="inner")
    return rows.unique(keys, keep="first", maintain_order=True).sort(keys).collect(), names
