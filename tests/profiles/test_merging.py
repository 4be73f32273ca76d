"""The merged profiles of parts equal the profile of the whole."""

import itertools
from collections import Counter

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from profile_tables import mixed

from radix_assets.profiles.finalize import finalize
from radix_assets.profiles.schema import TableProfile
from radix_assets.profiles.sketches.power_sums import PowerSums
from radix_assets.profiles.sketches.quantile_sketch import QuantileSketch
from radix_assets.profiles.sketches.sorted_counts import counted
from radix_assets.profiles.state.table import TableState

FLOATS = {"mean", "std", "skew", "kurtosis", "length_mean"}
SETTINGS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def state_of(frame: pl.DataFrame, first: int = 0) -> TableState:
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    state = TableState.none(table.schema, first=first)
    for batch in table.combine_chunks().to_batches():
        state.add(batch)
    return state.settle()


def profile_of_parts(frame: pl.DataFrame, cuts: list[int]) -> TableProfile:
    edges = [0, *sorted(cut % (frame.height + 1) for cut in cuts), frame.height]
    parts = [state_of(frame.slice(low, high - low), low) for low, high in itertools.pairwise(edges)]
    whole = parts[0]
    for part in parts[1:]:
        whole.merge(part)
    return finalize("t", whole.settle(), {})


def assert_same(one: TableProfile, other: TableProfile) -> None:
    assert (one.rows, one.duplicates, one.duplicates_error) == (other.rows, other.duplicates, other.duplicates_error)
    for name, column in one.columns.items():
        left, right = column.model_dump(), other.columns[name].model_dump()
        for field, value in left.items():
            if field in FLOATS and value is not None:
                assert right[field] == pytest.approx(value, rel=1e-9, abs=1e-12), (name, field)
            else:
                assert right[field] == value, (name, field)
    left, right = one.associations.model_dump(), other.associations.model_dump()
    for field, value in left.items():
        if value and isinstance(value, list) and isinstance(value[0], list):
            # An undefined value is None in both.
            a, b = (np.array(matrix, dtype=float) for matrix in (value, right[field]))
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9, err_msg=field)
        else:
            assert right[field] == value, field


@SETTINGS
@given(seed=st.integers(0, 50), rows=st.integers(0, 120), cuts=st.lists(st.integers(0, 10**6), max_size=6))
def test_merged_parts_equal_the_whole(seed, rows, cuts):
    frame = mixed(rows, seed)
    assert_same(profile_of_parts(frame, cuts), profile_of_parts(frame, []))


numbers = st.one_of(st.none(), st.integers(-3, 3).map(float), st.floats(-1e9, 1e9), st.just(-0.0))


@SETTINGS
@given(values=st.lists(numbers, max_size=80), cuts=st.lists(st.integers(0, 100), max_size=4))
def test_merged_numbers_equal_the_whole(values, cuts):
    frame = pl.DataFrame({"x": values, "n": range(len(values))}, schema={"x": pl.Float64, "n": pl.Int64})
    assert_same(profile_of_parts(frame, cuts), profile_of_parts(frame, []))


@SETTINGS
@given(
    values=st.lists(st.one_of(st.none(), st.text(max_size=6), st.sampled_from(["A-1", "b"])), max_size=60),
    cuts=st.lists(st.integers(0, 100), max_size=4),
)
def test_merged_texts_equal_the_whole(values, cuts):
    frame = pl.DataFrame({"t": values, "u": values[::-1]}, schema={"t": pl.String, "u": pl.String})
    assert_same(profile_of_parts(frame, cuts), profile_of_parts(frame, []))


@SETTINGS
@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=200),
    shift=st.sampled_from([0.0, 1e6, 1e9]),
    cut=st.integers(0, 200),
)
def test_statistical_moments_lose_no_digits(values, shift, cut):
    array = np.array(values) + shift
    merged = PowerSums.of(array[:cut]).merge(PowerSums.of(array[cut:]))
    whole = PowerSums.of(array)
    exact = array.astype(np.longdouble)
    away = exact - exact.mean()
    assert merged.mean == pytest.approx(float(exact.mean()), rel=1e-12, abs=1e-9)
    for power, found in ((2, merged.second), (4, merged.fourth)):
        assert found == pytest.approx(float((away**power).sum()), rel=1e-6, abs=1e-3)
    assert merged.fourth == pytest.approx(whole.fourth, rel=1e-9, abs=1e-3)


@pytest.mark.usefixtures("few")
@SETTINGS
@given(
    seed=st.integers(0, 1000),
    rows=st.integers(200, 3_000),
    cuts=st.lists(st.integers(0, 3_000), max_size=6),
)
def test_estimates_are_within_the_stated_error(seed, rows, cuts):
    random = np.random.default_rng(seed)
    values = np.where(random.random(rows) < 0.3, random.integers(0, 5, rows), random.integers(0, rows, rows))
    frame = pl.DataFrame({"n": values, "t": [f"v{value}" for value in values]})
    profile = profile_of_parts(frame, cuts)
    column, text = profile.columns["n"], profile.columns["t"]
    ordered, counts = np.sort(values), Counter(values.tolist())
    off = column.errors["quantiles"]
    for share, value in column.quantiles.items():
        low = np.searchsorted(ordered, value, side="left") / rows
        high = np.searchsorted(ordered, value, side="right") / rows
        assert low - off - 2 / rows <= float(share) <= high + off + 2 / rows
    for low, high, count in column.histogram:
        assert abs(count - ((values > low) & (values < high)).sum()) <= 2 * off * rows + 1
    for value, count in column.top:
        assert count <= counts[value] <= count + column.errors["top"]
    for value, count in text.top:
        assert count <= counts[int(value[1:])] <= count + text.errors["top"]
    named = {value for value, _ in column.top}
    if len(named) < 10:
        assert all(counts[value] <= 2 * column.errors["top"] for value in counts if value not in named)
    assert column.distinct == pytest.approx(len(counts), rel=4 * column.errors["distinct"])
    assert text.distinct == pytest.approx(len(counts), rel=4 * text.errors["distinct"])
    assert (column.minimum, column.maximum, column.nulls) == (ordered[0], ordered[-1], 0)


@pytest.mark.usefixtures("few")
@SETTINGS
@given(cuts=st.lists(st.integers(0, 900), max_size=6))
def test_the_estimated_number_of_values_does_not_depend_on_the_partition(cuts):
    frame = mixed(900)
    parts, whole = profile_of_parts(frame, cuts), profile_of_parts(frame, [])
    for name, column in whole.columns.items():
        assert parts.columns[name].distinct == column.distinct
    assert parts.duplicates == whole.duplicates


@pytest.mark.usefixtures("few")
def test_duplicate_rows_are_estimated_within_the_stated_error():
    frame = pl.concat([mixed(600), mixed(600).head(200)]).drop("id")
    profile = profile_of_parts(frame.drop("key", "x", "at"), [500])
    exact = frame.drop("key", "x", "at").height - frame.drop("key", "x", "at").n_unique()
    assert profile.duplicates_error > 0
    assert abs(profile.duplicates - exact) <= profile.duplicates_error


def test_the_error_of_ranks_stays_small():
    values = np.random.default_rng(0).permutation(2_000_000).astype(np.float64)
    sketch = QuantileSketch()
    for part in np.array_split(values, 33):
        sketch.add(*counted(np.sort(part)))
    found, weights = sketch.weighted()
    assert weights.sum() == len(values)
    below = np.cumsum(weights)
    assert np.abs(below - 1 - found).max() <= sketch.moved
    assert sketch.moved / len(values) < 0.001


def test_a_column_without_values_can_be_merged():
    table = pa.table({"a": pa.array([None, None], pa.int64()), "b": pa.array([None, "x"])})
    state = TableState.none(table.schema)
    for batch in table.to_batches():
        state.add(batch)
    assert finalize("t", state, {}).columns["a"].nulls == 2
