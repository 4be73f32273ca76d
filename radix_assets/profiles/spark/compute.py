"""Profile a snapshot on a cluster. Only summaries of bounded size come to the driver."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from radix_assets.profiles.finalize import finalize
from radix_assets.profiles.schema import TableProfile
from radix_assets.profiles.spark.associations import associate
from radix_assets.profiles.spark.counts import Counts
from radix_assets.profiles.spark.order import repeated, rising
from radix_assets.profiles.spark.values import key
from radix_assets.profiles.state.column_chunk import canonical_dtype
from radix_assets.profiles.state.table import TableState
from radix_resources.compute.snapshots import read

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

COLUMNS = 200
"""Columns processed at a time: with more, Spark's planner would take longer than the job."""


def profile_table(session: "SparkSession", table: str, file: Path) -> TableProfile:
    """Return the exact statistics of a Parquet file in canonical types, which the workers must be able to read."""
    snapshot = read(session, file)
    state = TableState.none(snapshot.schema)
    state.rows = snapshot.rows
    keys = [key(f"c{place}", canonical_dtype(field.type)) for place, field in enumerate(snapshot.schema)]
    exact: dict[int, dict[str, Any]] = {}
    levels: dict[int, list[Any]] = {}
    if not snapshot.rows:
        levels = {place: [] for place, entry in enumerate(keys) if entry.dtype in {"string", "boolean"}}
    for column in state.columns:
        column.rows, column.statistics = snapshot.rows, {"nulls": snapshot.rows}
    if snapshot.rows:
        for start in range(0, len(keys), COLUMNS):
            chosen = keys[start : start + COLUMNS]
            with Counts(snapshot, state.columns[start : start + COLUMNS], chosen) as counts:
                for place, fields in counts.exact().items():
                    exact[start + place] = fields
                levels |= {start + place: values for place, values in counts.levels().items()}
        order = rising(snapshot, {place: keys[place] for place in exact})
        for place, column in enumerate(state.columns):
            column.non_decreasing = order.get(place, True)
    profile = finalize(table, state, exact)
    if snapshot.rows and keys and not any(column.unique for column in profile.columns.values()):
        profile.duplicates = repeated(snapshot, keys)
    associate(snapshot, state, keys, levels, profile)
    return profile
