import pytest
from hypothesis import given
from hypothesis import strategies as st

from radix_assets.question.target import parse_target, unread_table
from radix_resources.errors import TagError

COLUMNS = {
    "flights": ["arr_delay", "dep_delay", "carrier", "a > b", "x == y"],
    "flights.old": ["arr_delay"],
    "Order Details": ["Unit Price", "Discount.Pct", "UNIT PRICE"],
}


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("flights.arr_delay", ("flights", "arr_delay", None, None)),
        ("flights.arr_delay > 15", ("flights", "arr_delay", ">", 15.0)),
        ("flights.arr_delay>=-1.5e3", ("flights", "arr_delay", ">=", -1500.0)),
        ("flights.carrier == AA", ("flights", "carrier", "==", "AA")),
        ("flights.carrier = AA", ("flights", "carrier", "==", "AA")),
        ('flights.carrier != "x \\"y\\" > z"', ("flights", "carrier", "!=", 'x "y" > z')),
        ("flights.carrier == '007'", ("flights", "carrier", "==", "007")),
        ("flights.a > b", ("flights", "a > b", None, None)),
        ("flights.a > b > 3", ("flights", "a > b", ">", 3.0)),
        ("flights.x == y == 1", ("flights", "x == y", "==", 1.0)),
        ("flights.old.arr_delay < 3", ("flights.old", "arr_delay", "<", 3.0)),
        ("order details.discount.pct > 0", ("Order Details", "Discount.Pct", ">", 0.0)),
        ("Order Details.Unit Price", ("Order Details", "Unit Price", None, None)),
        ("Order Details.UNIT PRICE", ("Order Details", "UNIT PRICE", None, None)),
        ("  dep_delay > 0 ", ("flights", "dep_delay", ">", 0.0)),
    ],
)
def test_targets_are_read_as_users_write_them(text, parsed):
    assert parse_target(text, COLUMNS) == parsed


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("flights.ar_delay > 15", "flights.arr_delay"),
        ("flight.carrier", "flights.carrier"),
        ("arr_delay", "flights.arr_delay"),
        ("Order Details.unit price", "Order Details.Unit Price"),
        ("flights.arr_delay >", "flights.arr_delay"),
        ("", ""),
    ],
)
def test_an_unknown_or_ambiguous_target_is_refused_with_the_nearest_name(text, near):
    with pytest.raises(TagError) as caught:
        parse_target(text, COLUMNS)
    assert caught.value.code == "RDX-TAG-002"
    assert near in caught.value.hint


def test_only_names_nearly_as_close_as_the_best_are_suggested():
    tables = {"orders": ["returned", "weight", "return_reason"], "customers": ["returned", "email"]}
    with pytest.raises(TagError) as caught:
        parse_target("orders.returnd", tables)
    assert caught.value.hint == "did you mean orders.returned?"
    with pytest.raises(TagError) as caught:
        parse_target("order items.totla", {"order items": ["total", "note"]})
    assert caught.value.hint == "did you mean order items.total?"
    with pytest.raises(TagError) as caught:
        parse_target("returned", tables)
    assert caught.value.hint == "did you mean orders.returned or customers.returned?"


def test_a_table_is_not_a_target():
    with pytest.raises(TagError) as caught:
        parse_target("Orders", {"orders": ["returned"]})
    assert caught.value.hint == "name a column of orders: orders.COLUMN"


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(st.dictionaries(NAMES, st.lists(NAMES, min_size=1, max_size=4, unique=True), min_size=1, max_size=3), st.data())
def test_a_column_with_any_name_is_found_if_its_name_is_unambiguous(columns, data):
    table = data.draw(st.sampled_from(sorted(columns)))
    name = data.draw(st.sampled_from(columns[table]))
    full = f"{table}.{name}"
    if sum(f"{t}.{c}" == full for t, names in columns.items() for c in names) == 1:
        assert parse_target(full, columns) == (table, name, None, None)


@pytest.mark.parametrize(
    ("text", "unread"),
    [("events.alarm", True), ("Events.alarm > 3", True), ("good.n", False), ("nothing.n", False), ("alarm", False)],
)
def test_a_target_of_a_table_that_failed_is_not_said_to_be_absent(text, unread):
    error = unread_table(text, ["good", "events"], {"good"})
    assert (error is not None and error.code == "RDX-CFG-004") == unread
