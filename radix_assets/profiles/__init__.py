"""Profiles: exact statistics of every column of a raw table, with a picture, alerts and a page."""

from radix_assets.profiles.alerts import Alert, alerts_of
from radix_assets.profiles.making import load_profile, load_profiles, make_profile
from radix_assets.profiles.model import ColumnProfile, TableProfile
from radix_assets.profiles.statistics import profile_table

__all__ = [
    "Alert",
    "ColumnProfile",
    "TableProfile",
    "alerts_of",
    "load_profile",
    "load_profiles",
    "make_profile",
    "profile_table",
]
