"""Statistics that reveal values: never written for a private column, recomputed in memory from the raw snapshot."""

from collections.abc import Collection
from pathlib import Path

from radix_assets.profiles.compute import profile_columns
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.profiles.statistics.registry import public_fields
from radix_assets.sources.schema import DATA_FILE


def without_values(profile: TableProfile, columns: Collection[str]) -> TableProfile:
    """Return the profile as it may be written: of these columns only statistics that reveal no value."""
    redacted = {name: _bare(column) if name in columns else column for name, column in profile.columns.items()}
    return profile.model_copy(update={"columns": redacted, "associations": profile.associations.without(columns)})


def with_values(profile: TableProfile, raw: Path) -> TableProfile:
    """Return the profile with all statistics of private columns, from its raw snapshot. Never to be written."""
    private = [name for name, column in profile.columns.items() if column.private]
    if not private:
        return profile
    again = profile_columns(raw / DATA_FILE, private)
    known = {name: column.model_copy(update={"private": True}) for name, column in again.items()}
    complete = {name: known.get(name, column) for name, column in profile.columns.items()}
    return profile.model_copy(update={"columns": complete})


def _bare(column: ColumnProfile) -> ColumnProfile:
    public = {name: value for name, value in column if name in public_fields()}
    return ColumnProfile(**public, private=True)
