"""Labels compared with a plain evaluation of the question, one entity and one time at a time."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.common.vocabulary import Role
from radix_assets.labels.ask import asker
from radix_assets.labels.table import Labels, label
from radix_assets.question.horizon import Future
from radix_assets.relationships.schema import Relationship
from radix_assets.tags.schema import ColumnTag, TableTags
from radix_resources.errors import TargetError

DAY = dt.timedelta(days=1)
START = dt.datetime(2020, 1, 1)  # noqa: DTZ001 data have no zone

Orders = list[tuple[int, int, float | None, bool | None]]
"""Customer, day, amount, returned."""


def world(folder: Path, orders: Orders, customers: int = 4) -> tuple[dict[str, TableTags], dict[str, Path]]:
    tables = {
        "customers": pl.DataFrame({"id": range(customers), "country": [("DE", "FR")[i % 2] for i in range(customers)]}),
        "orders": pl.DataFrame(
            {
                "order": pl.Series(range(len(orders)), dtype=pl.Int64),
                "customer": pl.Series([o[0] for o in orders], dtype=pl.Int64),
                "day": pl.Series([START + o[1] * DAY for o in orders], dtype=pl.Datetime("us")),
                "amount": pl.Series([o[2] for o in orders], dtype=pl.Float64),
                "returned": pl.Series([o[3] for o in orders], dtype=pl.Boolean),
                "status": pl.Series([("open", "closed")[o[1] % 2] for o in orders], dtype=pl.String),
            }
        ),
        "items": pl.DataFrame(
            {
                "order": pl.Series(range(len(orders)), dtype=pl.Int64),
                "pieces": pl.Series([1] * len(orders), dtype=pl.Int64),
            }
        ),
    }
    paths = {}
    for name, frame in tables.items():
        paths[name] = folder / name
        paths[name].mkdir(parents=True, exist_ok=True)
        frame.write_parquet(paths[name] / "data.parquet")
    return TAGS, paths


def tag(role: Role) -> ColumnTag:
    return ColumnTag(role=role, type="numeric")


TAGS = {
    "customers": TableTags(primary_key=["id"], columns={"id": tag("primary_key"), "country": tag("feature")}),
    "orders": TableTags(
        primary_key=["order"], time_index=["day"], columns={"order": tag("primary_key"), "customer": tag("foreign_key")}
    ),
    "items": TableTags(columns={"order": tag("foreign_key"), "pieces": tag("feature")}),
}
LINKS = [
    Relationship(child="orders", child_columns=["customer"], parent="customers", parent_columns=["id"]),
    Relationship(child="items", child_columns=["order"], parent="orders", parent_columns=["order"]),
]


def ask(folder: Path, orders: Orders, **question: str) -> Labels:
    tags, tables = world(folder, orders)
    return label(asker(Future(for_each="customers", **question), tags, LINKS, tables), ["id"])


def total(rows: Orders) -> float:
    return sum(amount or 0.0 for _, _, amount, _ in rows)


def mean(rows: Orders) -> float | None:
    known = [amount for _, _, amount, _ in rows if amount is not None]
    return sum(known) / len(known) if known else None


def anything(rows: Orders) -> bool | None:
    known = [returned for *_, returned in rows if returned is not None]
    return any(known) if known else None


MEANINGS: list[tuple[str, Callable[[Orders], object]]] = [
    ("count(orders) == 0", lambda rows: not rows),
    ("count(orders)", len),
    ("sum(orders.amount)", total),
    ("sum(orders.amount) > 5", lambda rows: total(rows) > 5),
    ("mean(orders.amount)", mean),
    ("max(orders.amount)", lambda rows: max((a for _, _, a, _ in rows if a is not None), default=None)),
    ("min(orders.amount)", lambda rows: min((a for _, _, a, _ in rows if a is not None), default=None)),
    ("any(orders.returned)", anything),
    ("count(orders where orders.amount > 3)", lambda rows: sum((a or 0) > 3 for _, _, a, _ in rows)),
    ("count(orders.amount > 3)", lambda rows: sum((a or 0) > 3 for _, _, a, _ in rows)),
    ("count(orders.amount)", lambda rows: sum(a is not None for _, _, a, _ in rows)),
    ("count(orders.status == 'open', 2d) >= 1", None),  # type: ignore[list-item]
    ("sum(items.pieces)", len),
    ("last(orders.status)", lambda rows: ("open", "closed")[max(rows, key=lambda r: r[1])[1] % 2] if rows else None),
    ("first(orders.status) == 'open'", lambda rows: min(rows, key=lambda r: r[1])[1] % 2 == 0 if rows else None),
]

order = st.tuples(
    st.integers(0, 3),
    st.integers(0, 40),
    st.one_of(st.none(), st.integers(0, 10).map(float)),
    st.one_of(st.none(), st.booleans()),
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    orders=st.lists(order, min_size=1, max_size=30),
    meaning=st.sampled_from([m for m in MEANINGS if m[1]]),
    within=st.integers(1, 12),
    every=st.integers(1, 12),
    back=st.one_of(st.none(), st.integers(1, 20)),
)
def test_labels_equal_a_plain_evaluation_for_each_customer_and_time(
    tmp_path: Path,
    orders: Orders,
    meaning: tuple[str, Callable[[Orders], object]],
    within: int,
    every: int,
    back: int | None,
) -> None:
    text, aggregate = meaning
    question = {"predict": text, "within": f"{within}d", "every": f"{every}d"}
    if back is not None:
        question["where"] = f"count(orders, {back}d) > 0"
    first, last = min(o[1] for o in orders), max(o[1] for o in orders)
    expected = {}
    for moment in range(first, last + 2, every):
        if moment <= first or moment + within > last + 1:
            continue
        for customer in range(4):
            own = [o for o in orders if o[0] == customer]
            past = [o for o in own if o[1] < moment]
            if not past or (back is not None and not [o for o in past if o[1] >= moment - back]):
                continue
            outcome = aggregate([o for o in own if moment <= o[1] < moment + within])
            if outcome is not None:
                expected[customer, START + moment * DAY] = outcome
    try:
        rows = ask(tmp_path, orders, **question).rows
    except TargetError as error:
        assert (error.code, expected) == ("RDX-TGT-304", {})  # noqa: PT017 both are right
        return
    assert {(row["id"], row["at"]): row["label"] for row in rows.iter_rows(named=True)} == expected


def test_times_do_not_change_when_rows_are_added(tmp_path: Path) -> None:
    orders: Orders = [(0, day, 1.0, False) for day in range(0, 60, 3)]
    before = ask(tmp_path / "a", orders, predict="count(orders)", within="7d").rows
    after = ask(tmp_path / "b", [*orders, (0, 75, 1.0, False)], predict="count(orders)", within="7d").rows
    assert after.head(len(before)).equals(before)
    assert len(after) > len(before)


def test_the_condition_does_not_see_the_future(tmp_path: Path) -> None:
    orders: Orders = [(0, 0, 1.0, False), (1, 0, 1.0, False), (1, 20, 9.0, True), (0, 40, 1.0, False)]
    rows = ask(tmp_path, orders, predict="count(orders)", within="10d", where="any(orders.returned)").rows
    assert set(rows["id"]) == {1}
    assert rows["at"].min() > START + 20 * DAY


def test_conditions_on_the_entity_itself(tmp_path: Path) -> None:
    orders: Orders = [(customer, day, 1.0, None) for customer in range(4) for day in range(0, 30, 5)]
    rows = ask(tmp_path, orders, predict="count(orders)", within="5d", where="customers.country == 'DE'").rows
    assert set(rows["id"]) == {0, 2}


@pytest.mark.parametrize(
    ("question", "code", "at", "words"),
    [
        ({"predict": "count(ordrs) == 0"}, "RDX-TGT-302", 1, "orders"),
        ({"predict": "sum(orders.amout)"}, "RDX-TGT-302", 5, "amount"),
        ({"predict": "sum(orders.status)"}, "RDX-TGT-302", 5, "numbers"),
        ({"predict": "count(orders) == 'a'"}, "RDX-TGT-302", 1, "one type"),
        ({"predict": "orders.amount > 3"}, "RDX-TGT-302", 1, "outside of a function"),
        ({"predict": "customers.country == 'DE'"}, "RDX-TGT-302", 1, "function"),
        ({"predict": "count(customers)"}, "RDX-TGT-302", 1, "time index"),
        ({"predict": "max(orders.day) > 'soon'"}, "RDX-TGT-302", 1, "dates"),
        ({"predict": "count(orders via status)"}, "RDX-TGT-302", 1, "no path"),
        ({"predict": "count(orders)", "where": "count(orders)"}, None, 0, ""),
        ({"predict": "count(orders)", "within": "900d"}, "RDX-TGT-304", 0, "a shorter"),
    ],
)
def test_a_mismatch_with_the_data_is_reported_with_its_place(
    tmp_path: Path, question: dict[str, str], code: str | None, at: int, words: str
) -> None:
    orders: Orders = [(0, day, 1.0, False) for day in range(0, 60, 3)]
    if code is None:
        assert len(ask(tmp_path, orders, **({"within": "7d"} | question)).rows)
        return
    with pytest.raises(TargetError) as caught:
        ask(tmp_path, orders, **({"within": "7d"} | question))
    assert caught.value.code == code
    assert int(caught.value.context.get("character", "0").split()[0]) == at
    assert words in str(caught.value)


def test_an_invalid_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="not a duration"):
        Future(for_each="a", predict="count(b)", within="30 days")
