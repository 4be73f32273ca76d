"""Lookup of the parent row."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.asof.keys import KeyIndex, common, follow

part = st.one_of(st.none(), st.integers(0, 3))
text = st.one_of(st.none(), st.sampled_from(["", "a", "A", "a ", "ü"]))
keys = st.lists(st.tuples(part, text), max_size=12)
SCHEMA = {"a": pl.Int64, "b": pl.String}


@settings(max_examples=100, deadline=None)
@given(keys, keys)
def test_the_first_row_with_the_same_key_is_found_and_no_other(parents, children) -> None:
    parent, child = (pl.DataFrame(rows, schema=SCHEMA, orient="row") for rows in (parents, children))
    index = KeyIndex(parent, ["a", "b"], [pl.Int64(), pl.String()])
    expected = [parents.index(key) if key in parents and None not in key else -1 for key in children]
    assert index.find(child, ["a", "b"]).tolist() == expected
    assert [int(index.find(child[i : i + 1], ["a", "b"])[0]) for i in range(len(child))] == expected


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        ([1.0, 2.0, None], [2, 1]),
        (["1", "2", None], [2, 1]),
        ([1, 2, None], ["2", "1"]),
        ([dt.date(2020, 1, 1), dt.date(2020, 1, 2), None], [dt.datetime(2020, 1, 2), dt.datetime(2020, 1, 1)]),  # noqa: DTZ001
    ],
)
def test_keys_of_different_types_meet(child: list, parent: list) -> None:
    left, right = pl.DataFrame({"x": child}), pl.DataFrame({"y": parent})
    index = KeyIndex(right, ["y"], [common(left.schema["x"], right.schema["y"])])
    assert index.find(left, ["x"]).tolist() == [1, 0, -1]


def test_following_a_missing_row_stays_missing() -> None:
    assert follow(np.array([0, -1, 1]), np.array([5, -1])).tolist() == [5, -1, -1]
    assert follow(np.array([0, -1]), np.array([], dtype=int)).tolist() == [-1, -1]
