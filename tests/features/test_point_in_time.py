"""No row sees its own time or anything after it, on any path."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from feature_shop import START, frames, save, tags_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from test_feature_parity import everything

from radix_assets.features.prepared import Prepared

CUSTOMERS, STORES, PRODUCTS = 9, ["s0", "s1", "s2", "s3"], 6
BASE = frames(3)
ORDERS = BASE["orders"]

later = st.integers(0, 5_000).map(lambda minutes: dt.timedelta(minutes=minutes))
order = st.tuples(later, st.integers(0, CUSTOMERS + 1), st.sampled_from(STORES), st.sampled_from(STORES))
visit = st.tuples(later, st.integers(0, CUSTOMERS + 1))
line = st.tuples(st.integers(0, 10), st.integers(0, PRODUCTS - 1))


def planted(cutoff: dt.datetime, orders: list, visits: list, lines: list) -> dict[str, pl.DataFrame]:
    """Return the shop with rows created at the cutoff or after it."""
    some = {"weight": -1e9, "gift": True, "channel": "planted", "note": "planted", "due": START, "late": 1}
    new = {
        "orders": [
            {"order": 1000 + i, "customer": c, "from": a, "to": b, "at": cutoff + after, **some}
            for i, (after, c, a, b) in enumerate(orders)
        ],
        "visits": [{"customer": c, "when": cutoff + after, "pages": -1e9, "device": "planted"} for after, c in visits],
        # lines have no time of their own: they inherit that of their orders
        "lines": [
            {"order": 1000 + i % len(orders), "product": p, "amount": -1e9, "returned": True}
            for i, p in lines
            if orders
        ],
        # a customer that does not exist yet, although a row that is scored may point to it
        "customers": [
            {
                "customer": CUSTOMERS,
                "region": "n",
                "zone": 1,
                "since": cutoff,
                "age": 1.0,
                "member": True,
                "secret": "?",
                "friend": 1,
            }
        ],
    }
    tables = dict(BASE)
    for name, rows in new.items():
        if rows:
            tables[name] = pl.concat([BASE[name], pl.DataFrame(rows, schema=BASE[name].schema)])
    return tables


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    tables = save(tmp_path_factory.mktemp("before"), BASE)
    return Prepared(everything(tags_of(), tables), tables)


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    row=st.integers(0, len(ORDERS) - 1),
    orders=st.lists(order, max_size=5),
    visits=st.lists(visit, max_size=4),
    lines=st.lists(line, max_size=6),
)
def test_rows_at_and_after_the_cutoff_change_no_feature(tmp_path_factory, before, row, orders, visits, lines) -> None:
    asked = ORDERS[row : row + 1]
    after = save(tmp_path_factory.mktemp("after"), planted(asked["at"][0], orders, visits, lines))
    assert_frame_equal(before.compute(asked), Prepared(before.plan, after).compute(asked), check_exact=True)


def test_a_row_just_before_the_cutoff_counts(tmp_path: Path) -> None:
    tags = tags_of()
    asked = ORDERS.filter(pl.col("at") > START + dt.timedelta(days=20), pl.col("customer") == 1)[:1]
    moment = asked["at"][0] - dt.timedelta(microseconds=1)
    before = save(tmp_path / "before", BASE)
    plan = everything(tags, before)
    after = save(
        tmp_path / "after", planted(moment, [(dt.timedelta(0), 1, "s0", "s1")], [(dt.timedelta(0), 1)], [(0, 1)])
    )
    was, now = Prepared(plan, before).compute(asked), Prepared(plan, after).compute(asked)
    for name in ("customers.COUNT(orders)", "customers.COUNT(visits)", "customers.COUNT(orders.lines)"):
        assert now[name][0] == was[name][0] + 1


def test_a_parent_that_does_not_exist_yet_is_missing(tmp_path: Path) -> None:
    tags, tables = tags_of(), save(tmp_path, BASE)
    plan = everything(tags, tables)
    since = dict(BASE["customers"].select("customer", "since").iter_rows())
    known = BASE["customers"].drop_nulls("region")["customer"].to_list()
    person = known[0]
    row = ORDERS[:1].with_columns(customer=pl.lit(person, pl.Int64))
    at = [since[person] + dt.timedelta(microseconds=delta) for delta in (-1, 0, 1)]
    rows = pl.concat([row.with_columns(at=pl.lit(moment, pl.Datetime("us"))) for moment in at])
    assert Prepared(plan, tables).compute(rows)["customers.region"].is_null().to_list() == [True, True, False]


def test_a_row_without_a_time_is_seen_as_of_now(tmp_path: Path) -> None:
    tags, tables = tags_of(), save(tmp_path, BASE)
    prepared = Prepared(everything(tags, tables), tables)
    now = prepared.compute(ORDERS[:1].with_columns(at=pl.lit(None, pl.Datetime("us")), customer=pl.lit(1, pl.Int64)))
    assert now["customers.COUNT(orders)"][0] == ORDERS.filter(customer=1).height
    assert now["customers.COUNT(visits)"][0] == BASE["visits"].filter(pl.col("customer") == 1).drop_nulls("when").height


def test_the_target_of_other_rows_never_matters(tmp_path: Path) -> None:
    tags = tags_of()
    before = save(tmp_path / "before", BASE)
    after = save(tmp_path / "after", BASE | {"orders": ORDERS.with_columns(late=1 - pl.col("late"))})
    plan = everything(tags, before)
    assert plan == everything(tags, after)
    assert_frame_equal(Prepared(plan, before).compute(ORDERS), Prepared(plan, after).compute(ORDERS), check_exact=True)
