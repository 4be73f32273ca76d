"""Rules against data."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radix_assets.rules.evaluate import batch_of, evaluate
from radix_assets.rules.parse import parse_rule
from radix_assets.rules.schema import RuleResults, is_due
from radix_assets.tags_file.schema import Located

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC).timestamp()
ORDERS = pl.DataFrame(
    {
        "id": [1, 2, 2, 3, None],
        "amount": [1.5, -2.0, None, float("nan"), 10.0],
        "price": [Decimal("1.10"), Decimal("1.11"), None, Decimal("-0.01"), Decimal("9.99")],
        "status": ["open", "paid", "lost", None, "open"],
        "code": ["AB-1", "AB-22", "ab-3", None, "AB-4\n"],
        "ordered": [datetime(2026, 3, day, 6) for day in (1, 2, 3, 4, 9)],  # noqa: DTZ001 canonical: without a zone
        "day": [date(2026, 3, day) for day in (1, 2, 3, 4, 9)],
        "at": [time(6), time(7), None, time(23, 59), time(0)],
        "sent": [True, False, None, True, True],
        "customer": [7, 8, 9, None, 7],
        "^amount$": [1, 2, 3, 4, 5],
    }
)
CUSTOMERS = pl.DataFrame({"id": ["7", "8"]})
COLUMNS = {"orders": ORDERS.columns, "customers": CUSTOMERS.columns}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    paths = {}
    for name, frame in {"orders": ORDERS, "customers": CUSTOMERS}.items():
        paths[name] = tmp_path_factory.mktemp(name)
        frame.write_parquet(paths[name] / "data.parquet")
    return paths


def rules(*texts):
    return [parse_rule(Located(text, 1), COLUMNS) for text in texts]


@pytest.mark.parametrize(
    ("text", "checked", "broken"),
    [
        ("orders.id is not null", 5, 1),
        ("orders.id is unique", 4, 1),
        ("orders.(status, sent) is unique", 3, 1),
        ("orders.amount >= 0", 4, 2),
        ("orders.amount > 1.5", 4, 3),
        ("orders.price >= 0", 4, 1),
        ("orders.price between 1.105 and 9.99", 4, 2),
        ("orders.price <= 9.99", 4, 0),
        ("orders.id between 1.5 and 2", 4, 2),
        ("orders.ordered < 2026-03-09T06:00", 5, 1),
        ("orders.ordered <= 2026-03-09T08:00+02:00", 5, 0),
        ("orders.day >= 2026-03-02", 5, 1),
        ("orders.at < 23:00", 4, 1),
        ("orders.status in (open, paid)", 4, 1),
        ("orders.id in (1, 2)", 4, 1),
        ("orders.sent in (true)", 4, 1),
        (r"orders.code matches [A-Z]{2}-\d+", 4, 2),
        ("orders.customer -> customers.id", 4, 1),
        ("orders.^amount$ >= 2", 5, 1),
        ("orders.day within 2 days", 5, 0),
    ],
)
def test_rows_that_break_a_rule_are_counted(tables, text, checked, broken):
    (result,) = evaluate(rules(text), tables, NOW)
    assert (result.checked, result.broken, result.passed) == (checked, broken, broken == 0)


def test_a_share_allows_as_many_rows(tables):
    texts = [f"orders.amount >= 0 for {percent}%" for percent in (51, 50)]
    assert [result.passed for result in evaluate(rules(*texts), tables, NOW)] == [False, True]


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("orders has at least 5 rows", True),
        ("orders has at least 6 rows", False),
        ("orders has between 6 and 9 rows", False),
        ("orders has at most 4 rows", False),
        ("orders.ordered within 1 day", False),
        ("orders.ordered within 31 hours", True),
        ("orders.day within 1 day", True),
    ],
)
def test_tables_are_large_and_new_enough(tables, text, passed):
    assert evaluate(rules(text), tables, NOW)[0].passed is passed


def test_time_alone_breaks_a_rule_about_freshness(tables):
    results = RuleResults(results=evaluate(rules("orders.ordered within 31 hours"), tables, NOW))
    assert not is_due(results, NOW + 3_000)
    assert is_due(results, NOW + 4_000)


def test_a_table_or_column_that_is_missing_breaks_its_rules(tables):
    known = {**COLUMNS, "orders": [*ORDERS.columns, "gone"], "lost": ["id"]}
    texts = ("orders.gone is not null", "lost.id is unique", "orders.id -> lost.id", "orders.gone -> customers.id")
    results = evaluate([parse_rule(Located(text, 1), known) for text in texts], tables, NOW)
    assert [(result.passed, bool(result.note)) for result in results] == [(False, True)] * 4


@pytest.mark.parametrize(
    "text",
    [
        "orders.status >= 0",
        "orders.id matches x",
        "orders.id in (1, two)",
        "orders.ordered > 12",
        "orders.status within 2 days",
        "orders.sent >= 1",
        "orders.amount >= 2024-01-01",
    ],
)
def test_a_rule_that_does_not_fit_its_column_is_broken_and_says_why(tables, text):
    (result,) = evaluate(rules(text), tables, NOW)
    assert not result.passed
    assert "type" in result.note


def test_a_batch_is_named_by_its_data_and_the_blocking_rules_that_it_breaks(tables):
    broken = evaluate(rules("block: orders.id is unique", "orders.amount >= 0"), tables, NOW)
    batch = batch_of(broken, {"orders": "v1"})
    assert batch == batch_of(broken[:1], {"orders": "v1", "customers": "v2"})
    assert batch != batch_of(broken, {"orders": "v2"})
    assert not batch_of(broken[1:], {"orders": "v1"})


@given(st.lists(st.integers(-3, 3) | st.none()), st.integers(-3, 3), st.integers(-3, 3))
def test_counts_are_those_of_plain_python(tmp_path_factory, values, low, high):
    folder = tmp_path_factory.mktemp("t")
    pl.DataFrame({"a": values}, schema={"a": pl.Int64}).write_parquet(folder / "data.parquet")
    texts = [f"t.a between {low} and {high}", "t.a is not null", "t.a is unique", f"t.a in ({low}, {high})"]
    results = evaluate([parse_rule(Located(text, 1), {"t": ["a"]}) for text in texts], {"t": folder}, NOW)
    present = [value for value in values if value is not None]
    assert [result.broken for result in results] == [
        sum(not low <= value <= high for value in present),
        len(values) - len(present),
        len(present) - len(set(present)),
        sum(value not in {low, high} for value in present),
    ]
