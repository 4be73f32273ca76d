"""Fixtures of the tests of ingestion."""

from raw_snapshots import read

__all__ = ["read"]
