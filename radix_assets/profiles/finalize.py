"""Compute the profile of a table from its state."""

from typing import Any

import numpy as np

from radix_assets.profiles.array_types import Counts, Numbers
from radix_assets.profiles.arrow import take_texts
from radix_assets.profiles.coefficients import compute_coefficients
from radix_assets.profiles.distribution import compute_histogram, compute_quantiles, most_frequent, to_json_values
from radix_assets.profiles.parameters import LEVELS, MEASURES, TOP
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.profiles.sketches.heavy_hitters import HeavyHitters
from radix_assets.profiles.sketches.power_sums import PowerSums
from radix_assets.profiles.state.column import ColumnState
from radix_assets.profiles.state.table import TableState
from radix_assets.profiles.statistics import registry

_ALWAYS = 2.0
"""Standard errors that are exceeded once in twenty times (5%)."""


def finalize(table: str, state: TableState, exact: dict[int, dict[str, Any]]) -> TableProfile:
    """Return the profile. `exact`: by column position, statistics that the second pass made exact."""
    columns = {}
    for place, (name, column) in enumerate(zip(state.names, state.columns, strict=True)):
        columns[name] = _profile(name, column, exact.get(place))
    profile = TableProfile(table=table, rows=state.rows, columns=columns)
    profile.duplicates, profile.duplicates_error = count_duplicates(state)
    hidden = {place for place, column in enumerate(state.columns) if column.hidden}
    profile.associations = compute_coefficients(state.associations, state.names, hidden, _left_out(state))
    return profile


def _left_out(state: TableState) -> list[str]:
    kinds = {"integer": 0, "float": 0, "string": 1, "boolean": 1}
    seen = [0, 0]
    beyond = []
    for name, column in zip(state.names, state.columns, strict=True):
        kind = kinds.get(column.dtype)
        if kind is None:
            continue
        seen[kind] += 1
        if seen[kind] > MEASURES and (
            kind == 0 or (column.value_counts is not None and len(column.value_counts.keys) <= LEVELS)
        ):
            beyond.append(name)
    return beyond


def count_duplicates(state: TableState) -> tuple[int, int]:
    """Return the number of rows that repeat an earlier one, and its error bound."""
    if not state.columns or any(_unique(column) for column in state.columns):
        return 0, 0
    hashes = state.hashes.settle()
    if hashes.exact:
        return state.rows - len(hashes.hashes), 0
    # The rows whose hashes are known are a sample of the distinct rows, with all their repeats.
    distinct, rows = len(hashes.hashes), int(hashes.counts.sum())
    share = (rows - distinct) / rows
    error = _ALWAYS * (share * (1.0 - share) / distinct) ** 0.5 + 3.0 / distinct
    return round(state.rows * share), int(np.ceil(error * state.rows))


def _unique(column: ColumnState) -> bool:
    if column.nulls or not column.rows:
        return False
    return count_distinct(column) == (column.rows, 0.0)


def count_distinct(column: ColumnState) -> tuple[int, float]:
    """Return the number of distinct values, and its relative error."""
    if column.exact_distinct is not None:
        return column.exact_distinct, 0.0
    if column.increasing:
        return column.present, 0.0
    if column.value_counts is not None:
        return len(column.value_counts.settle().keys), 0.0
    if column.hashes is None:
        return 0, 0.0
    return column.hashes.distinct(column.present), column.hashes.error


def _profile(name: str, column: ColumnState, exact: dict[str, Any] | None) -> ColumnProfile:
    distinct, error = count_distinct(column)
    fields: dict[str, Any] = {"nulls": column.nulls, "distinct": distinct}
    fields |= registry.finish(column.statistics, column.present, column.dtype)
    errors: dict[str, float] = {"distinct": error} if error else {}
    if column.present:
        fields["monotonic"] = column.non_decreasing
    if column.present and not column.hidden:
        if column.power_sums:
            fields |= _moments(column.power_sums)
        if column.pattern_counts:
            fields["patterns"] = _patterns(column.pattern_counts)
            if column.pattern_counts.short:
                errors["patterns"] = float(column.pattern_counts.short)
        if exact:
            fields |= exact
            errors = {key: value for key, value in errors.items() if key == "patterns"}
        elif column.value_counts is not None:
            tally = column.value_counts.settle()
            keys = tally.texts if column.dtype == "string" else tally.keys
            fields |= describe_values(column, keys, tally.counts)
        else:
            fields |= _estimated(column, errors)
    return ColumnProfile(name=name, dtype=column.dtype, rows=column.rows, errors=errors, **fields)


def _patterns(shapes: HeavyHitters) -> list[tuple[str, int]]:
    """Return the most frequent patterns, even if each occurs once."""
    places = np.flatnonzero(shapes.counts > shapes.short)
    if shapes.texts is None or not len(places):
        return []
    pairs = zip(take_texts(shapes.texts, places).to_pylist(), shapes.counts[places].tolist(), strict=True)
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:TOP]


def _moments(sums: PowerSums) -> dict[str, Any]:
    mean = float(sums.mean)
    return {
        "mean": mean if np.isfinite(mean) else None,
        "std": sums.std,
        "skew": sums.skew,
        "kurtosis": sums.kurtosis,
    }


def describe_values(column: ColumnState, keys: Any, counts: Counts) -> dict[str, Any]:
    """Return the statistics that follow from all distinct values and their counts."""
    top = most_frequent(keys, counts)
    fields: dict[str, Any] = {"distinct": len(counts)}
    fields["top"] = list(
        zip(to_json_values([key for key, _ in top], column.dtype), [number for _, number in top], strict=True)
    )
    return fields | _ordered(column, keys, counts)


def _ordered(column: ColumnState, values: Numbers, counts: Counts) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if column.dtype in {"string", "boolean", "time"}:
        return fields
    below = np.cumsum(counts)
    if column.dtype in {"integer", "float"}:
        fields["quantiles"] = compute_quantiles(values, below)
        if np.isfinite(column.minimum) and np.isfinite(column.maximum):
            whole = column.dtype == "integer"
            fields["histogram"] = compute_histogram(values, below, column.minimum, column.maximum, whole=whole)
    elif column.minimum != column.maximum:
        bins = compute_histogram(values, below, float(column.minimum), float(column.maximum), whole=False)
        edges = to_json_values([round(low) for low, _, _ in bins] + [round(bins[-1][1])], column.dtype)
        fields["timeline"] = list(zip(edges[:-1], edges[1:], [count for _, _, count in bins], strict=True))
    return fields


def _estimated(column: ColumnState, errors: dict[str, float]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if column.heavy_hitters:
        frequent = column.heavy_hitters
        keys = frequent.texts if column.dtype == "string" else frequent.keys
        top = most_frequent(keys, frequent.counts, frequent.short)
        names = to_json_values([key for key, _ in top], column.dtype)
        fields["top"] = list(zip(names, [number for _, number in top], strict=True))
        if frequent.short:
            errors["top"] = float(frequent.short)
    if column.quantile_sketch:
        fields |= _ordered(column, *column.quantile_sketch.weighted())
        if column.dtype != "time":
            errors["quantiles"] = column.quantile_sketch.moved / column.present
    return fields
