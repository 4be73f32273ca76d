"""Load profiles from snapshots, without importing what computes them."""

from collections.abc import Mapping
from pathlib import Path

from radix_assets.profiles.schema import TableProfile
from radix_resources.errors import StorageError

PROFILE_FILE = "profile.json"


def load_profiles(paths: Mapping[str, Path], raw: Mapping[str, Path] | None = None) -> dict[str, TableProfile]:
    """Load the profiles of several tables, by name.

    With `raw`, the raw snapshots, private columns have all statistics too: for detection in memory, never to be
    written.
    """
    profiles = {table: load_profile(path) for table, path in paths.items()}
    if not raw:
        return profiles
    from radix_assets.profiles.private import with_values

    return {table: with_values(profile, raw[table]) if table in raw else profile for table, profile in profiles.items()}


def load_profile(path: Path) -> TableProfile:
    """Load the profile in a snapshot directory. Raises StorageError RDX-STO-011 if it is missing."""
    try:
        return TableProfile.model_validate_json((path / PROFILE_FILE).read_bytes())
    except (OSError, ValueError):
        raise StorageError(
            "RDX-STO-011",
            "the snapshot has no readable profile",
            expected=PROFILE_FILE,
            hint="materialize the profile again",
            directory=path.name,
        ) from None
