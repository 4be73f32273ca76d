"""Compute the feature matrix on a cluster; features that only Polars can compute are computed here if data fit."""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from radix_assets.asof.plan import Plan
from radix_assets.features.engines.spark.computing import uncompiled, write
from radix_assets.features.matrix import ComputedFeatures, Pieces, compute
from radix_assets.features.prepared import Prepared

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def compute_on_spark(
    plan: Plan, tables: dict[str, Path], total: int, session: "SparkSession", folder: Path, *, fits: bool
) -> ComputedFeatures:
    """Return the plan's features of all rows of its table. `fits`: the tables also fit into memory here.

    The workers write the matrix; this machine inspects it piece by piece to find columns without information.
    """
    uncompiled_features = uncompiled(plan, tables)
    computed = ComputedFeatures(Pieces(folder), approximate=True)
    on_cluster = [output for output in plan.outputs if output.name not in uncompiled_features]
    if on_cluster:
        file = folder / "spark.parquet"
        write(plan.model_copy(update={"outputs": on_cluster}), tables, tables[plan.table], session, file)
        computed.pieces.read(file, total, [output.name for output in on_cluster])
    if not uncompiled_features:
        return computed
    if not fits:
        computed.too_large = uncompiled_features
        computed.missing = {
            name: f"not computed on Spark: {reason}, and too large for here"
            for name, reason in uncompiled_features.items()
        }
        return computed
    rows = pl.scan_parquet(tables[plan.table] / "data.parquet")
    local_outputs = [output for output in plan.outputs if output.name in uncompiled_features]
    prepared = Prepared(plan.model_copy(update={"outputs": local_outputs}), tables).warm()
    computed.missing = prepared.heavy(rows, total)
    light = [output for output in local_outputs if output.name not in computed.missing]
    if computed.missing:
        prepared = Prepared(plan.model_copy(update={"outputs": light}), tables).warm()
    computed.local = {output.name: uncompiled_features[output.name] for output in light}
    if light:
        computed.pieces.include(compute(prepared, rows, total, list(computed.local), _below(folder)))
    return computed


def _below(folder: Path) -> Path:
    here = folder / "here"
    here.mkdir()
    return here
