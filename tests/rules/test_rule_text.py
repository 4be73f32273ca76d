"""Rules as users write them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radix_assets.rules.parse import parse_rule
from radix_assets.tags_file.schema import Located
from radix_resources.errors import TagError

COLUMNS = {
    "orders": ["id", "store", "day", "amount", "status", "code", "customer_id", "ordered at", "total in EUR"],
    "customers": ["id"],
    "order items": ["id"],
}


def parsed(text: str):
    return parse_rule(Located(text, 3), COLUMNS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orders.amount is not null", {"kind": "not_null", "columns": ("amount",)}),
        ("orders.(store, day) is unique", {"kind": "unique", "columns": ("store", "day")}),
        ("orders.(store, day) are unique", {"kind": "unique", "columns": ("store", "day")}),
        ("orders.amount >= 0", {"kind": "range", "low": "0", "low_open": False, "high": None}),
        ("orders.amount<10.50", {"kind": "range", "high": "10.50", "high_open": True, "low": None}),
        ("orders.amount between -1 and 2", {"kind": "range", "low": "-1", "high": "2"}),
        ("orders.total in EUR > 0", {"kind": "range", "columns": ("total in EUR",), "low_open": True}),
        ("orders.total in EUR in (1, 2)", {"kind": "set", "columns": ("total in EUR",), "values": ("1", "2")}),
        ("orders.status in (open, 'it''s paid', \"a, b\")", {"kind": "set", "values": ("open", "it's paid", "a, b")}),
        (r"orders.code matches '[A-Z]{2}-\d+'", {"kind": "pattern", "pattern": r"[A-Z]{2}-\d+"}),
        ("orders.ordered at within 2 days", {"kind": "freshness", "columns": ("ordered at",), "seconds": 172_800.0}),
        ("orders.customer_id -> customers.id", {"kind": "relationship", "parent": "customers"}),
        ("orders has at least 1,000 rows", {"kind": "row_count", "low": "1000", "high": None}),
        ("order items has between 1 and 5 rows", {"kind": "row_count", "table": "order items", "high": "5"}),
        ("orders has exactly 7 rows", {"kind": "row_count", "low": "7", "high": "7"}),
        ("ORDERS.Amount IS NOT NULL for 99.5 %", {"kind": "not_null", "share": 0.995, "columns": ("amount",)}),
        ("block: orders.id is unique", {"kind": "unique", "blocking": True, "text": "orders.id is unique"}),
        ("warn: orders.id is unique", {"kind": "unique", "blocking": False}),
    ],
)
def test_a_rule_is_read_as_it_is_written(text, expected):
    rule = parsed(text)
    assert {name: getattr(rule, name) for name in expected} == expected
    assert rule.line == 3


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("orders.amuont >= 0", "did you mean orders.amount"),
        ("ordrs.amount is not null", "did you mean orders.amount"),
        ("orders.amount is lovely", "correct the line"),
        ("orders.(store, day) >= 0", "correct the line"),
        ("orders.code matches '['", "correct it"),
        ("orders.amount is not null for 0 %", "correct the line"),
        ("orders.amount is not null for 101 %", "correct the line"),
        ("orders.status in ()", "correct the line"),
        ("orders.customer_id -> customers.no", "correct the line"),
        ("", "correct the line"),
        ("orders.amount <= abc", "correct the limit"),
        ("orders.amount >= NaN", "correct the limit"),
    ],
)
def test_what_is_no_rule_is_an_error_with_its_line(text, hint):
    with pytest.raises(TagError) as raised:
        parsed(text)
    assert raised.value.code == "RDX-TAG-014"
    assert raised.value.context["line"] == 3
    assert hint in raised.value.hint


def test_what_is_shown_holds_no_value():
    assert "paid" not in parsed("orders.status in (open, paid)").shown
    assert "X-1" not in parsed("orders.code matches 'X-1'").shown
    with pytest.raises(TagError) as raised:
        parsed("orders.status in (open, paid) or so")
    assert "paid" not in str(raised.value)


@given(st.text())
def test_any_text_is_a_rule_or_an_error(text):
    with contextlib.suppress(TagError):
        assert parsed(text).table in COLUMNS
