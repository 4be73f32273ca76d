"""Features computed by Spark equal local ones: every primitive, path, window and condition, at any cutoff."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from feature_sets import load
from feature_shop import shop
from spark_alike import alike
from test_feature_parity import everything

from radix_assets.asof.plan import Aggregation, Identity, Input, Output, Plan, Where
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.engines.polars import compute as here
from radix_assets.features.engines.spark.computing import compute, uncompiled, write
from radix_assets.features.schema import CUTOFF
from radix_resources.errors import FeatureError

DAY = 86_400_000_000


def same(session: Any, plan: Plan, tables: dict[str, Path], rows: Path, folder: Path) -> None:
    written = write(plan, tables, rows, session, folder / "matrix.parquet")
    mine, theirs = (
        here(plan, tables, pl.read_parquet(rows / "data.parquet")),
        pl.read_parquet(folder / "matrix.parquet"),
    )
    assert (written, mine.schema) == (len(mine), theirs.schema)
    for name in mine.columns:
        alike(mine[name].to_list(), theirs[name].to_list(), name)


def with_cutoffs(tables: dict[str, Path], table: str, folder: Path, moments: list[Any]) -> Path:
    """Return the rows of the table, each with the next of these cutoffs."""
    frame = pl.read_parquet(tables[table] / "data.parquet")
    cutoffs = (moments * len(frame))[: len(frame)]
    folder.mkdir()
    frame.with_columns(pl.Series(CUTOFF, cutoffs, dtype=pl.Datetime("us"))).write_parquet(folder / "data.parquet")
    return folder


@pytest.mark.parametrize("static", [True, False])
def test_every_feature_of_the_shop(spark: Any, tmp_path: Path, *, static: bool) -> None:
    tags, tables = shop(tmp_path / "shop", seed=1, static=static)
    plan = everything(tags, tables)
    assert uncompiled(plan, tables) == {}
    plan.outputs = plan.outputs[:: 4 if static else 5]
    same(spark, plan, tables, tables[plan.table], tmp_path)


@pytest.mark.parametrize("one", [True, False])
def test_every_primitive_with_and_without_condition_and_window(spark: Any, tmp_path: Path, *, one: bool) -> None:
    tags, tables = shop(tmp_path / "shop", seed=2)
    plan = everything(tags, tables)
    orders = next(i for i, link in enumerate(plan.links) if (link.child, link.parent) == ("orders", "customers"))

    def column(name: str, reading: Any) -> Identity:
        return Identity(table="orders", columns=(name,), reading=reading)

    bases = [column("weight", "numeric"), column("gift", "boolean"), column("channel", "categorical")]
    kinds = {"numbers": [bases[0]], "codes": [bases[0], bases[2]], "rows": [bases[2]]}
    nodes = []
    for primitive, kind in AGGREGATIONS.items():
        choices: list[Any] = kinds[kind.needs]
        if primitive in ("percent_true", "num_true", "any", "all"):
            choices = [bases[1]]
        if primitive in ("count", "time_since_last", "time_since_first"):
            choices = [None]
        for base in choices:
            for where in (None, Where(base=bases[2], value="web")):
                for window in (None, 7 * DAY):
                    part = int(kind.several)
                    nodes.append(
                        Aggregation(
                            primitive=primitive, path=(orders,), base=base, where=where, window=window, part=part
                        )
                    )
    below = next(i for i, link in enumerate(plan.links) if (link.child, link.parent) == ("lines", "orders"))
    amount = Identity(table="lines", columns=("amount",), reading="numeric")  # lines inherit the times of their orders
    nodes += [
        Aggregation(primitive=primitive, path=(orders, below), base=amount, window=window)
        for primitive in ("sum", "median")
        for window in (None, 7 * DAY)
    ]
    outputs = [Output(name=f"f {i}", type="numeric", node=node) for i, node in enumerate(nodes)]
    customers = Plan(table="customers", times=plan.times, links=plan.links, outputs=outputs, copies=plan.copies)
    customers.inputs = [
        Input(name=n, dtype=t, required=False) for n, t in (("customer", "Int64"), ("since", "Datetime"))
    ]
    days = pl.datetime_range(pl.datetime(2020, 1, 1), pl.datetime(2020, 2, 10), "9d", eager=True).to_list()
    rows = with_cutoffs(tables, "customers", tmp_path / "rows", days[3:4] if one else [*days, None])
    same(spark, customers, tables, rows, tmp_path)


@pytest.mark.parametrize("name", ["uci_restaurants"])
def test_features_of_a_real_dataset(spark: Any, tmp_path: Path, shared_data: Path, name: str) -> None:
    tags, tables = load(tmp_path / "set", shared_data / name)
    plan = everything(tags, tables)
    left_out = uncompiled(plan, tables)
    plan.outputs = [output for output in plan.outputs if output.name not in left_out][::3]
    assert plan.outputs
    same(spark, plan, tables, tables[plan.table], tmp_path)


def test_values_that_spark_would_write_differently_are_refused_by_name(spark: Any, tmp_path: Path) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    pl.DataFrame({"x": [0.1]}).write_parquet(folder / "data.parquet")
    node = Identity(table="t", columns=("x",), reading="categorical")
    plan = Plan(table="t", times={}, links=[], outputs=[Output(name="x", type="categorical", node=node)])
    assert list(uncompiled(plan, {"t": folder})) == ["x"]
    with pytest.raises(FeatureError) as caught:
        compute(plan, {"t": folder}, folder, spark)
    assert caught.value.code == "RDX-FEA-009"
