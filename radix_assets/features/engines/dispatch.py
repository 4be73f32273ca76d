"""Run a plan on an engine: each engine is a module with the same `compute`."""

from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from radix_assets.asof.plan import Plan

EngineName = Literal["polars", "spark"]


def compute(plan: Plan, tables: dict[str, Path], rows: Any, engine: EngineName = "polars", **settings: Any) -> Any:
    """Return the features of these rows: a frame of the engine, row by row in the same order.

    `tables` are snapshot directories by name. `rows` has the raw columns of the plan's inputs, and may have CUTOFF: the
    time of each row; only what was known strictly before it counts. Without it the rows' own time index is used;
    without that, everything in the snapshots counts. The same entity may occur with many cutoffs. A single cutoff for
    all rows is computed by grouping alone, one pass per path.

    `settings` belong to the engine: Spark requires a `session`, takes the directory of a snapshot as rows, and
    identifies each row by its number.
    """
    return import_module(f"radix_assets.features.engines.{engine}").compute(plan, tables, rows, **settings)
