"""The Polars engine: compute a plan in memory."""

from pathlib import Path

import polars as pl

from radix_assets.asof.matrix_columns import CUTOFF
from radix_assets.asof.plan import Plan
from radix_assets.asof.times import micros


def compute(plan: Plan, tables: dict[str, Path], rows: pl.LazyFrame | pl.DataFrame) -> pl.DataFrame:
    """Return the plan's features of these rows, in order; see `radix_assets.features.engines.dispatch.compute`."""
    from radix_assets.features.prepared import Prepared

    given = rows.lazy().collect()
    moment: int | None = None
    if CUTOFF in given.columns and given[CUTOFF].n_unique() == 1 and given[CUTOFF].null_count() == 0:
        moment = int(micros(given[CUTOFF][:1])[0])
    return Prepared(plan, tables, moment, moments=CUTOFF in given.columns).once(given)
