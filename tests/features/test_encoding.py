"""Encoding of values by their position in a sorted dictionary."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radix_assets.features.encoding import encode

values = st.one_of(
    st.lists(st.one_of(st.none(), st.integers(-3, 3).map(float))).map(lambda x: pl.Series(x, dtype=pl.Float64)),
    st.lists(st.one_of(st.none(), st.sampled_from(["", "a", "B", "b", "ü", "a b"]))).map(
        lambda x: pl.Series(x, dtype=pl.String)
    ),
    st.lists(st.one_of(st.none(), st.booleans())).map(lambda x: pl.Series(x, dtype=pl.Boolean)),
)


@given(values)
def test_the_codes_decode_to_the_values_in_order(series: pl.Series) -> None:
    codes, dictionary = encode(series)
    assert [dictionary[int(code)] if code >= 0 else None for code in codes] == series.to_list()
    assert dictionary.to_list() == sorted(set(series.drop_nulls()))


@pytest.mark.parametrize("dtype", [pl.String, pl.Float64, pl.Boolean])
def test_null_has_no_code(dtype: pl.DataType) -> None:
    codes, dictionary = encode(pl.Series([None, None], dtype=dtype))
    assert codes.tolist() == [-1, -1]
    assert dictionary.is_empty()
