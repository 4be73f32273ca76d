"""A primitive that is not compiled is computed by featuretools, on exactly the rows known at the cutoff."""

from pathlib import Path

import polars as pl
import pytest
from feature_oracle import Oracle
from feature_shop import shop
from polars.testing import assert_frame_equal

from radix_assets.asof.plan import Identity, Input, Output, Plan, Transform
from radix_assets.features.definitions import define
from radix_assets.features.fallback import any_foreign
from radix_assets.features.graph.build import build_graph
from radix_assets.features.prepared import Prepared, inputs_of

PRIMITIVES = ("kurtosis", "max_consecutive_true", "entropy", "max_min_delta", "first", "trend")


@pytest.mark.parametrize("static", [False, True])
def test_fallback_features_equal_featuretools(tmp_path: Path, *, static: bool) -> None:
    tags, tables = shop(tmp_path, seed=2, static=static)
    graph = build_graph(tags, tables, ())
    definitions, _ = define(graph, aggregations=PRIMITIVES, transforms=("absolute", "year"), most=400)
    plan = Plan(
        table="orders",
        times={table.name: table.time for table in graph.tables.values() if table.time},
        links=graph.links,
        outputs=[Output(name=d.name, type=d.type, node=d.node) for d in definitions],
        copies={table.name: table.source for table in graph.tables.values() if table.source != table.name},
    )
    table = graph.tables["orders"]
    plan.inputs = inputs_of(plan, table.scan(), table.rows, ())
    assert {"kurtosis", "entropy", "absolute"} <= set(any_foreign(output.node for output in plan.outputs))
    rows = list(range(0, 60, 6))
    raw = pl.read_parquet(tables["orders"] / "data.parquet")
    mine = Prepared(Plan.model_validate_json(plan.model_dump_json()), tables).compute(raw[rows])
    theirs = Oracle(tags, tables, plan).compute(plan.outputs, rows)
    for name in mine.columns:
        assert_frame_equal(mine.select(name), theirs.select(name), rel_tol=1e-9, abs_tol=1e-9)


def test_a_primitive_that_takes_the_time_gets_the_time_of_each_row(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path)
    times = {name: tuple(table.time_index) for name, table in tags.tables.items() if table.time_index}
    since = Identity(table="orders", columns=("due",), reading="datetime")
    nodes = {
        "seconds": Transform(primitive="time_since", bases=(since,)),
        "hours": Transform(primitive="time_since", bases=(since,), arguments='{"unit": "hours"}'),
    }
    plan = Plan(
        table="orders",
        times=times,
        links=[],
        outputs=[Output(name=name, type="numeric", node=node) for name, node in nodes.items()],
        inputs=[Input(name=name, dtype="Datetime", required=False) for name in ("at", "due")],
    )
    rows = pl.read_parquet(tables["orders"] / "data.parquet")
    rows = rows.with_columns(pl.when(pl.int_range(pl.len()) > 0).then("at").alias("at"))
    found = Prepared(plan, tables).compute(rows)
    assert found["seconds"].to_list() == ((rows["at"] - rows["due"]).dt.total_microseconds() / 1e6).to_list()
    assert_frame_equal(found.select("hours"), found.select(hours=pl.col("seconds") / 3600), rel_tol=1e-12)
    assert found["hours"][0] is None


def test_features_that_featuretools_computes_are_reported(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path)
    graph = build_graph(tags, tables, ())
    plain, _ = define(graph)
    assert any_foreign(definition.node for definition in plain) == []
