"""A learner of another package is used if the project lists it: searched, stored, loaded, served."""

import asyncio
import hashlib
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import httpx
import numpy as np
import polars as pl
import pytest
from model_matrices import made, snapshot
from pydantic import ValidationError

from radix_assets.features.schema import Feature
from radix_assets.models.champion import decide
from radix_assets.models.encode import Encoder
from radix_assets.models.fitted import load_model
from radix_assets.models.inputs import Inputs
from radix_assets.models.learners.base import Range, TrainingData
from radix_assets.models.learners.registry import get_learner, learner_versions, searched_learners
from radix_assets.models.masking import Masking
from radix_assets.models.stored import load_card
from radix_assets.models.train import train
from radix_assets.models.tuner import Searcher
from radix_assets.privacy import Seal
from radix_assets.project.sections import Search
from radix_assets.serving.app import build_app
from radix_assets.serving.predictor import Predictor
from radix_resources.errors import ConfigError, ModelError

SEARCH = Search(trials=6, learners=["linear", "centroids"])


def clusters(rows=600):
    """Return four clusters of points; opposite corners have the same target: no straight line separates them."""
    generator = np.random.default_rng(0)
    corner = generator.integers(0, 4, rows)
    x, y = np.array([[-3, -3], [-3, 3], [3, -3], [3, 3]])[corner].T + generator.normal(size=(2, rows))
    return pl.DataFrame({"x": x, "y": y, "yes": np.isin(corner, [0, 3]) ^ (generator.random(rows) < 0.05)})


class Points:
    """A features object whose features are the columns of a point."""

    def __init__(self):
        self.input_columns = [
            SimpleNamespace(name=name, dtype="Float64", required=True, examples=[1.0]) for name in ("x", "y")
        ]

    def compute(self, rows):
        return rows


def trained(folder, name="model", search=SEARCH):
    out = folder / name
    out.mkdir()
    features = snapshot(folder / f"features of {name}", clusters(), "yes", "binary")
    return features, out, train(features, search, out)


@pytest.fixture(scope="module")
def winner(tmp_path_factory):
    """Return the features, the snapshot of a model won by the example learner, and its output."""
    return trained(tmp_path_factory.mktemp("winner"))


async def ask(app, rows):
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return (await client.post("/predict", json=rows)).json()


def test_a_learner_plugin_wins_if_it_is_best_and_serves(tmp_path, winner):
    features, model, output = winner
    card = load_card(model)
    assert card.accepted, card.reason
    assert card.estimator == output.shown["estimator"] == "centroids"
    assert {line["estimator"] for line in card.leaderboard} == {"linear", "centroids"}

    champion = tmp_path / "champion"
    champion.mkdir()
    assert decide(model, None, features, approval="auto", approved=set(), out=champion)
    served = load_model(champion)
    points = pl.DataFrame({"x": [-3.0, 3.0], "y": [-3.0, -3.0]})
    assert served.predict(points).prediction.to_list() == [True, False]
    known = {"x": "Float64", "y": "Float64"}
    predictor = Predictor(Points(), served, "points", "points.yes", [], known)
    answer = asyncio.run(ask(build_app(predictor, project="points", version="1"), points.to_dicts()))
    assert [row["prediction"] for row in answer] == [True, False]


def test_the_same_search_gives_the_same_model(tmp_path, winner):
    _, model, _ = trained(tmp_path)
    assert load_card(model) == load_card(winner[1])


def test_an_installed_learner_is_used_only_if_it_is_listed(tmp_path):
    _, model, _ = trained(tmp_path, search=Search(trials=4))
    assert "centroids" not in {line["estimator"] for line in load_card(model).leaderboard}


def test_a_model_of_a_learner_that_is_not_installed_is_reported(tmp_path, winner):
    model = tmp_path / "model"
    shutil.copytree(winner[1], model)
    file = model / "fitted" / "fitted.json"
    file.write_text(file.read_text().replace('"centroids"', '"elsewhere"'))
    manifest = model / "fitted" / "manifest.json"
    files = json.loads(manifest.read_text()) | {"fitted.json": hashlib.sha256(file.read_bytes()).hexdigest()}
    manifest.write_text(json.dumps(files))
    with pytest.raises(ConfigError, match="elsewhere") as caught:
        load_model(model)
    assert caught.value.code == "RDX-CFG-019"


def test_an_unknown_learner_is_refused_with_the_names_that_exist():
    with pytest.raises(ValidationError, match="there is no learner 'lightgbm'"):
        Search(trials=2, learners=["lightgbm"])
    with pytest.raises(ConfigError, match=r"'lightgbm'.*\n.*lgbm, extra_tree, linear, rf, centroids") as caught:
        get_learner("lightgbm")
    assert caught.value.code == "RDX-CFG-019"


def test_a_learner_without_a_privacy_guarantee_is_left_out_for_a_private_target(tmp_path):
    features = made(tmp_path, "score", "regression")
    private = Masking(target=True, seal=Seal(b"a key"))
    out = tmp_path / "model"
    out.mkdir()
    train(features, SEARCH, out, masking=private)
    assert {line["estimator"] for line in load_card(out).leaderboard} == {"linear"}
    with pytest.raises(ModelError) as caught:
        train(features, Search(trials=2, learners=["centroids"]), out, masking=private)
    assert caught.value.code == "RDX-MOD-008"


@pytest.mark.parametrize(
    ("method", "broken", "words"),
    [
        ("fit", classmethod(lambda *_a, **_o: 1 / 0), "ZeroDivisionError"),
        ("predict", lambda _self, inputs: np.full((len(inputs), 2), np.nan), "finite"),
        ("predict", lambda _self, inputs: np.ones(len(inputs)), "x 2"),
    ],
)
def test_a_learner_that_fails_is_named(tmp_path, monkeypatch, method, broken, words):
    monkeypatch.setattr(get_learner("centroids"), method, broken)
    with pytest.raises(ModelError, match=words) as caught:
        trained(tmp_path)
    assert caught.value.code == "RDX-MOD-007"
    assert "'centroids'" in caught.value.found


def test_a_learner_without_settings_has_an_empty_proposal(monkeypatch):
    learner = get_learner("centroids")
    monkeypatch.setattr(learner, "search_space", classmethod(lambda _cls: {}))
    searcher = Searcher(learner, {}, 0)
    proposal = searcher.propose()
    searcher.learn(proposal, 1.0)
    assert proposal.settings == searcher.propose().settings == {}


def test_integer_and_uniform_settings_stay_in_their_range(monkeypatch):
    learner = get_learner("centroids")
    space = {"count": Range(2, 5, integer=True), "share": Range(0.5, 1.0)}
    monkeypatch.setattr(learner, "search_space", classmethod(lambda _cls: space))
    searcher = Searcher(learner, {"count": 2, "share": 0.5}, 0)
    for _ in range(8):
        proposal = searcher.propose()
        searcher.learn(proposal, proposal.settings["share"])
        assert proposal.settings["count"] in {2, 3, 4}
        assert 0.5 <= proposal.settings["share"] <= 1


def test_the_search_of_other_projects_has_no_new_setting():
    assert Search().model_dump() == {"trials": 16, "seed": 0}
    assert SEARCH.model_dump()["learners"] == ["linear", "centroids"]
    assert learner_versions(["linear", "centroids"]) == ["linear", "centroids 0.1"]
    with pytest.raises(ValueError, match="twice"):
        Search(learners=["rf", "rf"])


def test_the_learners_that_radix_ships_are_tried_in_this_order():
    names = [learner.name for learner in searched_learners(None, task="binary", rows=10_000)]
    assert names == ["lgbm", "extra_tree", "linear", "rf"]
    assert len(searched_learners(None, task="binary", rows=10_001)) == 3


def test_the_worked_example_of_the_documentation_works():
    """Run the code of docs/extending/learners.md as printed."""
    page = (Path(__file__).parents[2] / "docs" / "extending" / "learners.md").read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    names = {}
    exec(code, names)  # noqa: S102 our own page
    learner = names["NearestMean"]
    frame = clusters().with_columns(yes=pl.col("x") > 0)
    columns = [
        Feature(name=name, type="numeric", explanation=name, tables=["t"], columns=[f"t.{name}"]) for name in "xy"
    ]
    encoder = Encoder.learn(columns, frame)
    inputs = Inputs(encoder, encoder.codes(frame))
    target = frame["yes"].cast(pl.Int64).to_numpy()
    fitted = learner.fit(TrainingData(inputs, target, 2), learner.start(600, 2), seed=0)
    predicted = learner.from_bytes(fitted.to_bytes()).predict(inputs)
    np.testing.assert_array_equal(predicted, fitted.predict(inputs))
    assert np.mean(predicted.argmax(axis=1) == target) > 0.95
