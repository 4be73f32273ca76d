import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.features.schema import Feature
from radix_assets.models.encode import Encoder


def feature(name, kind):
    return Feature(name=name, type=kind, explanation="", tables=[], columns=[])


FEATURES = [feature("n", "numeric"), feature("b", "boolean"), feature("c", "categorical"), feature("i", "categorical")]
FRAME = pl.DataFrame(
    {
        "n": [1.0, None, 3.5, float("inf"), -2.0, 0.0],
        "b": [True, False, None, True, True, False],
        "c": ["x", "x", "y", "y", None, "once"],
        "i": [1, 1, 2, 2, None, 7],
    }
)


def test_null_other_and_known_categories_have_distinct_codes():
    encoder = Encoder.learn(FEATURES, FRAME)
    codes = encoder.codes(FRAME)
    assert codes[:, 2].tolist() == [0, 0, 1, 1, 3, 2]
    assert np.isnan(codes[1, 0])
    assert np.isnan(codes[3, 0])
    assert encoder.codes(FRAME.head(2).with_columns(c=pl.lit("never seen")))[:, 2].tolist() == [2, 2]


@settings(max_examples=100, deadline=None)
@given(
    n=st.one_of(st.none(), st.floats(allow_nan=True)),
    b=st.one_of(st.none(), st.booleans()),
    c=st.one_of(st.none(), st.text(max_size=3), st.sampled_from(["x", "y"])),
    i=st.one_of(st.none(), st.integers(-5, 5)),
)
def test_one_row_is_encoded_as_many_rows_are(n, b, c, i):
    encoder = Encoder.learn(FEATURES, FRAME)
    row = pl.DataFrame({"n": [n], "b": [b], "c": [c], "i": [i]}, schema=FRAME.schema)
    np.testing.assert_array_equal(encoder.codes(row)[0], encoder.codes(pl.concat([row, row]))[0])


def test_a_category_is_the_same_in_any_type():
    encoder = Encoder.learn(FEATURES, FRAME)
    as_float = FRAME.with_columns(pl.col("i").cast(pl.Float64))
    as_text = FRAME.with_columns(pl.col("i").cast(pl.String))
    expected = encoder.codes(FRAME)
    for frame in (as_float, as_text):
        np.testing.assert_array_equal(encoder.codes(frame), expected)
        for row in range(frame.height):
            np.testing.assert_array_equal(encoder.codes(frame[row])[0], expected[row])


def test_an_encoder_survives_json():
    encoder = Encoder.learn(FEATURES, FRAME)
    again = Encoder.model_validate_json(encoder.model_dump_json())
    np.testing.assert_array_equal(again.codes(FRAME), encoder.codes(FRAME))
    np.testing.assert_array_equal(again.dense(again.codes(FRAME)), encoder.dense(encoder.codes(FRAME)))


def test_only_the_codes_contain_nan_and_all_other_values_are_finite():
    frame = pl.DataFrame({"n": [1e300, -1e300, None, 5.0], "b": [None] * 4, "c": ["é", None, "", "é"], "i": [None] * 4})
    encoder = Encoder.learn(FEATURES, frame)
    assert encoder.names == ["n", "c"]
    codes = encoder.codes(frame)
    assert np.isfinite(encoder.filled(codes)).all()
    assert np.isfinite(encoder.dense(codes)).all()


def test_an_empty_frame_has_no_rows():
    encoder = Encoder.learn(FEATURES, FRAME)
    assert encoder.codes(FRAME.head(0)).shape == (0, 4)
