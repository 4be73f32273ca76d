import json

import numpy as np
import pytest

from radix_assets.column_types.arrays import packed, unpacked
from radix_assets.column_types.features import FEATURES, cleaned, matrix
from radix_assets.column_types.linear import Linear
from radix_assets.column_types.ngrams import WIDTH
from radix_assets.column_types.scale import Scale
from radix_assets.column_types.schema import TYPES, ColumnFacts
from radix_assets.column_types.trained import Trained, pool, shipped
from radix_assets.column_types.trees import Trees


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "int8", "int16", "int32"])
def test_an_array_is_read_back_from_text_unchanged(kind):
    array = np.arange(12).reshape(3, 4).astype(kind)
    back = unpacked(json.loads(json.dumps(packed(array))))
    assert back.dtype == array.dtype
    assert (back == array).all()


def _trees() -> Trees:
    """Two features and classes: class 0 compares feature 0 with 1.5, then feature 1 with 0; class 1 is one leaf."""
    return Trees(
        [np.array([1.5]), np.array([0.0])],
        {
            "feature": np.array([0, 1], dtype=np.int16),
            "cut": np.array([0, 0], dtype=np.int16),
            "child": np.array([[-1, 1], [-2, -3]], dtype=np.int32),
            "leaf": np.array([1.0, 2.0, 4.0, 0.0], dtype=np.float16),
            "root": np.array([0, -4], dtype=np.int32),
            "owner": np.array([0, 1], dtype=np.int16),
        },
    )


def test_trees_compare_each_feature_with_a_threshold():
    rows = np.array([[1.5, 9.0], [1.6, 0.0], [1.6, 0.1]], dtype=np.float32)
    odds = np.exp([[1.0, 0.0], [2.0, 0.0], [4.0, 0.0]])
    expected = odds / odds.sum(axis=1, keepdims=True)
    assert np.allclose(_trees()(rows), expected)
    assert np.allclose(Trees.read(json.loads(json.dumps(_trees().written())))(rows), expected)
    assert _trees()(rows[:0]).shape == (0, 2)


def test_a_scale_is_the_normal_score_of_the_rank_and_zero_for_a_missing_value():
    scale = Scale(np.array([[0.0, 1.0, 2.0]], dtype=np.float32), np.array([-5.2, 0.0, 5.2], dtype=np.float32))
    found = scale(np.array([[-7.0], [1.0], [1.5], [9.0], [-1e6]], dtype=np.float32))
    assert np.allclose(found[:, 0], [-2.5, 0.0, 2.5, 2.5, 0.0])


def test_members_are_pooled_by_the_sum_of_their_logarithms():
    members = np.array([[[0.5, 0.5]], [[0.8, 0.2]]])
    assert np.allclose(pool(members, {"weights": [1.0, 1.0], "biases": [0.0, 0.0]}), [[0.8, 0.2]])
    assert np.allclose(pool(members, {"weights": [0.0, 1.0], "biases": [0.0, np.log(4)]}), [[0.5, 0.5]])


def test_a_model_of_other_features_is_refused():
    written = shipped().written()
    with pytest.raises(ValueError, match="other features"):
        Trained.read({**written, "features": [*FEATURES, "another"]})


def test_the_shipped_model_contains_only_numbers_and_hashes():
    written = shipped().written()
    assert set(written) == {"features", "types", "trees", "linear", "pool"}
    assert written["types"] == list(TYPES)
    assert {value["type"] for trees in written["trees"] for value in trees["arrays"].values()} <= {
        "float16",
        "int16",
        "int32",
    }


def test_a_written_model_predicts_the_same():
    columns = [cleaned(ColumnFacts("price", 100, 0, 50, samples=("1.5", "2.5")))]
    again = Trained.read(json.loads(json.dumps(shipped().written())))
    assert np.allclose(again(columns), shipped()(columns), atol=0.02)


def test_a_linear_model_is_stored_to_a_127th_of_its_largest_weight():
    columns = [cleaned(ColumnFacts("price", 100, 0, 50, samples=("1.5", "2.5")))]
    random = np.random.default_rng(0)
    marks = np.sort(random.normal(size=(len(FEATURES), 5)).astype(np.float32), axis=1)
    scale = Scale(marks, np.linspace(-5, 5, 5, dtype=np.float32))
    weights = random.normal(size=(len(FEATURES) + WIDTH, len(TYPES))).astype(np.float32)
    model = Linear(scale, weights, np.zeros(len(TYPES), dtype=np.float32))
    again = Linear.read(json.loads(json.dumps(model.written())))
    assert np.allclose(model(columns, matrix(columns)), again(columns, matrix(columns)), atol=0.05)
