import pytest
from hypothesis import given
from hypothesis import strategies as st

from radix_assets.question.horizon import Future, days, future_of, horizon, offset
from radix_assets.question.parse import MOST_NESTED, parse
from radix_assets.question.syntax import Aggregate, Column, Negation, Number, Operation, Span, Text
from radix_resources.errors import TargetError

HERE = Span(0, 0)


def test_a_count_with_a_comparison() -> None:
    count = Aggregate("count", "orders", None, None, None, None, HERE)
    assert parse("count(orders) == 0") == Operation("==", count, Number(0.0, HERE), HERE)
    assert parse("COUNT( orders )=0") == parse("count(orders) == 0")


def test_conditions_paths_and_durations_of_an_aggregate() -> None:
    found = parse("sum(`Order Details`.price where `Order Details`.`a b` == 'x\\'y' via customer, 30 d)")
    assert isinstance(found, Aggregate)
    assert (found.function, found.table, found.via, found.span) == ("sum", "Order Details", "customer", "30d")
    text = Text("x'y", HERE)
    assert found.where == Operation("==", Column("Order Details", "a b", HERE), text, HERE)


def test_and_binds_closer_than_or_and_times_closer_than_plus() -> None:
    a, b, c = (f"count({name}) > 0" for name in "abc")
    assert parse(f"{a} or {b} and not {c}") == parse(f"{a} or ({b} and (not {c}))")
    assert parse("sum(a.x + a.y * a.z)") == parse("sum(a.x + (a.y * a.z))")
    assert parse("sum(a.x - a.y - a.z)") == parse("sum((a.x - a.y) - a.z)")
    assert isinstance(parse("-count(a)"), Negation)


@pytest.mark.parametrize(
    ("text", "at", "found", "help_"),
    [
        ("", 1, "empty", "value"),
        ("count(orders", 13, "')' is missing", "fix the expression"),
        ("cuont(orders) == 0", 1, "cuont", "count"),
        ("count(orders, 30x)", 15, "30", "such as 30d"),
        ("sum(orders)", 5, "whole table", "sum(orders.column)"),
        ("count(a.b > c.d)", 7, "a and c", "one table"),
        ("orders.amount >", 16, "too early", "value"),
        ("count(orders) 3", 15, "unexpected '3'", "operator"),
        ("30d > 2", 1, "duration", "last argument of a function"),
        ("'abc", 1, "not closed", ""),
        ("count(orders) == 0 @", 20, "'@'", ""),
        ("orders", 1, "alone is not a value", "table.column"),
        ("count(orders) == )", 18, "')' is not a value", ""),
        ("(" * (MOST_NESTED + 5) + "1", MOST_NESTED + 1, "too deeply", ""),
    ],
)
def test_a_syntax_error_is_shown_with_its_position(text: str, at: int, found: str, help_: str) -> None:
    with pytest.raises(TargetError) as caught:
        parse(text)
    error = caught.value
    assert (error.code, error.context["character"]) == ("RDX-TGT-301", f"{at} of the expression")
    assert found in error.found
    assert help_ in error.expected + error.hint
    shown, mark = error.found.splitlines()[-2:]
    assert shown[4:] == text
    assert mark.index("^") == 4 + at - 1


@given(st.text(alphabet="count(orders.x)== 0<>'\"`andot,30d+-*/_é", max_size=40))
def test_any_text_is_parsed_or_refused_with_its_code(text: str) -> None:
    try:
        parse(text)
    except TargetError as error:
        assert error.code == "RDX-TGT-301"  # noqa: PT017 both are right


def test_a_minute_is_m_or_min_and_a_month_is_mo() -> None:
    question = {"for_each": "customers", "predict": "count(orders) == 0"}
    assert [offset(text) for text in ("30m", "30 min", "2mo")] == ["30m", "30m", "2mo"]
    assert days("1440m") == days("1440min") == 1
    assert horizon("90m") == horizon("90min") == 90 * 60 * 1_000_000
    assert horizon("1mo") == 31 * 86_400_000_000
    assert future_of(Future(**question, within="45m").text).within == "45m"
    spans = [parse(f"count(orders, {text})") for text in ("5m", "5min", "5mo")]
    assert [tree.span for tree in spans if isinstance(tree, Aggregate)] == ["5m", "5min", "5mo"]
