"""Samples of the distinct values of text columns, from which ways of writing are taken that are worth trying."""

from collections.abc import Mapping, Sequence

import polars as pl

from radix_assets.sources.rows import Rows
from radix_assets.sources.types.counts import Counts, Measured, present_in
from radix_assets.sources.types.readings import NULL_TOKENS

_SAMPLE = 1_000
_ENOUGH = 200


def sample_columns(rows: Rows, counts: Mapping[str, Counts], columns: Sequence[str]) -> dict[str, list[str]]:
    """Sample distinct values of every column, spread over all rows."""
    if not columns:
        return {}
    step = sample_step(counts[columns[0]].rows)
    if isinstance(rows, Measured) and rows.step == step:
        sample = rows.sample
    else:
        sample = rows.filter(pl.int_range(pl.len()) % step == 0).select(pl.col(columns))
    values = {}
    for column in columns:
        present = sample[column].drop_nulls()
        present = present.filter(~present.is_in(NULL_TOKENS))
        if len(present) < min(_ENOUGH, counts[column].present):
            every = max(1, counts[column].present // (2 * _SAMPLE))
            present = rows.select(present_in(column).drop_nulls().gather_every(every)).to_series()
        distinct = present.unique(maintain_order=True)
        values[column] = distinct.gather_every(max(1, len(distinct) // _SAMPLE)).to_list()
    return values


def sample_step(rows: int) -> int:
    """Return every which row of a table is in the sample, beginning with the first."""
    return max(1, rows // (2 * _SAMPLE))
