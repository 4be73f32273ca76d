"""Radix computes what featuretools computes, except that a row never sees its own time."""

from pathlib import Path

import polars as pl
import pytest
from feature_oracle import Oracle
from feature_sets import load
from feature_shop import shop
from polars.testing import assert_frame_equal

from radix_assets.asof.plan import Output, Plan
from radix_assets.features.definitions import define
from radix_assets.features.graph.build import build_graph
from radix_assets.features.prepared import Prepared, inputs_of
from radix_assets.features.trailing import trailing


def everything(tags, tables) -> Plan:
    """Return all features that Radix would consider, including constant ones."""
    graph = build_graph(tags, tables, ())
    definitions, _ = define(graph, most=10_000, windows=trailing(graph))
    plan = Plan(
        table=graph.target,
        times={table.name: table.time for table in graph.tables.values() if table.time},
        known={table.name: table.known for table in graph.tables.values() if table.known},
        links=graph.links,
        outputs=[Output(name=d.name, type=d.type, node=d.node) for d in definitions],
        copies={table.name: table.source for table in graph.tables.values() if table.source != table.name},
    )
    table = graph.tables[graph.target]
    plan.inputs = inputs_of(plan, table.scan(), table.rows, ())
    return plan


def agree(tags, tables, rows: list[int]) -> Plan:
    plan = everything(tags, tables)
    raw = pl.read_parquet(tables[plan.table] / "data.parquet")
    mine = Prepared(plan, tables).compute(raw[rows])
    theirs = Oracle(tags, tables, plan).compute(plan.outputs, rows)
    for name in mine.columns:
        assert_frame_equal(mine.select(name), theirs.select(name), rel_tol=1e-9, abs_tol=1e-12)
    return plan


@pytest.mark.parametrize("static", [False, True])
def test_every_feature_equals_featuretools(tmp_path: Path, *, static: bool) -> None:
    tags, tables = shop(tmp_path, seed=1, static=static)
    plan = agree(tags, tables, list(range(0, 60, 2)))
    routes = {output.name for output in plan.outputs}
    assert len(routes) > 40


@pytest.mark.extended
@pytest.mark.parametrize("name", ["chinook", "northwind", "oracle_hr", "uci_restaurants", "ravenstack_saas"])
def test_every_feature_of_a_real_set_equals_featuretools(tmp_path: Path, shared_data: Path, name: str) -> None:
    tags, tables = load(tmp_path, shared_data / name)
    total = pl.scan_parquet(tables[tags.target.table] / "data.parquet").select(pl.len()).collect().item()
    plan = agree(tags, tables, list(range(0, total, max(1, total // 10))))
    assert plan.outputs
