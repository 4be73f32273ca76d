"""The column statistics by name."""

from collections.abc import Callable
from typing import Any

from radix_assets.profiles.schema import ColumnProfile, DType
from radix_assets.profiles.statistics.aggregates import AGGREGATES
from radix_assets.profiles.statistics.definition import Aggregate, Sketched, Statistic, Values
from radix_assets.profiles.statistics.sketched import SKETCHED

STATISTICS: dict[str, Statistic] = {statistic.name: statistic for statistic in (*AGGREGATES, *SKETCHED)}
_IDENTITY = {"name", "dtype", "rows", "errors"}


def aggregates(dtype: DType) -> list[Aggregate]:
    """Return the aggregates that columns of a type have."""
    return [entry for entry in STATISTICS.values() if isinstance(entry, Aggregate) and dtype in entry.dtypes]


def estimable() -> dict[str, Callable[[float], str]]:
    """Return for each statistic that can be an estimate how its error is put in words."""
    return {entry.name: entry.error for entry in STATISTICS.values() if isinstance(entry, Sketched) and entry.error}


def formatted(column: ColumnProfile) -> dict[str, str]:
    """Return the statistics of a column that disclose no value as text, by label.

    The event log keeps them for good, and a column may be tagged private afterwards.
    """
    return {
        entry.label: entry.format(value)
        for entry in STATISTICS.values()
        if entry.format and not entry.reveals_values and (value := getattr(column, entry.name, None)) is not None
    }


def public_fields() -> set[str]:
    """Return the fields of `ColumnProfile` that may be written of a private column: they hold no value.

    A field without a definition is private.
    """
    return _IDENTITY | {entry.name for entry in STATISTICS.values() if not entry.reveals_values}


def compute(values: Values) -> dict[str, Any]:
    """Return the states of the aggregates of some rows, by name."""
    return {entry.name: entry.compute(values) for entry in aggregates(values.dtype) if values.present or entry.of_empty}


def merge(states: dict[str, Any], following: dict[str, Any]) -> None:
    """Merge the states of the rows that follow into `states`."""
    for name, state in following.items():
        entry = STATISTICS[name]
        assert isinstance(entry, Aggregate)  # noqa: S101 as it was computed
        states[name] = entry.merge(states[name], state) if name in states else state


def hide(states: dict[str, Any]) -> dict[str, Any]:
    """Return the states that hold no value."""
    return {name: state for name, state in states.items() if not STATISTICS[name].reveals_values}


def finish(states: dict[str, Any], present: int, dtype: DType) -> dict[str, Any]:
    """Return the fields of `ColumnProfile`, from the states and the number of rows that are not null."""
    return {
        entry.name: entry.finish(states[entry.name], present, dtype)
        for entry in aggregates(dtype)
        if entry.name in states
    }
