"""Statistics by value: of a private column none is written; in memory they are had again from the raw snapshot."""

from collections.abc import Collection
from pathlib import Path

from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.profiles.statistics import profile_columns
from radix_assets.sources.schema import DATA_FILE

TELLING = {"name", "dtype", "rows", "nulls", "distinct", "length_min", "length_mean", "length_max"} | {
    "zeros",
    "negatives",
    "monotonic",
    "errors",
}
"""Statistics that count and measure, and hold no value. A new one is private until it is listed here."""


def without_values(profile: TableProfile, columns: Collection[str]) -> TableProfile:
    """The profile as it may be written: of these columns only what counts and measures."""
    kept = {name: _bare(column) if name in columns else column for name, column in profile.columns.items()}
    return profile.model_copy(update={"columns": kept, "associations": profile.associations.without(columns)})


def with_values(profile: TableProfile, raw: Path) -> TableProfile:
    """The profile with all statistics of private columns, from the raw snapshot it was made of. Never to be written."""
    private = [name for name, column in profile.columns.items() if column.private]
    if not private:
        return profile
    again = profile_columns(raw / DATA_FILE, private)
    kept = {name: again.get(name, column) for name, column in profile.columns.items()}
    return profile.model_copy(update={"columns": kept})


def _bare(column: ColumnProfile) -> ColumnProfile:
    told = {name: getattr(column, name) for name in ColumnProfile.model_fields if name in TELLING}
    return ColumnProfile(**told, private=True)
