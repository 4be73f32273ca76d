import json

import numpy as np
import polars as pl
import pytest
from model_matrices import made, signal

from radix_assets.models.data import read
from radix_assets.models.fit import Config
from radix_assets.models.fitted import load_model
from radix_assets.models.judge import refit
from radix_assets.models.learners.registry import get_learner
from radix_assets.models.schema import FOLDER
from radix_assets.models.search import Recipe
from radix_resources.errors import ModelError

KINDS = ["lgbm", "extra_tree", "rf", "linear"]
CASES = [("yes", "binary"), ("level", "multiclass"), ("score", "regression")]


def fitted(tmp_path, target, problem, kinds, rows=700):
    data = read(made(tmp_path, target, problem, rows))
    parts = [(Config(kind, get_learner(kind).start(rows, len(data.classes))), 20, 1 / len(kinds)) for kind in kinds]
    return data, refit(data, data.features, np.arange(len(data)), Recipe(parts), seed=0)


@pytest.mark.parametrize("kind", [[kind] for kind in KINDS] + [KINDS], ids="+".join)
@pytest.mark.parametrize(("target", "problem"), CASES)
def test_a_loaded_model_predicts_the_same_for_all_rows_and_for_one(tmp_path, target, problem, kind):
    data, model = fitted(tmp_path, target, problem, kind)
    model.save(tmp_path / FOLDER)
    again = load_model(tmp_path)
    expected = model.scores(data.frame)
    np.testing.assert_array_equal(again.scores(data.frame), expected)
    for row in range(5):
        np.testing.assert_allclose(again.scores(data.frame[row])[0], expected[row], rtol=1e-12)
    if data.classes:
        np.testing.assert_allclose(expected.sum(axis=1), 1)


@pytest.mark.parametrize(("target", "problem"), CASES)
def test_a_forest_of_arrays_predicts_as_scikit_learn_does(tmp_path, target, problem):
    from sklearn import ensemble

    from radix_assets.models.encode import Encoder
    from radix_assets.models.inputs import Inputs
    from radix_assets.models.learners.forest import ExtraTrees

    data = read(made(tmp_path, target, problem, 900))
    encoder = Encoder.learn(data.features, data.frame)
    inputs = Inputs(encoder, encoder.codes(data.frame))
    family = ensemble.ExtraTreesClassifier if data.classes else ensemble.ExtraTreesRegressor
    forest = family(20, random_state=0).fit(inputs.filled, data.target)
    expected = forest.predict_proba(inputs.filled) if data.classes else forest.predict(inputs.filled)[:, None]
    np.testing.assert_allclose(ExtraTrees.from_sklearn(forest).predict(inputs), expected, atol=1e-5)
    few = Inputs(encoder, inputs.codes[:7])
    np.testing.assert_array_equal(
        ExtraTrees.from_sklearn(forest).predict(few), ExtraTrees.from_sklearn(forest).predict(inputs)[:7]
    )


def test_predictions_have_the_values_and_the_type_of_the_target(tmp_path):
    frame = signal(300).select("colour", 'a "quoted" {name}', number=(pl.col("score") > 0).cast(pl.Int64) * 10)
    from model_matrices import snapshot

    data = read(snapshot(tmp_path / "f", frame, "number", "binary"))
    recipe = Recipe([(Config("linear", {"strength": 1.0}), 1, 1.0)])
    result = refit(data, data.features, np.arange(300), recipe, seed=0).predict(frame)
    assert set(result.prediction) == {0, 10}
    assert result.prediction.dtype == pl.Int64
    assert result.probabilities.columns == ["probability_0", "probability_10"]
    _, model = fitted(tmp_path, "yes", "binary", ["linear"])
    assert model.predict(signal(50)).prediction.dtype == pl.Boolean
    assert model.predict(signal(50).head(0)).prediction.len() == 0


def test_a_corrupted_byte_is_refused_before_anything_is_read(tmp_path):
    _, model = fitted(tmp_path, "yes", "binary", KINDS)
    model.save(tmp_path / FOLDER)
    for file in sorted((tmp_path / FOLDER).iterdir()):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        intact = file.read_bytes()
        file.write_bytes(content)
        with pytest.raises(ModelError) as caught:
            load_model(tmp_path)
        assert caught.value.code == "RDX-MOD-003"
        file.write_bytes(intact)
    load_model(tmp_path)


def test_a_manifest_that_points_outside_is_refused(tmp_path):
    _, model = fitted(tmp_path, "yes", "binary", ["linear"])
    model.save(tmp_path / FOLDER)
    manifest = json.loads((tmp_path / FOLDER / "manifest.json").read_text())
    (tmp_path / FOLDER / "manifest.json").write_text(json.dumps({**manifest, "../elsewhere": "0"}))
    with pytest.raises(ModelError, match="RDX-MOD-003"):
        load_model(tmp_path)


def test_object_arrays_are_refused(tmp_path):
    from radix_assets.models.learners.linear import Linear

    np.savez(tmp_path / "x.npz", weights=np.array([{}], dtype=object), intercept=np.zeros(1), classifies=np.ones(1))
    with pytest.raises(ValueError, match="pickle"):
        Linear.from_bytes((tmp_path / "x.npz").read_bytes())


def test_a_missing_feature_is_named(tmp_path):
    data, model = fitted(tmp_path, "yes", "binary", ["linear"])
    with pytest.raises(ModelError) as caught:
        model.predict(data.frame.drop("colour"))
    assert (caught.value.code, caught.value.context["column"]) == ("RDX-MOD-005", "colour")
