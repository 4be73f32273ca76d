"""Quantiles, histogram and most frequent values of counted values."""

import datetime as dt
import heapq
from typing import Any

import numpy as np
import polars as pl

from radix_assets.profiles.array_types import Counts, Numbers
from radix_assets.profiles.arrow import take_texts
from radix_assets.profiles.parameters import BINS, QUANTILES, TOP
from radix_assets.profiles.schema import DType

_KINDS: dict[DType, pl.DataType] = {"datetime": pl.Datetime("us"), "time": pl.Time()}


def compute_quantiles(values: Numbers, below: Counts) -> dict[str, float]:
    """Return quantiles by linear interpolation. `below`, (values,): how many values are not greater than each."""
    places = np.array(QUANTILES) * (int(below[-1]) - 1)
    low = values[np.searchsorted(below, np.floor(places), side="right")]
    high = values[np.searchsorted(below, np.ceil(places), side="right")]
    low, high = low.astype(np.float64), high.astype(np.float64)
    part = places - np.floor(places)
    interpolated = low * (1.0 - part) + high * part
    return {
        str(share): float(value)
        for share, value in zip(QUANTILES, np.where(low == high, low, interpolated), strict=True)
    }


def compute_histogram(
    values: Numbers, below: Counts, low: Any, high: Any, *, whole: bool
) -> list[tuple[float, float, int]]:
    """Return the bars (low, high, count) between the smallest and largest value; one per number for few integers."""
    if whole:  # every bar covers the same number of integers, otherwise the histogram would show an artefact
        width = (high - low) // BINS + 1
        edges = [low - 0.5 + width * number for number in range((high - low) // width + 2)]
    elif low == high:
        edges = [low - 0.5, high + 0.5]
    else:
        step = (high / BINS) - (low / BINS)
        edges = [low + number * step for number in range(BINS)] + [float(high)]
    floats = values.astype(np.float64)
    places = np.searchsorted(floats, np.array(edges[1:-1], np.float64), side="left")
    counts = np.diff(np.concatenate(([0], np.append(0, below)[places], below[-1:])))
    return list(zip(map(float, edges[:-1]), map(float, edges[1:]), counts.tolist(), strict=True))


def most_frequent(keys: Any, counts: Counts, least: int = 0) -> list[tuple[Any, int]]:
    """Return the most frequent keys that occur more than `least` times, ties by key; none if every key occurs once."""
    if not len(counts) or counts.max() <= max(least, 1 if not least else 0):
        return []
    number = min(TOP, len(counts))
    bar = max(int(np.partition(counts, len(counts) - number)[len(counts) - number]), least + 1)
    places = np.flatnonzero(counts >= bar)
    chosen = keys[places].tolist() if isinstance(keys, np.ndarray) else take_texts(keys, places).to_pylist()
    pairs = zip(chosen, counts[places].tolist(), strict=True)
    return heapq.nsmallest(TOP, pairs, key=lambda pair: (-pair[1], pair[0]))


def to_json_values(values: list[Any], dtype: DType) -> list[Any]:
    """Return values as JSON holds them: dates and times as ISO 8601 strings, booleans as booleans."""
    if dtype == "boolean":
        return [bool(value) for value in values]
    if dtype == "date":
        dates = pl.Series(values, dtype=pl.Int64).cast(pl.Int32).cast(pl.Date).to_list()
        return [value.isoformat() for value in dates]
    if dtype in _KINDS:
        return [_iso(value) for value in pl.Series(values, dtype=pl.Int64).cast(_KINDS[dtype]).to_list()]
    return values


def _iso(value: dt.datetime | dt.time) -> str:
    return value.isoformat()
