"""Grouping gives the same result through Polars and through Narwhals, which supports other engines."""

from collections.abc import Sequence
from pathlib import Path

import narwhals as nw
import polars as pl
import pytest
from feature_shop import shop
from polars.testing import assert_frame_equal
from test_feature_parity import everything

from radix_assets.asof.plan import Aggregation, Plan, walk
from radix_assets.asof.store import Store
from radix_assets.features import polars_tables
from radix_assets.features.engines.dispatch import compute
from radix_assets.features.polars_tables import PolarsTables
from radix_assets.features.schema import CUTOFF
from radix_assets.features.totals.series import totalable
from radix_assets.features.totals.totals import Totals


class Translated(PolarsTables):
    """The same tables, accessed through Narwhals."""

    expressions = nw

    def rows(self, table, nodes, keys) -> nw.LazyFrame:
        return nw.from_native(super().rows(table, nodes, keys))

    def first(self, frame: nw.LazyFrame, keys: Sequence[str]) -> nw.LazyFrame:
        return nw.from_native(super().first(frame.to_native(), keys))

    def transformed(self, frame: nw.LazyFrame, name: str, primitive: str, bases: Sequence[str]) -> nw.LazyFrame:
        return nw.from_native(super().transformed(frame.to_native(), name, primitive, bases))

    def counted(self, frame: nw.LazyFrame, keys: Sequence[str], name: str) -> tuple[nw.LazyFrame, pl.Series]:
        counts, dictionary = super().counted(frame.to_native(), keys, name)
        return nw.from_native(counts), dictionary

    def decoded(self, frame: nw.LazyFrame, name: str, dictionary: pl.Series) -> nw.LazyFrame:
        return nw.from_native(super().decoded(frame.to_native(), name, dictionary))

    def materialized(self, frame: nw.LazyFrame, *, counts: bool = False) -> nw.LazyFrame:
        return nw.from_native(super().materialized(frame.to_native(), counts=counts))


def test_both_engines_agree(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path, seed=4)
    plan: Plan = everything(tags, tables)
    moment = int(pl.read_parquet(tables["orders"] / "data.parquet")["at"].dt.epoch("us").median())
    paths: dict[tuple[int, ...], dict[str, Aggregation]] = {}
    for output in plan.outputs:
        for part in walk(output.node):
            if isinstance(part, Aggregation) and totalable(part):
                paths.setdefault(part.path, {})[str(len(paths.get(part.path, {})))] = part
    assert len(paths) > 5
    nodes = [output.node for output in plan.outputs]
    native = Totals(PolarsTables(Store(plan, tables)), plan.links, plan.times, nodes, moment)
    translated = Totals(Translated(Store(plan, tables)), plan.links, plan.times, nodes, moment)
    for path, expected in paths.items():
        key = native.key(path[0], parent=False)
        one, two = native.totals(path, expected), translated.totals(path, expected).to_native()
        assert_frame_equal(one.collect().sort(key), two.collect().sort(key), rel_tol=1e-9, abs_tol=1e-9)


def test_counting_values_in_batches_of_groups_gives_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags, tables = shop(tmp_path, seed=5)
    plan = everything(tags, tables)
    rows = pl.read_parquet(tables["orders"] / "data.parquet")
    rows = rows.with_columns(pl.col("at").median().alias(CUTOFF))
    whole = compute(plan, tables, rows)
    monkeypatch.setattr(polars_tables, "COUNTED", 20)
    assert_frame_equal(compute(plan, tables, rows), whole, check_exact=True)
