"""Keys that two tables spell differently find each other, in one row and in many."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radix_assets.asof.keys import MISSING, KeyIndex
from radix_assets.asof.plan import Link
from radix_assets.common.spelling import folded, folded_sql


@pytest.mark.parametrize("times", [1, 30_000])
def test_rows_find_their_parent_whatever_the_spelling(times):
    parents = pl.DataFrame({"code": ["000007", "AB-01", "0", None]})
    index = KeyIndex(parents, ["code"], [pl.String()], folded=True)
    children = pl.DataFrame({"code": ["7", "ab-01", "000", "8", None] * times})
    assert index.find(children, ["code"]).tolist() == [0, 1, 2, MISSING, MISSING] * times


def test_numbers_find_padded_text():
    index = KeyIndex(pl.DataFrame({"id": ["001", "010"]}), ["id"], [pl.String()], folded=True)
    assert index.find(pl.DataFrame({"other": [10, 1, 100]}), ["other"]).tolist() == [1, 0, MISSING]
    assert index.find(pl.DataFrame({"other": [10.0, 1.0, None]}), ["other"]).tolist() == [1, 0, MISSING]


def test_a_key_is_exact_unless_the_link_says_otherwise():
    assert not Link(child="a", child_columns=("x",), parent="b", parent_columns=("y",)).folded
    index = KeyIndex(pl.DataFrame({"id": ["001"]}), ["id"], [pl.String()])
    assert index.find(pl.DataFrame({"id": ["1"]}), ["id"]).tolist() == [MISSING]


@given(st.integers(0, 10**12), st.integers(0, 6))
def test_padding_never_changes_which_number_a_key_is(number, zeros):
    values = pl.DataFrame({"v": ["0" * zeros + str(number)]}).select(folded(pl.col("v")))
    assert values.item() == str(number)


def test_spark_ignores_the_same():
    assert folded_sql("c0") == "regexp_replace(lower(trim(c0)), '^0+([0-9]+)$', '$1')"
