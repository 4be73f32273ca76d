"""Tracking: where models and their runs are recorded."""

from radix_resources.tracking.base import Recorded, Tracking, Version
from radix_resources.tracking.local import LocalTracking

__all__ = ["LocalTracking", "Recorded", "Tracking", "Version"]
