"""Statistics compared with hand-written definitions."""
# ruff: noqa: DTZ001 canonical timestamps are naive, in UTC

import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.profiles.compute import profile_columns, profile_table
from radix_assets.profiles.schema import ColumnProfile


@pytest.fixture
def profile(tmp_path):
    def run(frame: pl.DataFrame):
        frame.write_parquet(tmp_path / "data.parquet")
        return profile_table("t", tmp_path / "data.parquet")

    return run


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), max_size=60))
def test_statistics_of_integers(profile, values):
    column = profile(pl.DataFrame({"n": values}, schema={"n": pl.Int64})).columns["n"]
    present = [value for value in values if value is not None]
    assert (column.rows, column.nulls, column.distinct) == (len(values), values.count(None), len(set(present)))
    assert sum(count for _, _, count in column.histogram) == len(present)
    assert column.monotonic == (bool(present) and present == sorted(present))
    counts = Counter(present)
    ranked = sorted(counts, key=lambda value: (-counts[value], value))[:10]
    assert column.top == ([(value, counts[value]) for value in ranked] if len(counts) < len(present) else [])
    if present:
        assert (column.minimum, column.maximum) == (min(present), max(present))
        assert column.mean == pytest.approx(np.mean(present), abs=1e-9)
        assert column.quantiles["0.5"] == pytest.approx(np.median(present))
        assert column.quantiles["0.05"] == pytest.approx(np.quantile(present, 0.05))
        assert column.zeros == present.count(0)
        assert column.negatives == sum(value < 0 for value in present)
        for low, high, count in column.histogram:
            assert count == sum(low < value < high for value in present)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=60))
def test_the_histogram_of_decimals_counts_every_value_once(profile, values):
    column = profile(pl.DataFrame({"x": values})).columns["x"]
    assert sum(count for _, _, count in column.histogram) == len(values)
    assert column.histogram[0][0] <= min(values)
    assert column.histogram[-1][1] >= max(values)


def test_statistics_of_texts_booleans_and_timestamps(profile):
    found = profile(
        pl.DataFrame(
            {
                "word": ["b", "a", "b", "é é", None],
                "flag": [True, None, False, True, True],
                "day": [dt.date(2024, 1, 3), dt.date(2024, 1, 1), None, dt.date(2024, 1, 1), dt.date(2023, 12, 31)],
                "at": [dt.datetime(2024, 1, 1, 12)] * 5,
                "clock": [dt.time(1), dt.time(2), dt.time(3), dt.time(4), dt.time(5)],
                "none": pl.Series([None] * 5, dtype=pl.String),
            }
        )
    )
    word, flag, day, at, clock, none = found.columns.values()
    assert (word.top, word.distinct) == ([("b", 2), ("a", 1), ("é é", 1)], 3)
    assert (word.length_min, word.length_mean, word.length_max) == (1, 1.5, 3)
    assert (flag.dtype, flag.top, flag.minimum) == ("boolean", [(True, 3), (False, 1)], False)
    assert (day.minimum, day.maximum, day.top[0]) == ("2023-12-31", "2024-01-03", ("2024-01-01", 2))
    assert (day.timeline[0][0], day.timeline[-1][1]) == ("2023-12-31", "2024-01-03")
    assert sum(count for _, _, count in day.timeline) == 4
    assert at.constant
    assert clock.unique
    assert clock.monotonic
    assert (none.nulls, none.distinct, none.top, none.monotonic) == (5, 0, [], False)


def test_duplicate_rows_are_counted(profile):
    assert profile(pl.DataFrame({"a": [1, 1, None, None, 2], "b": ["x", "x", "y", "y", None]})).duplicates == 2
    assert profile(pl.DataFrame({"a": [1, 1], "b": [None, 0]})).duplicates == 0


def test_a_table_without_rows_or_columns_has_a_profile(profile):
    empty = profile(pl.DataFrame(schema={"a": pl.Int64, "b": pl.String, "c": pl.Datetime("us")}))
    assert (empty.rows, empty.duplicates) == (0, 0)
    assert all(column.distinct == 0 and not column.histogram for column in empty.columns.values())


def test_names_may_contain_any_characters(profile):
    names = ["^a.*$", "*", '{"a": 1}', "", "c0", "ünï"]
    frame = pl.DataFrame({name: [index, index, index + 1] for index, name in enumerate(names)})
    assert {name: column.minimum for name, column in profile(frame).columns.items()} == dict(
        zip(names, range(len(names)), strict=True)
    )


def test_a_profile_survives_json(profile, tmp_path: Path):
    column = profile(pl.DataFrame({"x": [1.5, None, -0.0, 3e300]})).columns["x"]
    assert ColumnProfile.model_validate_json(column.model_dump_json()) == column


def test_names_with_dots_are_not_paths(tmp_path):
    frame = pl.DataFrame({"a": ["x", "y"], "a.b": ["z", "z"], "a.b.c": [1, 2], "": ["q", None]})
    frame.write_parquet(tmp_path / "data.parquet")
    found = profile_columns(tmp_path / "data.parquet", ["a", "", "a.b.c"])
    assert {name: column.distinct for name, column in found.items()} == {"a": 2, "a.b.c": 2, "": 1}
    assert profile_table("t", tmp_path / "data.parquet").columns["a.b"].top == [("z", 2)]


def test_nan_is_not_a_value(profile):
    column = profile(pl.DataFrame({"x": [1.0, float("nan"), None, 3.0]})).columns["x"]
    assert (column.nulls, column.distinct, column.mean, column.maximum) == (2, 2, 2.0, 3.0)


def test_infinite_numbers_are_not_an_error(profile):
    column = profile(pl.DataFrame({"x": [1.0, float("inf"), 3.0]})).columns["x"]
    assert (column.distinct, column.mean, column.histogram) == (3, None, [])


def test_kurtosis_follows_its_definition(profile):
    values = np.random.default_rng(0).gamma(2.0, size=500)
    column = profile(pl.DataFrame({"x": values})).columns["x"]
    away = values - values.mean()
    assert column.kurtosis == pytest.approx((away**4).mean() / (away**2).mean() ** 2 - 3, rel=1e-9)
    assert column.skew == pytest.approx((away**3).mean() / (away**2).mean() ** 1.5, rel=1e-9)
    assert column.std == pytest.approx(values.std(ddof=1), rel=1e-12)
