"""Profiles: exact statistics of every column of a raw table, with a picture, alerts and a page."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_assets.profiles.alerts import Alert, alerts_of
    from radix_assets.profiles.making import make_profile
    from radix_assets.profiles.model import Associations, ColumnProfile, TableProfile
    from radix_assets.profiles.statistics import Profiled, profile_from, profile_table
    from radix_assets.profiles.store import STATE_FILE
    from radix_assets.profiles.stored import load_profile, load_profiles
    from radix_assets.profiles.table_state import TableState

__all__ = [
    "STATE_FILE",
    "Alert",
    "Associations",
    "ColumnProfile",
    "Profiled",
    "TableProfile",
    "TableState",
    "alerts_of",
    "load_profile",
    "load_profiles",
    "make_profile",
    "profile_from",
    "profile_table",
]

__getattr__ = lazily(
    __name__,
    alerts="Alert alerts_of",
    making="make_profile",
    model="Associations ColumnProfile TableProfile",
    statistics="Profiled profile_from profile_table",
    store="STATE_FILE",
    stored="load_profile load_profiles",
    table_state="TableState",
)
