"""The feature matrix by a cluster; what Spark would not compute as Polars does is computed here, where the data fit."""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from radix_assets.asof.plan import Plan
from radix_assets.features.engines.spark.computing import uncompiled, write
from radix_assets.features.matrix import Made, Pieces, compute
from radix_assets.features.prepared import Prepared

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def made_by_spark(
    plan: Plan, tables: dict[str, Path], total: int, session: "SparkSession", folder: Path, *, fits: bool
) -> Made:
    """The plan's features of all rows of its table. `fits`: the tables fit into memory here too.

    The workers write the matrix; this machine looks at it piece by piece, to see which columns tell something.
    """
    left = uncompiled(plan, tables)
    made = Made(Pieces(folder), alike=True)
    there = [output for output in plan.outputs if output.name not in left]
    if there:
        file = folder / "spark.parquet"
        write(plan.model_copy(update={"outputs": there}), tables, tables[plan.table], session, file)
        made.pieces.read(file, total, [output.name for output in there])
    if not left:
        return made
    if not fits:
        made.lost = left
        made.missing = {
            name: f"not computed on Spark: {reason}, and too large for here" for name, reason in left.items()
        }
        return made
    rows = pl.scan_parquet(tables[plan.table] / "data.parquet")
    some = [output for output in plan.outputs if output.name in left]
    prepared = Prepared(plan.model_copy(update={"outputs": some}), tables).warm()
    made.missing = prepared.heavy(rows, total)
    light = [output for output in some if output.name not in made.missing]
    if made.missing:
        prepared = Prepared(plan.model_copy(update={"outputs": light}), tables).warm()
    made.here = {output.name: left[output.name] for output in light}
    if light:
        made.pieces.include(compute(prepared, rows, total, list(made.here), _below(folder)))
    return made


def _below(folder: Path) -> Path:
    here = folder / "here"
    here.mkdir()
    return here
