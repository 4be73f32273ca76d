import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from radix_assets.column_types.features import ABSENT, FEATURES, cleaned, features, matrix
from radix_assets.column_types.ngrams import WIDTH, hashed
from radix_assets.column_types.schema import ColumnFacts
from radix_assets.column_types.values import shape

numbers = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
columns = st.builds(
    ColumnFacts,
    name=st.text(max_size=30),
    rows=st.integers(0, 10**9),
    nulls=st.integers(0, 10**9),
    distinct=st.integers(0, 10**9),
    numeric=st.booleans(),
    mean=numbers,
    std=numbers,
    minimum=numbers,
    maximum=numbers,
    samples=st.lists(st.text(max_size=50), max_size=7).map(tuple),
)


@given(columns)
def test_any_column_becomes_the_same_features_and_finite_numbers(column):
    clean = cleaned(column)
    assert tuple(features(clean)) == FEATURES
    found = matrix([clean])
    assert found.shape == (1, len(FEATURES))
    assert np.isfinite(found).all()
    assert (found >= ABSENT).all()


@given(columns)
def test_pieces_have_length_one_or_zero(column):
    assert hashed(column).shape == (WIDTH,)
    length = float(np.sqrt((hashed(column).astype(np.float64) ** 2).sum()))
    assert math.isclose(length, 1, abs_tol=1e-3) or length == 0


def test_no_columns_give_an_empty_matrix():
    assert matrix([]).shape == (0, len(FEATURES))


def test_words_for_a_missing_value_are_neither_values_nor_distinct():
    column = cleaned(ColumnFacts("answer", 100, 0, 2, samples=("#NULL!", "Other", "Other")))
    assert column.samples == ("Other",)
    assert column.distinct == 1


def test_a_long_value_does_not_take_long():
    for text in ("a," * 50_000, "9" * 100_000, "(" * 10_000, "a b " * 30_000, "1.1.1." * 20_000):
        assert np.isfinite(matrix([cleaned(ColumnFacts("x", 10, 0, 9, samples=(text,)))])).all()


def test_the_shape_of_a_value_lists_character_classes_and_run_lengths():
    assert shape("Room12-b") == "A1a392-a1"
    assert shape("2020-01-31") == shape("1999-12-01")
