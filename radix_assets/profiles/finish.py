"""From what is remembered of a table to its profile."""

from typing import Any

import numpy as np

from radix_assets.profiles.definition import LEVELS, MEASURES, TOP
from radix_assets.profiles.measures import measured
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.profiles.sketches.heavy_hitters import Frequent
from radix_assets.profiles.spread import bins_of, quantiles_of, shown, top_of
from radix_assets.profiles.state.arrow import taken
from radix_assets.profiles.state.column import ColumnState
from radix_assets.profiles.state.kinds import Counts, Numbers
from radix_assets.profiles.state.table import TableState

_ALWAYS = 2.0
"""Standard errors that are exceeded once in twenty times."""


def finished(table: str, state: TableState, exact: dict[int, dict[str, Any]]) -> TableProfile:
    """The profile. `exact`: by the place of a column, statistics that a second look made exact."""
    columns = {}
    for place, (name, column) in enumerate(zip(state.names, state.columns, strict=True)):
        columns[name] = _profile(name, column, exact.get(place))
    profile = TableProfile(table=table, rows=state.rows, columns=columns)
    profile.duplicates, profile.duplicates_error = duplicates_of(state)
    hidden = {place for place, column in enumerate(state.columns) if column.hidden}
    profile.associations = measured(state.associations, state.names, hidden, _left_out(state))
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
        if seen[kind] > MEASURES and (kind == 0 or (column.tally is not None and len(column.tally.keys) <= LEVELS)):
            beyond.append(name)
    return beyond


def duplicates_of(state: TableState) -> tuple[int, int]:
    """Rows that repeat an earlier one, and by how many rows that may be off."""
    if not state.columns or any(_unique(column) for column in state.columns):
        return 0, 0
    hashes = state.hashes.settle()
    if hashes.exact:
        return state.rows - len(hashes.hashes), 0
    # The rows whose hashes are known are a sample of the different rows, with all their repeats.
    known, rows = len(hashes.hashes), int(hashes.counts.sum())
    share = (rows - known) / rows
    error = _ALWAYS * (share * (1.0 - share) / known) ** 0.5 + 3.0 / known
    return round(state.rows * share), int(np.ceil(error * state.rows))


def _unique(column: ColumnState) -> bool:
    if column.nulls or not column.rows:
        return False
    return distinct_of(column) == (column.rows, 0.0)


def distinct_of(column: ColumnState) -> tuple[int, float]:
    """How many different values, and the relative error."""
    if column.known is not None:
        return column.known, 0.0
    if column.strictly:
        return column.present, 0.0
    if column.tally is not None:
        return len(column.tally.settle().keys), 0.0
    if column.hashes is None:
        return 0, 0.0
    return column.hashes.distinct(column.present), column.hashes.error


def _profile(name: str, column: ColumnState, exact: dict[str, Any] | None) -> ColumnProfile:
    distinct, error = distinct_of(column)
    found: dict[str, Any] = {"distinct": distinct}
    errors: dict[str, float] = {"distinct": error} if error else {}
    if column.lengths:
        found |= {
            "length_min": column.lengths.least,
            "length_max": column.lengths.most,
            "length_mean": column.lengths.total / column.present,
        }
    if column.present:
        found["monotonic"] = column.rising
        if column.dtype in {"integer", "float"}:
            found["zeros"], found["negatives"] = column.zeros, column.negatives
    if column.present and not column.hidden:
        _of_order(column, found)
        if column.shapes:
            found["patterns"] = _patterns(column.shapes)
            if column.shapes.short:
                errors["patterns"] = float(column.shapes.short)
        if exact:
            found |= exact
            errors = {key: value for key, value in errors.items() if key == "patterns"}
        elif column.tally is not None:
            tally = column.tally.settle()
            keys = tally.texts if column.dtype == "string" else tally.keys
            found |= spread_of(column, keys, tally.counts)
        else:
            found |= _estimated(column, errors)
    return ColumnProfile(name=name, dtype=column.dtype, rows=column.rows, nulls=column.nulls, errors=errors, **found)


def _patterns(shapes: Frequent) -> list[tuple[str, int]]:
    """The most frequent, even where each occurs once."""
    places = np.flatnonzero(shapes.counts > shapes.short)
    if shapes.texts is None or not len(places):
        return []
    pairs = zip(taken(shapes.texts, places).to_pylist(), shapes.counts[places].tolist(), strict=True)
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:TOP]


def _of_order(column: ColumnState, found: dict[str, Any]) -> None:
    if column.dtype != "string":
        found["minimum"], found["maximum"] = shown([column.least, column.most], column.dtype)
    moments = column.moments
    if moments:
        mean = float(moments.mean)
        found["mean"] = mean if np.isfinite(mean) else None
        found["std"], found["skew"], found["kurtosis"] = moments.std, moments.skew, moments.kurtosis


def spread_of(column: ColumnState, keys: Any, counts: Counts) -> dict[str, Any]:
    """What follows from all values and how often each occurs."""
    top = top_of(keys, counts)
    found: dict[str, Any] = {"distinct": len(counts)}
    found["top"] = list(zip(shown([key for key, _ in top], column.dtype), [number for _, number in top], strict=True))
    return found | _ordered(column, keys, counts)


def _ordered(column: ColumnState, values: Numbers, counts: Counts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if column.dtype in {"string", "boolean", "time"}:
        return found
    below = np.cumsum(counts)
    if column.dtype in {"integer", "float"}:
        found["quantiles"] = quantiles_of(values, below)
        if np.isfinite(column.least) and np.isfinite(column.most):
            whole = column.dtype == "integer"
            found["histogram"] = bins_of(values, below, column.least, column.most, whole=whole)
    elif column.least != column.most:
        bins = bins_of(values, below, float(column.least), float(column.most), whole=False)
        edges = shown([round(low) for low, _, _ in bins] + [round(bins[-1][1])], column.dtype)
        found["timeline"] = list(zip(edges[:-1], edges[1:], [count for _, _, count in bins], strict=True))
    return found


def _estimated(column: ColumnState, errors: dict[str, float]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if column.frequent:
        frequent = column.frequent
        keys = frequent.texts if column.dtype == "string" else frequent.keys
        top = top_of(keys, frequent.counts, frequent.short)
        names = shown([key for key, _ in top], column.dtype)
        found["top"] = list(zip(names, [number for _, number in top], strict=True))
        if frequent.short:
            errors["top"] = float(frequent.short)
    if column.ranks:
        found |= _ordered(column, *column.ranks.weighted())
        if column.dtype != "time":
            errors["quantiles"] = column.ranks.moved / column.present
    return found
