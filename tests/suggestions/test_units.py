import pytest
from hypothesis import given
from hypothesis import strategies as st

from radix_assets.suggestions.semantics.units import unit_of


@pytest.mark.parametrize(
    ("name", "sample", "unit"),
    [
        ("body_mass_g", ["3750"], "g"),
        ("dist_km", ["1.2"], "km"),
        ("Temperature [°C]", ["1.2"], "°C"),
        ("response (ms)", ["12"], "ms"),
        ("wind speed (m/s)", ["2.1"], "m/s"),
        ("price in USD", ["1"], "USD"),
        ("refund_amount_usd", ["1"], "USD"),
        ("pct_urban", ["12"], "%"),
        ("Arable (%)", ["12,1"], "%"),
        ("resolution_time_hours", ["12"], "h"),
        ("days_since_review", ["3"], "d"),
        ("temp_f", ["70"], "°F"),
        ("Running Time min", ["90"], "min"),
        ("x", ["12 kg", "3.5 kg"], "kg"),
        ("x", ["$3.50", "$1,200.00"], "USD"),
        ("x", ["45%", "3%"], "%"),
        ("x", ["12 °C"], "°C"),
        ("min_salary", ["1000"], ""),
        ("section_a", ["1"], ""),
        ("in_use", ["1"], ""),
        ("us_sales", ["3"], ""),
        ("title", ["12 Monkeys"], ""),
        ("weight_kg", ["heavy", "light"], ""),
        ("kg_code", ["1"], ""),
        ("month", ["1"], ""),
        ("", [], ""),
    ],
)
def test_the_unit_is_read_from_header_or_values(name, sample, unit):
    assert unit_of(name, sample) == unit


@given(st.text(max_size=20), st.lists(st.text(max_size=12), max_size=8))
def test_any_column_is_classified(name, sample):
    assert isinstance(unit_of(name, sample), str)
