"""Fixtures of the tests of sources."""

from raw_snapshots import read

__all__ = ["read"]
