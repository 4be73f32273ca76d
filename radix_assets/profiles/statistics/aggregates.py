"""Counts, extremes and lengths: add a column statistic here (see docs/extending/statistics.md)."""

from operator import add
from typing import Any

import numpy as np

from radix_assets.profiles.distribution import to_json_values
from radix_assets.profiles.schema import DType
from radix_assets.profiles.statistics.definition import ALL, NUMERIC, ORDERED, STRING, Aggregate, Values


def _zeros(values: Values) -> int:
    assert values.ordered is not None  # noqa: S101 only of numbers
    return int(np.searchsorted(values.ordered, 0, side="right")) - _negatives(values)


def _negatives(values: Values) -> int:
    assert values.ordered is not None  # noqa: S101 only of numbers
    return int(np.searchsorted(values.ordered, 0, side="left"))


def _first(values: Values) -> Any:
    assert values.ordered is not None  # noqa: S101 not of strings
    return values.ordered[0].item()


def _last(values: Values) -> Any:
    assert values.ordered is not None  # noqa: S101 not of strings
    return values.ordered[-1].item()


def _characters(values: Values) -> int:
    assert values.lengths is not None and values.counts is not None  # noqa: S101, PT018 only of strings
    return int(values.lengths @ values.counts)


def _shortest(values: Values) -> int:
    assert values.lengths is not None  # noqa: S101 only of strings
    return int(values.lengths.min())


def _longest(values: Values) -> int:
    assert values.lengths is not None  # noqa: S101 only of strings
    return int(values.lengths.max())


def _as_json(state: Any, present: int, dtype: DType) -> Any:  # noqa: ARG001 the signature of `finish`
    return to_json_values([state], dtype)[0]


def _mean(state: int, present: int, dtype: DType) -> float:  # noqa: ARG001 the signature of `finish`
    return state / present


AGGREGATES = (
    Aggregate(
        name="nulls",
        label="null",
        dtypes=ALL,
        reveals_values=False,
        compute=lambda values: values.rows - values.present,
        merge=add,
        spark="{rows} - sum(n)",
        of_empty=True,
    ),
    Aggregate(
        name="minimum",
        label="min",
        dtypes=ORDERED,
        compute=_first,
        merge=min,
        spark="min({value})",
        finish=_as_json,
    ),
    Aggregate(
        name="maximum",
        label="max",
        dtypes=ORDERED,
        compute=_last,
        merge=max,
        spark="max({value})",
        finish=_as_json,
    ),
    Aggregate(
        name="zeros",
        label="zero",
        dtypes=NUMERIC,
        reveals_values=False,
        compute=_zeros,
        merge=add,
        spark="sum(CASE WHEN {value} = 0 THEN n ELSE 0 END)",
    ),
    Aggregate(
        name="negatives",
        label="negative",
        dtypes=NUMERIC,
        reveals_values=False,
        compute=_negatives,
        merge=add,
        spark="sum(CASE WHEN {value} < 0 THEN n ELSE 0 END)",
    ),
    Aggregate(
        name="length_min",
        label="shortest",
        dtypes=STRING,
        reveals_values=False,
        compute=_shortest,
        merge=min,
        spark="min(char_length({value}))",
    ),
    Aggregate(
        name="length_mean",
        label="mean length",
        dtypes=STRING,
        reveals_values=False,
        compute=_characters,
        merge=add,
        spark="sum(char_length({value}) * n)",
        finish=_mean,
    ),
    Aggregate(
        name="length_max",
        label="longest",
        dtypes=STRING,
        reveals_values=False,
        compute=_longest,
        merge=max,
        spark="max(char_length({value}))",
    ),
)
"""In the order of the table of statistics in the UI."""
