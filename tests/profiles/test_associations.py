"""Associations compared with hand-written definitions."""

import math
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from profile_tables import mixed

from radix_assets.profiles.coefficients import cramers_v, theils_u
from radix_assets.profiles.compute import profile_table
from radix_assets.profiles.display.heatmap import draw_associations, strongest
from radix_assets.profiles.parameters import MEASURES


@pytest.fixture
def found(written):
    return lambda frame: profile_table("t", written(frame)).associations


def test_pearson_and_spearman_equal_those_of_pandas(found):
    frame = mixed(500)
    associations = found(frame)
    assert associations.numbers == ["id", "x", "y", "count", ""]
    table = frame.select(associations.numbers).to_pandas()
    for method in ("pearson", "spearman"):
        own = np.array(getattr(associations, method), dtype=float)
        np.testing.assert_allclose(own, table.corr(method=method).to_numpy(), rtol=1e-9, atol=1e-12)
    assert associations.spearman_rows == 500


def test_large_offsets_lose_no_digits(found):
    random = np.random.default_rng(0)
    x = random.normal(size=1_000)
    y = x + random.normal(size=1_000)
    near, far = found(pl.DataFrame({"x": x, "y": y})), found(pl.DataFrame({"x": x + 1e7, "y": y - 1e7}))
    assert far.pearson[0][1] == pytest.approx(near.pearson[0][1], rel=1e-7)


def test_the_correlation_ratio_follows_its_definition(found):
    frame = mixed(700)
    associations = found(frame)
    for a, category in enumerate(associations.categories):
        for b, number in enumerate(associations.numbers):
            both = frame.select(c=category, n=pl.col(number).cast(pl.Float64)).drop_nulls()
            means = both.with_columns(m=pl.col("n").mean().over("c"))
            total = ((both["n"] - both["n"].mean()) ** 2).sum()
            between = ((means["m"] - both["n"].mean()) ** 2).sum()
            assert associations.eta[a][b] == pytest.approx(math.sqrt(between / total), rel=1e-9)


def test_cramers_v_and_theils_u_of_reference_tables():
    assert cramers_v(np.diag([50, 50, 50])) == pytest.approx(1.0)
    assert cramers_v(np.full((2, 3), 100)) == 0.0
    assert math.isnan(cramers_v(np.array([[5, 7], [0, 0]])))
    table = np.array([[30, 10], [5, 55]])
    n, phi = 100, (30 * 55 - 10 * 5) ** 2 / (40 * 60 * 35 * 65)
    corrected = max(0, phi - 1 / (n - 1))
    assert cramers_v(table) == pytest.approx(math.sqrt(corrected / (1 - 1 / (n - 1))))
    assert theils_u(np.diag([10, 20])) == pytest.approx(1.0)
    assert theils_u(np.full((2, 2), 10)) == pytest.approx(0.0, abs=1e-12)
    # The column determines the row, but not the other way round.
    one_way = np.array([[10, 10, 0, 0], [0, 0, 10, 10]])
    assert theils_u(one_way) == pytest.approx(1.0)
    assert theils_u(one_way.T) == pytest.approx(0.5)


def test_categories_are_compared_where_both_are_present(found):
    frame = mixed(400)
    associations = found(frame)
    assert associations.categories == ["city", "plan", "flag", "word"]
    a, b = associations.categories.index("city"), associations.categories.index("flag")
    both = frame.select("city", "flag").drop_nulls()
    table = both.pivot("flag", index="city", values="flag", aggregate_function="len").drop("city").fill_null(0)
    assert associations.cramers_v[a][b] == pytest.approx(cramers_v(table.to_numpy().astype(np.int64)), rel=1e-9)
    assert associations.theils_u[b][a] == pytest.approx(theils_u(table.to_numpy().T.astype(np.int64)), abs=1e-9)


def test_texts_with_many_values_are_not_categories(found):
    frame = pl.DataFrame({"many": [f"v{number % 65}" for number in range(650)], "few": ["a", "b"] * 325})
    assert found(frame).categories == ["few"]


def test_a_constant_is_associated_with_nothing(found):
    frame = pl.DataFrame({"one": [1.0] * 9, "x": range(9), "same": ["s"] * 9, "kind": list("aabbccabc")})
    associations = found(frame)
    assert associations.pearson[0][1] is None
    assert associations.eta[0] == [None, None]
    assert associations.cramers_v[0][1] is None


def test_a_wide_table_reports_what_was_left_out(found):
    frame = pl.DataFrame({f"n{number}": range(5) for number in range(MEASURES + 3)})
    associations = found(frame)
    assert len(associations.numbers) == MEASURES
    assert associations.left_out == [f"n{number}" for number in range(MEASURES, MEASURES + 3)]


def test_huge_numbers_are_not_an_error(found):
    frame = pl.DataFrame({"x": [1e300, -1e300, 1e299, 5.0], "k": ["a", "b", "a", None], "y": [1.0, 2.0, None, 3.0]})
    assert found(frame).numbers == ["x", "y"]


def test_an_excluded_column_is_in_no_measure(found):
    associations = found(mixed(100)).without({"x", "city"})
    assert "x" not in associations.numbers
    assert "city" not in associations.categories
    assert np.shape(associations.pearson) == np.shape(associations.spearman) == (4, 4)
    assert np.shape(associations.cramers_v) == np.shape(associations.theils_u) == (3, 3)
    assert np.shape(associations.eta) == (3, 4)


def test_the_strongest_associations_are_named_and_drawn(found, tmp_path):
    associations = found(mixed(400))
    pairs = strongest(associations, 5)
    assert {pairs[0].first, pairs[0].second} == {"plan", "x"}
    assert all(abs(one.value) >= abs(other.value) for one, other in pairwise(pairs))
    assert draw_associations(
        associations, ["id", "x", "y", "count", "", "city", "plan", "flag", "word"], tmp_path / "a.png"
    )
    assert (tmp_path / "a.png").stat().st_size < 60_000
    assert not draw_associations(
        associations.without(set(associations.numbers + associations.categories)), [], tmp_path / "b.png"
    )
    assert not (tmp_path / "b.png").exists()
