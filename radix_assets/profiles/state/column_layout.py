"""The fields of a column in a state file, version 1: names and order that do not follow those of `ColumnState`."""

from dataclasses import dataclass
from typing import Any

from radix_assets.profiles.state.column import ColumnState
from radix_assets.profiles.statistics.registry import STATISTICS, aggregates

_FIELDS = {
    "dtype": "dtype",
    "rows": "rows",
    "nulls": "nulls",
    "rising": "non_decreasing",
    "strictly": "increasing",
    "first": "first",
    "last": "last",
    "least": "minimum",
    "most": "maximum",
    "zeros": "zeros",
    "negatives": "negatives",
    "moments": "power_sums",
    "lengths": "lengths",
    "shapes": "pattern_counts",
    "tally": "value_counts",
    "hashes": "hashes",
    "ranks": "quantile_sketch",
    "frequent": "heavy_hitters",
    "known": "exact_distinct",
    "hidden": "hidden",
}
"""Name in the file: attribute of the state, or aggregate."""
_COUNTS = frozenset({"nulls", "zeros", "negatives"})
"""Aggregates that every column has in the file, as 0 where the type has none."""
_LENGTHS = {"length_min": "least", "length_max": "most", "length_mean": "total"}
_OWN_FIELDS = frozenset(_FIELDS.values()) | frozenset(_LENGTHS)
OTHERS = "statistics"
"""The field of the aggregates that have none of their own. It is left out where there are none."""


class LayoutError(ValueError):
    """The file holds other statistics than those that are defined now."""


@dataclass
class Lengths:
    """The lengths of the strings of a column as one value of the file, in characters."""

    least: int
    most: int
    total: int


def to_fields(column: ColumnState) -> dict[str, Any]:
    """Return the fields of a column in the order of the file; None is left out."""
    states = column.statistics
    fields: dict[str, Any] = {}
    for name, attribute in _FIELDS.items():
        if attribute == "lengths":
            value = Lengths(*(states[part] for part in _LENGTHS)) if "length_min" in states else None
        elif attribute in STATISTICS:
            value = states.get(attribute, 0 if attribute in _COUNTS else None)
        else:
            value = getattr(column, attribute)
        if value is not None:
            fields[name] = value
    others = {name: states[name] for name in sorted(states) if name not in _OWN_FIELDS}
    return fields | ({OTHERS: others} if others else {})


def from_fields(**fields: Any) -> ColumnState:
    """Return the column. Raises LayoutError where its statistics are not those that are defined now."""
    attributes = {
        attribute: fields[name]
        for name, attribute in _FIELDS.items()
        if attribute not in STATISTICS and attribute != "lengths" and name in fields
    }
    column = ColumnState(**attributes)
    states = {
        attribute: fields[name] for name, attribute in _FIELDS.items() if name in fields and attribute in STATISTICS
    }
    if lengths := fields.get("lengths"):
        states |= {name: getattr(lengths, part) for name, part in _LENGTHS.items()}
    states |= fields.get(OTHERS, {})
    present = column.rows - states["nulls"]
    defined = {
        entry.name
        for entry in aggregates(column.dtype)
        if (present or (entry.of_empty and column.rows)) and not (column.hidden and entry.reveals_values)
    }
    column.statistics = {name: states[name] for name in states if name in defined}
    others = {name for name in defined if name not in _OWN_FIELDS}
    if others != set(fields.get(OTHERS, {})):
        raise LayoutError(sorted(others))
    return column
