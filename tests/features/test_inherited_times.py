"""Windows over rows without a time: they inherit the latest time of their parents."""
# ruff: noqa: DTZ901 data have no zone

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from feature_shop import START, shop
from polars.testing import assert_frame_equal
from test_feature_parity import everything

from radix_assets.asof.plan import Aggregation, Identity, Input, Output, Plan, Where
from radix_assets.features.engines.polars import compute
from radix_assets.features.schema import CUTOFF

DAY = dt.timedelta(days=1)
WINDOW = 9 * DAY


def asked(tags, tables) -> Plan:
    """Return features of customers over their order lines, all and in a window; of stores over theirs."""
    plan = everything(tags, tables)
    ways = {(link.child, link.parent, link.child_columns): number for number, link in enumerate(plan.links)}
    lines = ways["lines", "orders", ("order",)]
    path = (ways["orders", "customers", ("customer",)], lines)
    amount = Identity(table="lines", columns=("amount",), reading="numeric")
    back = Where(base=Identity(table="lines", columns=("returned",), reading="boolean"), value=True)
    outputs = []
    for window in (None, WINDOW // dt.timedelta(microseconds=1)):
        for primitive, base, where in (("count", None, None), ("sum", amount, None), ("count", None, back)):
            node = Aggregation(primitive=primitive, path=path, base=base, where=where, window=window)
            outputs.append(Output(name=str(len(outputs)), type="numeric", node=node))
    inputs = [Input(name="customer", dtype="Int64", required=True)]
    return plan.model_copy(update={"table": "customers", "outputs": outputs, "inputs": inputs})


def naive(tables: dict[str, Path], rows: pl.DataFrame) -> pl.DataFrame:
    orders, lines = (pl.read_parquet(tables[name] / "data.parquet") for name in ("orders", "lines"))
    joined = lines.join(orders.select("order", "customer", "at"), on="order").rows(named=True)
    found = []
    for person, cutoff in rows.select("customer", CUTOFF).iter_rows():
        values: list[float] = []
        for start in (dt.datetime.min, dt.datetime.max if cutoff is None else cutoff - WINDOW):
            end = dt.datetime.max if cutoff is None else cutoff
            mine = [line for line in joined if line["customer"] == person and start <= line["at"] < end]
            values += [
                len(mine),
                sum(line["amount"] or 0 for line in mine),
                sum(line["returned"] is True for line in mine),
            ]
        found.append([float(value) for value in values])
    return pl.DataFrame(found, schema=[str(place) for place in range(6)], orient="row")


@pytest.mark.parametrize(
    "moments", [[START + 20 * DAY], [START + 31 * DAY], [START + day * DAY for day in range(3, 40, 6)], [None]]
)
def test_a_window_contains_the_rows_whose_orders_are_in_it(tmp_path: Path, moments: list[dt.datetime | None]) -> None:
    tags, tables = shop(tmp_path, seed=5)
    people = pl.read_parquet(tables["customers"] / "data.parquet").select("customer")
    rows = people.join(pl.DataFrame({CUTOFF: moments}, schema={CUTOFF: pl.Datetime("us")}), how="cross")
    expected = naive(tables, rows)
    assert_frame_equal(compute(asked(tags, tables), tables, rows), expected)
    if moments != [None]:
        assert (expected["0"] > expected["3"]).any()
        assert (expected["3"] > 0).any()
