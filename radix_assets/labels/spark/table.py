"""Write the label table as a Parquet file, on the workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import polars as pl

from radix_assets.labels import table as here
from radix_assets.labels.ask import ASKED, AT, LABEL, Asker
from radix_assets.labels.spark.ask import SparkAsker
from radix_assets.labels.windows import ENTITY
from radix_resources.compute.snapshots import ROW, write

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_DAY = 86_400_000_000
_SURE = 2**53


@dataclass(frozen=True)
class SparkLabels:
    """Statistics of the label table; see `radix_assets.labels.table.Labels`."""

    moments: list[str]
    asked: int
    undefined: int
    share: float
    known: int
    """Rows whose label is known; they come first."""
    open: int
    """Rows to predict now."""


def label(
    session: "SparkSession", asker: Asker, key: Sequence[str], file: Path, at: str = "at", named: str = "label"
) -> SparkLabels:
    """Write the label table and the rows to predict now: key, time and label, ordered by time.

    The rows are the same as on one machine, even with more than `MOST_ROWS`. Raises TargetError RDX-TGT-304 as there.
    """
    asking = SparkAsker(session, asker)
    moments = here.past(cast("Asker", asking))
    chosen = asking.tables.checkpointed(asking.at(moments, labelled=True).where(ASKED))
    counts = chosen.agg(_expr("count(*)", "asked"), _expr(f"count({LABEL})", "labelled")).collect()[0]
    defined, halvings, number = _thinned(chosen.where(f"{LABEL} IS NOT NULL"), counts["labelled"])
    last = asking.span()
    now = 0 if last is None else last[1] // _DAY * _DAY + _DAY
    rows_to_predict = asking.at(np.array([now], dtype=np.int64), labelled=False).where(ASKED)
    both = defined.selectExpr(ENTITY, AT, "0 AS part", LABEL).unionByName(
        rows_to_predict.selectExpr(ENTITY, AT, "1 AS part"), allowMissingColumns=True
    )
    written = write(_named(asking, both, key, _plain(defined)), [*key, at, named], file, ["part", AT, ENTITY])
    times = pl.Series(moments, dtype=pl.Int64).cast(pl.Datetime("us")).dt.to_string("iso").to_list()
    return SparkLabels(
        times, counts["asked"], counts["asked"] - counts["labelled"], 0.5**halvings, number, written - number
    )


def _thinned(defined: "DataFrame", number: int) -> "tuple[DataFrame, int, int]":
    halvings = 0
    while number > here.MOST_ROWS:
        halvings += 1
        defined = defined.where(f"{_mixed()} % {2**halvings} = 0")
        number = defined.count()
    return defined, halvings, number


def _mixed() -> str:
    line = f"(({ENTITY} % {here.PRIME}L * {here.FACTORS[0]}L + pmod({AT}, {here.PRIME}L) * {here.FACTORS[1]}L)"
    mixed = f"{line} % {here.PRIME}L)"
    square = f"({mixed} * {mixed} % {here.PRIME}L)"
    return f"({square} * {square} % {here.PRIME}L * {mixed} % {here.PRIME}L)"


def _plain(defined: "DataFrame") -> str:
    """Return the SQL of the label as written: as integers if all are whole numbers."""
    if dict(defined.dtypes)[LABEL] != "double":
        return LABEL
    broken = f"max({LABEL} != round({LABEL}) OR abs({LABEL}) > {_SURE}D)"
    return LABEL if defined.agg(_expr(broken, "x")).collect()[0]["x"] else f"CAST({LABEL} AS BIGINT)"


def _named(asking: SparkAsker, both: "DataFrame", key: Sequence[str], label: str) -> "DataFrame":
    """Return the key columns, the time and the label, with the columns to sort by."""
    tables, table = asking.tables, asking.future.for_each
    raw = [f"{tables.column(table, name)} AS key{place}" for place, name in enumerate(key)]
    entities = tables.snapshot(table).frame.selectExpr(f"{ROW} AS {ENTITY}", *raw)
    keys = [f"key{place}" for place in range(len(key))]
    moment = f"CAST(timestamp_micros({AT}) AS TIMESTAMP_NTZ) AS moment"
    return both.join(entities, ENTITY).selectExpr("part", AT, ENTITY, *keys, moment, f"{label} AS label")


def _expr(sql: str, name: str) -> Any:
    from pyspark.sql import functions

    return functions.expr(sql).alias(name)
