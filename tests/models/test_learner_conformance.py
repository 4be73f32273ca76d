"""Every learner, built in or from a package, follows the rules of `radix_assets.models.learners.base`."""

import pickle

import numpy as np
import pytest
from model_matrices import kind, signal

from radix_assets.features.schema import Feature
from radix_assets.models.encode import Encoder
from radix_assets.models.fitted import Description, FittedModel, Part, load_model
from radix_assets.models.inputs import Inputs
from radix_assets.models.learners.base import TrainingData
from radix_assets.models.learners.registry import BUILT_IN, get_learner
from radix_assets.models.schema import FOLDER
from radix_assets.project.learner_names import learner_names
from radix_resources.errors import ModelError

ROWS = 400
TARGETS = {"binary": "yes", "multiclass": "level", "regression": "score"}
CASES = [(name, task) for name in [*learner_names(), "one rule"] for task in sorted(get_learner(name).tasks)]
every_case = pytest.mark.parametrize(("name", "task"), CASES)


def rows_of(task, rows=ROWS, seed=0):
    """Return encoded rows, their target and the number of classes."""
    frame = signal(rows, seed=seed, noise=0.4)
    features = frame.drop(TARGETS.values())
    columns = [
        Feature(name=name, type=kind(dtype), explanation=name, tables=["t"], columns=[f"t.{name}"])
        for name, dtype in features.schema.items()
    ]
    encoder = Encoder.learn(columns, features)
    inputs = Inputs(encoder, encoder.codes(features))
    values = frame[TARGETS[task]].to_numpy()
    if task == "regression":
        return inputs, values, 0
    labels, codes = np.unique(values, return_inverse=True)
    return inputs, codes.astype(np.int64), len(labels)


def take(inputs, index):
    return Inputs(inputs.encoder, inputs.codes[index])


def fitted(name, task, *, seed=3, trial=False, settings=None):
    learner = get_learner(name)
    inputs, target, classes = rows_of(task)
    data = TrainingData(inputs, target, classes)
    if trial:
        learn, valid = np.arange(300), np.arange(300, ROWS)
        held_out = TrainingData(take(inputs, valid), target[valid], classes)
        data = TrainingData(take(inputs, learn), target[learn], classes, validation=held_out)
    settings = settings or learner.start(ROWS, classes)
    return learner.fit(data, settings, seed=seed), inputs, target


def spread(task, target):
    return float(np.std(target)) if task == "regression" else 1.0


def test_the_example_of_another_package_is_among_them():
    assert "centroids" in learner_names()
    assert get_learner("centroids") not in BUILT_IN


@pytest.mark.parametrize("name", learner_names())
def test_the_start_is_inside_the_search_space(name):
    learner = get_learner(name)
    assert learner.name == name
    for rows in (20, 500, 5_000, 1_000_000):
        for classes in (0, 2, 7):
            start = learner.start(rows, classes)
            assert set(start) == set(learner.search_space())
            for setting, values in learner.search_space().items():
                assert values.low <= start[setting] <= values.high
                assert not values.integer or start[setting] == int(start[setting]) < values.high
                assert not values.log or values.low > 0


@every_case
@pytest.mark.parametrize("trial", [True, False], ids=["trial", "final"])
def test_it_fits_and_predicts_better_than_a_constant(name, task, trial):
    learner, inputs, target = fitted(name, task, trial=trial)
    out = learner.predict(inputs)
    assert np.isfinite(out).all()
    assert learner.rounds >= 0
    if task == "regression":
        assert out.shape == (ROWS, 1)
        assert np.mean((out[:, 0] - target) ** 2) < 0.9 * np.var(target)
        return
    classes = len(np.unique(target))
    assert out.shape == (ROWS, classes)
    assert (out >= 0).all()
    np.testing.assert_allclose(out.sum(axis=1), 1, atol=1e-9)
    assert np.mean(out.argmax(axis=1) == target) > np.bincount(target).max() / ROWS + 0.1


@every_case
def test_the_same_seed_gives_the_same_bytes(name, task):
    first, _, _ = fitted(name, task)
    second, _, _ = fitted(name, task)
    assert first.to_bytes() == second.to_bytes()


@every_case
def test_a_loaded_model_predicts_the_same_bits(name, task):
    learner, inputs, _ = fitted(name, task)
    content = learner.to_bytes()
    copy = type(learner).from_bytes(content)
    np.testing.assert_array_equal(copy.predict(inputs), learner.predict(inputs))
    assert copy.to_bytes() == content
    np.testing.assert_array_equal(copy.contributions(inputs), learner.contributions(inputs))


@every_case
def test_a_single_row_is_predicted_as_in_a_batch(name, task):
    learner, inputs, target = fitted(name, task)
    together = learner.predict(inputs)
    for row in range(0, ROWS, 37):
        alone = learner.predict(take(inputs, [row]))
        np.testing.assert_allclose(alone[0], together[row], rtol=1e-12, atol=1e-12 * spread(task, target))


@every_case
def test_a_weight_of_two_counts_as_the_row_twice(name, task):
    learner = get_learner(name)
    inputs, target, classes = rows_of(task)
    twice = np.arange(ROWS) % 3 == 0
    index = np.concatenate([np.arange(ROWS), np.flatnonzero(twice)])
    settings = learner.start(ROWS, classes)
    weighted = learner.fit(TrainingData(inputs, target, classes, weights=1.0 + twice), settings, seed=3)
    repeated = learner.fit(TrainingData(take(inputs, index), target[index], classes), settings, seed=3)
    difference = np.abs(weighted.predict(inputs) - repeated.predict(inputs)).mean() / spread(task, target)
    assert difference <= learner.weight_tolerance


@every_case
def test_rows_with_large_weights_outvote_rows_with_small_ones(name, task):
    """Half of the rows contradict the others; the half with the larger weights wins."""
    learner = get_learner(name)
    inputs, target, classes = rows_of(task)
    opposite = (target + 1) % classes if classes else 2 * np.mean(target) - target
    heavy = np.arange(ROWS) % 2 == 0
    both = np.where(heavy, target, opposite)
    weights = np.where(heavy, 50.0, 1.0)
    out = learner.fit(TrainingData(inputs, both, classes, weights=weights), learner.start(ROWS, classes), seed=3)
    predicted = out.predict(inputs)
    if classes:
        answer = predicted.argmax(axis=1)
        assert np.mean(answer == target) > np.mean(answer == opposite)
    else:
        assert np.mean((predicted[:, 0] - target) ** 2) < np.mean((predicted[:, 0] - opposite) ** 2)


@every_case
def test_exact_contributions_add_up_to_the_prediction_where_they_exist(name, task):
    learner, inputs, _ = fitted(name, task)
    effects = learner.contributions(inputs)
    if effects is None:
        assert name != "lgbm"
        return
    assert effects.shape == inputs.codes.shape
    if task == "regression":
        rest = learner.predict(inputs)[:, 0] - effects.sum(axis=1)
        np.testing.assert_allclose(rest, rest[0], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", learner_names())
def test_private_settings_have_the_same_names_or_are_refused(name):
    learner = get_learner(name)
    settings = learner.start(ROWS, 2)
    private = learner.private_settings(settings, 5)
    assert private is None or set(private) == set(settings)


def saved(tmp_path, name, task):
    learner, inputs, target = fitted(name, task)
    classes = [] if task == "regression" else [str(code) for code in np.unique(target)]
    part = Part(kind=name, file=f"member_0.{learner.suffix}", weight=1.0, seen=list(range(len(classes))))
    problem = "regression" if task == "regression" else task
    described = Description(problem=problem, classes=classes, dtype="String", encoder=inputs.encoder, parts=[part])
    return FittedModel(described, [learner]), tmp_path / FOLDER / part.file


@every_case
def test_nothing_is_unpickled(tmp_path, name, task, monkeypatch):
    model, _ = saved(tmp_path, name, task)
    model.save(tmp_path / FOLDER)

    def refuse(*_arguments, **_options):
        raise AssertionError("something was unpickled")

    monkeypatch.setattr(pickle, "load", refuse)
    monkeypatch.setattr(pickle, "loads", refuse)
    monkeypatch.setattr(pickle, "Unpickler", refuse)
    load_model(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no fitted learner", pickle.dumps({"weights": 1}), b"PK\x03\x04 broken"])
@pytest.mark.parametrize("name", learner_names())
def test_foreign_bytes_are_refused_with_a_code(tmp_path, name, content, monkeypatch):
    model, file = saved(tmp_path, name, min(get_learner(name).tasks))
    monkeypatch.setattr(type(model.learners[0]), "to_bytes", lambda _learner: content)
    model.save(tmp_path / FOLDER)  # so that the manifest agrees with the bytes
    assert file.read_bytes() == content
    with pytest.raises(ModelError) as caught:
        load_model(tmp_path)
    assert caught.value.code == "RDX-MOD-003"
