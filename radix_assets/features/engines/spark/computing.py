"""Compute the features of rows on a cluster."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from radix_assets.asof.plan import Plan
from radix_assets.asof.spark_sql import Uncompiled, moment
from radix_assets.asof.spark_tables import FOREVER, SparkTables
from radix_assets.features.engines.spark.aggregates import CUT
from radix_assets.features.engines.spark.stages import Stages, check
from radix_assets.features.schema import CUTOFF
from radix_resources.compute.snapshots import ROW, Snapshot, read
from radix_resources.compute.snapshots import write as write_snapshot
from radix_resources.errors import FeatureError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def uncompiled(plan: Plan, tables: Mapping[str, Path]) -> dict[str, str]:
    """Return the features that Spark cannot compute as Polars does, with the reason. Only schemas are read."""
    reasons: dict[str, str] = {}
    spark_tables = SparkTables(None, tables, plan.times, plan.links, plan.copies, plan.known)
    for output in plan.outputs:
        try:
            check(output.node, spark_tables, plan.table)
        except Uncompiled as reason:
            reasons[output.name] = str(reason)
    return reasons


def compute(plan: Plan, tables: Mapping[str, Path], rows: Path, session: "SparkSession") -> "DataFrame":
    """Return ROW and the plan's features of the rows in `rows`, a snapshot directory; see `features.engines.dispatch`.

    The rows have raw columns of the plan's table and may have CUTOFF. Raises FeatureError RDX-FEA-009, naming them, if
    features cannot be computed on Spark.
    """
    paths = {plan.table: rows, **tables}
    missing = uncompiled(plan, paths)
    if missing:
        raise FeatureError(
            "RDX-FEA-009",
            f"{len(missing)} of {len(plan.outputs)} features cannot be computed on Spark: "
            + "; ".join(f"{name} ({reason})" for name, reason in list(missing.items())[:5]),
            expected="features with the same result on both engines",
            hint="remove them, or set compute: {engine: polars}",
            table=plan.table,
        )
    spark_tables = SparkTables(session, paths, plan.times, plan.links, plan.copies, plan.known)
    frame, single_cutoff = _with_cutoffs(plan, spark_tables, read(session, rows / "data.parquet"))
    frame, names = Stages(spark_tables, single_cutoff=single_cutoff).add(
        frame, plan.table, [output.node for output in plan.outputs], at=None
    )
    return frame.selectExpr(ROW, *names).toDF(ROW, *(output.name for output in plan.outputs))


def write(plan: Plan, tables: Mapping[str, Path], rows: Path, session: "SparkSession", file: Path) -> int:
    """Write the plan's features of these rows to a Parquet file, in order; return the number of rows."""
    features = compute(plan, tables, rows, session)
    return write_snapshot(features, [output.name for output in plan.outputs], file)


def _with_cutoffs(plan: Plan, tables: SparkTables, given: Snapshot) -> "tuple[DataFrame, bool]":
    """Return the rows with the table's raw columns in position, and CUT; and whether all have the same cutoff."""
    schema = tables.schema(plan.table)
    names = given.schema.names
    columns = [ROW]
    for name in schema:
        column = tables.column(plan.table, name)
        columns.append(f"{given.column(name) if name in names else _NULL.format(_type(schema[name]))} AS {column}")
    time = plan.times.get(plan.table)
    if CUTOFF in names and CUTOFF not in schema:
        micros = f"unix_micros(CAST({given.column(CUTOFF)} AS TIMESTAMP))"
        frame = given.frame.selectExpr(*columns, f"coalesce({micros}, {FOREVER}) AS {CUT}")
        return frame, len(frame.select(CUT).distinct().limit(2).collect()) < 2  # noqa: PLR2004
    frame = given.frame.selectExpr(*columns)
    if not time:
        return frame.selectExpr("*", f"{FOREVER} AS {CUT}"), True
    micros = moment(time, lambda name: tables.column(plan.table, name), schema)
    return frame.selectExpr("*", f"coalesce({micros}, {FOREVER}) AS {CUT}"), False


_NULL = "CAST(NULL AS {})"


def _type(dtype: pl.DataType) -> str:
    if dtype.is_integer() or dtype == pl.Time:
        return "BIGINT"
    if dtype.is_float():
        return "DOUBLE"
    return {pl.Boolean: "BOOLEAN", pl.Date: "DATE", pl.Datetime: "TIMESTAMP_NTZ"}.get(dtype.base_type(), "STRING")
