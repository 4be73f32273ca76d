"""Patterns and lengths of texts."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.profiles.compute import profile_table


@pytest.fixture
def column(written):
    return lambda values: profile_table("t", written(pl.DataFrame({"t": values}, schema={"t": pl.String}))).columns["t"]


def test_shapes_are_counted(column):
    found = column(["ABC-123", "XYZ-999", "ab 1", "ÄÖü-٣", None, "", "日本", "x" * 41, "y" * 50, "x" * 40])
    assert found.patterns == [
        ("AAA-999", 2),
        ("…", 2),
        ("", 1),
        ("AAa-9", 1),
        ("aa", 1),
        ("aa 9", 1),
        ("a" * 40, 1),
    ]
    assert (found.length_min, found.length_max) == (0, 50)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.none(), st.text(max_size=50)), max_size=30))
def test_every_text_has_one_shape_and_a_length(column, values):
    found = column(values)
    present = [value for value in values if value is not None]
    if len(found.patterns) < 10:
        assert sum(count for _, count in found.patterns) == len(present)
    if present:
        sizes = [len(value) for value in present]
        assert (found.length_min, found.length_max) == (min(sizes), max(sizes))
        assert found.length_mean == pytest.approx(sum(sizes) / len(sizes))
    assert found.distinct == len(set(present))
    assert found.monotonic == (bool(present) and present == sorted(present, key=lambda text: text.encode()))


@pytest.mark.usefixtures("few")
def test_many_shapes_are_estimated_and_marked_as_estimates(column):
    found = column(["1" * (number % 30) + "-" * (number // 30) for number in range(400)] + ["A9"] * 100)
    assert found.patterns[0][0] == "A9"
    assert 0 < found.patterns[0][1] <= 100 <= found.patterns[0][1] + found.errors["patterns"]
