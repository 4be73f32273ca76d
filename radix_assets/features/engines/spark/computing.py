"""The features of rows, on a cluster."""

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
    """The features that Spark would not compute as Polars does, with the reason. Only schemas are read."""
    found: dict[str, str] = {}
    known = SparkTables(None, tables, plan.times, plan.links, plan.copies)
    for output in plan.outputs:
        try:
            check(output.node, known, plan.table)
        except Uncompiled as reason:
            found[output.name] = str(reason)
    return found


def compute(plan: Plan, tables: Mapping[str, Path], rows: Path, session: "SparkSession") -> "DataFrame":
    """ROW and the plan's features of the rows in `rows`, a snapshot directory; see `features.engines.compute`.

    The rows have raw columns of the plan's table and may have CUTOFF. Raises FeatureError RDX-FEA-009 where features
    cannot be computed on Spark, and names them.
    """
    paths = {plan.table: rows, **tables}
    missing = uncompiled(plan, paths)
    if missing:
        raise FeatureError(
            "RDX-FEA-009",
            f"{len(missing)} of {len(plan.outputs)} features cannot be computed on Spark: "
            + "; ".join(f"{name} ({reason})" for name, reason in list(missing.items())[:5]),
            expected="features that mean the same on both engines",
            hint="leave them out, or take compute: {engine: polars}",
            table=plan.table,
        )
    known = SparkTables(session, paths, plan.times, plan.links, plan.copies)
    frame, one = _with_cutoffs(plan, known, read(session, rows / "data.parquet"))
    frame, names = Stages(known, one=one).add(frame, plan.table, [output.node for output in plan.outputs], at=None)
    return frame.selectExpr(ROW, *names).toDF(ROW, *(output.name for output in plan.outputs))


def write(plan: Plan, tables: Mapping[str, Path], rows: Path, session: "SparkSession", file: Path) -> int:
    """The same, as a Parquet file: a row for each row, in their order. Returns how many."""
    found = compute(plan, tables, rows, session)
    return write_snapshot(found, [output.name for output in plan.outputs], file)


def _with_cutoffs(plan: Plan, tables: SparkTables, given: Snapshot) -> "tuple[DataFrame, bool]":
    """The rows with the table's raw columns in their places, and CUT; and whether that is the same for all."""
    schema = tables.schema(plan.table)
    names = given.schema.names
    columns = [ROW]
    for name in schema:
        column = tables.column(plan.table, name)
        columns.append(f"{given.column(name) if name in names else _NULL.format(_type(schema[name]))} AS {column}")
    time = plan.times.get(plan.table)
    if CUTOFF in names and CUTOFF not in schema:
        found = f"unix_micros(CAST({given.column(CUTOFF)} AS TIMESTAMP))"
        frame = given.frame.selectExpr(*columns, f"coalesce({found}, {FOREVER}) AS {CUT}")
        return frame, len(frame.select(CUT).distinct().limit(2).collect()) < 2  # noqa: PLR2004
    frame = given.frame.selectExpr(*columns)
    if not time:
        return frame.selectExpr("*", f"{FOREVER} AS {CUT}"), True
    found = moment(time, lambda name: tables.column(plan.table, name), schema)
    return frame.selectExpr("*", f"coalesce({found}, {FOREVER}) AS {CUT}"), False


_NULL = "CAST(NULL AS {})"


def _type(dtype: pl.DataType) -> str:
    if dtype.is_integer() or dtype == pl.Time:
        return "BIGINT"
    if dtype.is_float():
        return "DOUBLE"
    return {pl.Boolean: "BOOLEAN", pl.Date: "DATE", pl.Datetime: "TIMESTAMP_NTZ"}.get(dtype.base_type(), "STRING")
