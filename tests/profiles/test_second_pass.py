"""A second pass makes the statistics of columns with too many values exact."""

from collections import Counter

import numpy as np
import polars as pl
import pytest
from profile_tables import mixed

from radix_assets.profiles import compute, second_pass
from radix_assets.profiles.compute import profile_table

pytestmark = pytest.mark.usefixtures("few")


def test_a_table_of_moderate_size_is_exact(written):
    random = np.random.default_rng(0)
    numbers = random.integers(0, 400, 3_000)
    frame = pl.DataFrame(
        {"n": numbers, "x": random.normal(size=3_000), "t": [f"t{number}" for number in numbers]}
    ).with_columns(pl.col("n").cast(pl.Datetime("us")).alias("at"))
    profile = profile_table("t", written(frame))
    n, x, t, at = profile.columns.values()
    assert all(column.errors == {} for column in profile.columns.values())
    counts = Counter(numbers.tolist())
    ranked = sorted(counts, key=lambda value: (-counts[value], value))[:10]
    assert n.top == [(value, counts[value]) for value in ranked]
    assert (
        t.top == sorted(((f"t{value}", counts[value]) for value in counts), key=lambda pair: (-pair[1], pair[0]))[:10]
    )
    assert n.distinct == t.distinct == at.distinct == len(counts)
    assert n.quantiles["0.25"] == np.quantile(numbers, 0.25)
    assert x.quantiles["0.99"] == pytest.approx(np.quantile(frame["x"], 0.99), rel=1e-12)
    assert sum(count for _, _, count in x.histogram) == sum(count for _, _, count in at.timeline) == 3_000
    assert profile.duplicates == 0


def test_duplicate_rows_are_counted_exactly(written):
    frame = pl.concat([mixed(400).drop("id", "key"), mixed(400).drop("id", "key").head(37)])
    profile = profile_table("t", written(frame))
    assert (profile.duplicates, profile.duplicates_error) == (37, 0)


def test_the_unique_columns_of_a_large_table_are_determined_exactly(written, monkeypatch):
    for module in (second_pass, compute):
        monkeypatch.setattr(module, "REFINED", 150)
    random = np.random.default_rng(0)
    numbers = random.permutation(1_000)
    frame = pl.DataFrame(
        {"id": numbers, "nearly": np.append(numbers[:-1], numbers[0]), "x": random.integers(0, 99, 1_000)}
    )
    profile = profile_table("t", written(frame))
    assert profile.columns["id"].unique
    assert not profile.columns["nearly"].unique
    assert profile.columns["nearly"].distinct == pytest.approx(999, rel=0.5)
    assert "quantiles" in profile.columns["id"].errors
    assert profile.duplicates == 0
