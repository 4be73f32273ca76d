"""Serving computes the features of training, to the bit."""

from pathlib import Path

import polars as pl
import pytest
from feature_shop import frames, save, tags_of
from polars.testing import assert_frame_equal

from radix_assets.asof.plan import Output, Plan
from radix_assets.features.definitions import define
from radix_assets.features.fallback import any_foreign
from radix_assets.features.graph.build import build_graph
from radix_assets.features.prepared import Prepared, inputs_of, prepare
from radix_assets.features.stage import load_features, make_features
from radix_assets.features.trailing import trailing

ROWS = 1000
FOREIGN = ("kurtosis", "entropy", "max_min_delta", "absolute")
FORMS = (", last ", " WHERE ", "TIME_SINCE(", "TIME_SINCE_LAST(", "LAST(")


@pytest.mark.extended
@pytest.mark.parametrize("static", [False, True])
def test_a_thousand_rows_served_one_by_one_are_the_matrix(tmp_path: Path, *, static: bool) -> None:
    tags = tags_of(static=static)
    tables = save(tmp_path / "raw", frames(5, orders=ROWS))
    (tmp_path / "out").mkdir()
    make_features(tags, tables, [], tmp_path / "out")
    prepared = prepare(tmp_path / "out", tags, tables)
    names = load_features(tmp_path / "out").names
    assert static or [form for form in FORMS if not any(form in name for name in names)] == []
    matrix = pl.read_parquet(tmp_path / "out" / "matrix.parquet").select(names)
    raw = pl.read_parquet(tables["orders"] / "data.parquet").select(c.name for c in prepared.input_columns)
    served = pl.concat(prepared.compute(row) for row in raw.iter_slices(1))
    assert_frame_equal(served, matrix, check_exact=True)


@pytest.mark.extended
def test_features_computed_by_featuretools_are_served_like_the_matrix(tmp_path: Path) -> None:
    tags, tables = tags_of(), save(tmp_path, frames(6, orders=ROWS))
    graph = build_graph(tags, tables, ())
    *primitives, function = FOREIGN
    definitions, _ = define(graph, windows=trailing(graph), aggregations=primitives, transforms=[function], most=5_000)
    plan = Plan(
        table=graph.target,
        times={table.name: table.time for table in graph.tables.values() if table.time},
        links=graph.links,
        outputs=[Output(name=d.name, type=d.type, node=d.node) for d in definitions],
        copies={table.name: table.source for table in graph.tables.values() if table.source != table.name},
    )
    by = {primitive: [o for o in plan.outputs if any_foreign([o.node]) == [primitive]] for primitive in FOREIGN}
    plan.outputs = [output for found in by.values() for output in found[:: max(1, len(found) // 3)]]
    assert set(any_foreign(output.node for output in plan.outputs)) == set(FOREIGN)
    table = graph.tables[graph.target]
    plan.inputs = inputs_of(plan, table.scan(), table.rows, ())
    prepared = Prepared(plan, tables).warm()
    raw = table.scan().collect()
    served = pl.concat(prepared.compute(row) for row in raw.iter_slices(1))
    assert_frame_equal(served, prepared.compute(raw), check_exact=True)
