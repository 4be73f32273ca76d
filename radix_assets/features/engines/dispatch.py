"""Where plans run: one module for each engine, all with the same `compute`."""

from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from radix_assets.asof.plan import Plan

EngineName = Literal["polars", "spark"]


def compute(plan: Plan, tables: dict[str, Path], rows: Any, engine: EngineName = "polars", **settings: Any) -> Any:
    """The features of these rows: a frame of the engine, a row for each row and in the same order.

    `tables` are snapshot directories by name. `rows` has the raw columns that the plan's inputs name, and may have
    CUTOFF: the moment of each row, strictly before which something must have been known to count. Without it the rows'
    own time index is their moment; without that, all that is in the snapshots counts. The same entity may be asked
    about at many moments. One moment for all rows is computed by grouping alone, one pass for each path.

    `settings` are the engine's own: Spark wants a `session`, takes the directory of a snapshot as rows, and names each
    row by its number.
    """
    return import_module(f"radix_assets.features.engines.{engine}").compute(plan, tables, rows, **settings)
