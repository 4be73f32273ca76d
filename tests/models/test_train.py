import hashlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from model_matrices import made, signal, snapshot

from radix_assets.models.data import read
from radix_assets.models.fitted import load_judged, load_model, model_id
from radix_assets.models.masking import Masking
from radix_assets.models.split import inner, split
from radix_assets.models.stored import load_card
from radix_assets.models.train import train
from radix_assets.project.sections import Search
from radix_resources.errors import ModelError, TargetError

SEARCH = Search(trials=4, seed=1)
DATA = Path(__file__).parents[2] / ".." / "shared" / "data"


def out(tmp_path, name="out"):
    path = tmp_path / name
    path.mkdir()
    return path


def digests(path):
    return {
        str(file.relative_to(path)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.suffix != ".png"
    }


@pytest.mark.parametrize(("target", "problem"), [("yes", "binary"), ("level", "multiclass"), ("score", "regression")])
def test_a_signal_is_found_and_the_files_agree(tmp_path, target, problem):
    path = out(tmp_path)
    output = train(made(tmp_path, target, problem, noise=0.4), SEARCH, path)
    card = load_card(path)
    assert card.accepted, card.reason
    assert card.score.low <= card.score.value <= card.score.high
    assert set(card.importance) <= {'a "quoted" {name}', "b, with [json]: marks", "", "colour"}
    rows = pl.read_parquet(path / "predictions.parquet")
    assert rows.height == card.test_rows == output.rows
    matrix = pl.read_parquet(tmp_path / f"features_{target}" / "matrix.parquet")
    again = load_judged(path).predict(matrix[rows["__row"]])
    assert again.prediction.to_list() == pytest.approx(rows["prediction"].to_list()) or problem != "regression"
    assert rows["__target"].to_list() == matrix[rows["__row"]]["__target"].to_list()
    for picture in path.glob("*.png"):
        assert picture.stat().st_size < 60_000
    assert not (path / "registration.json").exists()


def test_equal_input_and_seed_give_equal_bytes(tmp_path):
    features = made(tmp_path, "yes", "binary")
    first, second = out(tmp_path, "first"), out(tmp_path, "second")
    train(features, SEARCH, first)
    train(features, SEARCH, second)
    assert digests(first) == digests(second)


@pytest.mark.extended
def test_pure_noise_is_refused(tmp_path):
    """None of 20 targets is related to the features; the stated rate of false acceptance is 2.5 %."""
    accepted = []
    for seed in range(20):
        generator = np.random.default_rng(seed)
        frame = pl.DataFrame(generator.normal(size=(600, 6)), schema=[f"x{i}" for i in range(6)])
        y = generator.normal(size=600)
        # In turn two classes, a normal distribution and a heavy tail in which a few values dominate.
        target = [generator.integers(0, 2, 600), y, np.exp(3 * y)][seed % 3]
        problem = ["binary", "regression", "regression"][seed % 3]
        features = snapshot(tmp_path / f"f{seed}", frame.with_columns(y=pl.Series(target)), "y", problem)
        path = out(tmp_path, f"o{seed}")
        output = train(features, Search(trials=3, seed=seed), path)
        card = load_card(path)
        assert card.accepted or "Refused" in card.reason
        assert next(check for check in output.checks if check.name == "beats_baselines").passed == card.accepted
        accepted.append(card.accepted)
    assert sum(accepted) <= 2  # more have a probability of one in 80 at that rate


def test_a_split_by_time_shows_the_optimism_gap(tmp_path):
    frame = signal(1200).drop("yes", "level")
    # The relation drifts, so that rows between others are easier than rows after all others.
    drift = np.cumsum(np.random.default_rng(0).normal(size=1200)) / 3
    frame = frame.with_columns(
        pl.Series("when", np.arange(1200) * 3_600_000_000).cast(pl.Datetime("us")),
        pl.Series("ticket", np.arange(1200)),
        score=pl.col("score") + pl.Series(drift),
    )
    path = out(tmp_path)
    train(snapshot(tmp_path / "f", frame, "score", "regression", cutoff="when"), SEARCH, path)
    card = load_card(path)
    assert card.split.startswith("time:")
    assert card.random_score.value < card.score.value
    assert "last value" in card.baselines


def test_a_feature_that_leaks_the_target_is_left_out_and_named(tmp_path):
    generator = np.random.default_rng(0)
    frame = signal(700).drop("score", "level")
    frame = frame.with_columns(
        reported=pl.col("yes").cast(pl.Int64) + pl.Series(generator.normal(size=700)) / 100,
        code=pl.when("yes").then(pl.lit("P")).otherwise(pl.lit("Q")),
    )
    features = snapshot(tmp_path / "f", frame, "yes", "binary")
    path = out(tmp_path)
    output = train(features, SEARCH, path)
    card = load_card(path)
    assert set(card.dropped_leaks) == {"reported", "code"}
    assert "reported" not in card.importance
    check = next(check for check in output.checks if check.name == "no_engineered_leak")
    assert (check.passed, check.severity) == (False, "WARN")
    kept = out(tmp_path, "kept")
    train(features, SEARCH, kept, keep={"reported", "code"})
    assert load_card(kept).dropped_leaks == {}


def test_small_data_are_evaluated_on_every_row(tmp_path):
    path = out(tmp_path)
    train(made(tmp_path, "yes", "binary", 120), SEARCH, path)
    card = load_card(path)
    assert card.test_rows == card.train_rows == 120
    assert "folds" in card.split
    assert card.baselines["class shares"].value == 0.5, "shares that differ from fold to fold order no rows"


def test_a_skewed_target_may_be_fitted_as_its_logarithm(tmp_path):
    frame = signal(800, noise=0.3).with_columns(price=(pl.col("score") * 1.5).exp()).drop("yes", "level", "score")
    path = out(tmp_path)
    train(snapshot(tmp_path / "f", frame, "price", "regression"), SEARCH, path)
    card = load_card(path)
    assert any("log target" in str(line["settings"]) for line in card.leaderboard)
    assert card.accepted


def test_rare_classes_are_left_out_with_a_warning(tmp_path):
    frame = (
        signal(400)
        .drop("score", "yes")
        .with_columns(level=pl.when(pl.int_range(pl.len()) < 1).then(pl.lit("unique")).otherwise("level"))
    )
    path = out(tmp_path)
    output = train(snapshot(tmp_path / "f", frame, "level", "multiclass"), SEARCH, path)
    assert load_card(path).dropped_classes == {"unique": 1}
    assert not next(check for check in output.checks if check.name == "classes_large_enough").passed


@pytest.mark.parametrize(
    ("change", "problem", "code"),
    [
        (lambda f: f.select("y"), "binary", "RDX-MOD-001"),
        (lambda f: f.with_columns(y=pl.when(pl.int_range(pl.len()) < 15).then("y")), "binary", "RDX-TGT-201"),
        (lambda f: f.with_columns(y=pl.lit(value=True)), "binary", "RDX-TGT-202"),
        (lambda f: f.with_columns(y=pl.lit(3.0)), "regression", "RDX-TGT-202"),
        (lambda f: f.with_columns(y=pl.int_range(pl.len()) // 5), "multiclass", "RDX-TGT-203"),
        (lambda f: f.with_columns(y=pl.lit("text")), "regression", "RDX-TGT-204"),
        (lambda f: f.select("y", x=pl.lit(1)), "binary", "RDX-MOD-004"),
        (lambda f: f.select("y", x=pl.col("y").cast(pl.Int64)), "binary", "RDX-MOD-004"),
        (lambda f: f.head(0), "binary", "RDX-TGT-201"),
    ],
)
def test_a_target_that_cannot_be_learnt_is_a_coded_error(tmp_path, change, problem, code):
    frame = signal(700).select("colour", y="yes")
    with pytest.raises((ModelError, TargetError)) as caught:
        train(snapshot(tmp_path / "f", change(frame), "y", problem), SEARCH, out(tmp_path))
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.extended
@pytest.mark.parametrize(
    ("file", "target", "problem", "drop", "limit"),
    [
        ("penguins/penguins.csv", "species", "multiclass", [], 0.2),
        ("insurance/insurance.csv", "charges", "regression", [], 5500),
        ("titanic/titanic.csv", "Survived", "binary", ["PassengerId", "Name", "Ticket"], 0.8),
    ],
)
def test_real_tables_are_learnt(tmp_path, file, target, problem, drop, limit):
    if not (DATA / file).exists():
        pytest.skip("the shared data sets are not here")
    frame = pl.read_csv(DATA / file, infer_schema_length=None, null_values=["NA"]).drop(drop)
    path = out(tmp_path)
    train(snapshot(tmp_path / "f", frame, target, problem), Search(trials=8), path)
    card = load_card(path)
    assert card.accepted
    assert card.score.value > limit if card.greater_is_better else card.score.value < limit


def test_the_card_reports_an_undefined_r2_of_a_constant_test_target(tmp_path):
    frame = signal(700, noise=0.3).drop("yes", "level")
    at = pl.datetime(2024, 1, 1) + pl.duration(hours=pl.int_range(pl.len()))
    late = pl.int_range(pl.len()) >= 560
    frame = frame.with_columns(at=at, score=pl.when(late).then(2.0).otherwise("score"))
    path = out(tmp_path)
    output = train(snapshot(tmp_path / "f", frame, "score", "regression", cutoff="at"), SEARCH, path)
    card = load_card(path)
    assert card.undefined == ["r2"]
    assert "r2" not in card.metrics
    assert {"metric": "r2", "value": "undefined", "low": None, "high": None} in output.shown["metrics"].rows


def test_duplicate_rows_are_on_one_side_of_every_split(tmp_path):
    frame = signal(300, noise=0.4).drop("score", "level")
    for rows in (frame, signal(900, noise=0.4).drop("score", "level")):
        repeated = pl.concat([rows, rows.head(rows.height // 2)])
        features = snapshot(tmp_path / f"f{rows.height}", repeated, "yes", "binary")
        data = read(features)
        for learn, judged in split(data.rows, classes=2).folds:
            assert not set(data.rows.hashes[learn]) & set(data.rows.hashes[judged])
            for a, b in inner(data.rows.take(learn), "stratified", classes=2, single=False):
                assert not set(data.rows.hashes[learn][a]) & set(data.rows.hashes[learn][b])


def test_equal_rows_of_a_table_with_few_columns_are_not_duplicates(tmp_path):
    frame = pl.DataFrame(
        {"a": [number % 7 for number in range(800)], "yes": [number % 3 == 0 for number in range(800)]}
    )
    data = read(snapshot(tmp_path / "f", frame, "yes", "binary"))
    assert len(set(data.rows.hashes)) == 800


def dated(rows=1200, **options):
    frame = signal(rows, noise=0.4, **options).drop("score", "level")
    return frame.with_columns(pl.Series("when", np.arange(rows) * 3_600_000_000).cast(pl.Datetime("us")))


def test_what_serves_has_learnt_from_every_row_and_what_was_judged_is_kept(tmp_path):
    # The last fifth holds a colour of its own, which a model of the earlier rows cannot know.
    late = pl.int_range(pl.len()) >= 960
    frame = dated().with_columns(colour=pl.when(late).then(pl.lit("violet")).otherwise("colour"))
    path = out(tmp_path)
    train(snapshot(tmp_path / "f", frame, "yes", "binary", cutoff="when"), SEARCH, path)
    card, served, judged = load_card(path), load_model(path), load_judged(path)
    assert card.accepted
    assert (card.train_rows, card.test_rows, card.served_rows) == (960, 240, 1200)
    assert card.served_until == "1970-02-19T23:00:00"
    assert "serves a model refitted in the same way on all 1,200 rows until 1970-02-19 23:00:00" in card.fitted_on
    rows = pl.read_parquet(path / "predictions.parquet")
    matrix = pl.read_parquet(tmp_path / "f" / "matrix.parquet")[rows["__row"]]
    recorded = rows["probability_true"].to_list()
    assert judged.predict(matrix).probabilities["probability_true"].to_list() == pytest.approx(recorded)
    assert served.predict(matrix).probabilities["probability_true"].to_list() != pytest.approx(recorded)
    assert judged.unknown(matrix)["colour"]
    assert not served.unknown(matrix).get("colour")
    assert served.features == judged.features
    assert model_id(path) == card.model_id != card.judged_id


def test_the_recipe_is_the_same_in_what_serves_and_what_was_judged(tmp_path):
    path = out(tmp_path)
    train(snapshot(tmp_path / "f", dated(), "yes", "binary", cutoff="when"), SEARCH, path)
    served, judged = load_model(path), load_judged(path)
    assert [(part.kind, part.weight) for part in served.description.parts] == [
        (part.kind, part.weight) for part in judged.description.parts
    ]
    assert [learner.rounds for learner in served.learners] == [learner.rounds for learner in judged.learners]


def test_a_private_time_is_not_named_in_the_card(tmp_path):
    path = out(tmp_path)
    features = snapshot(tmp_path / "f", dated(), "yes", "binary", cutoff="when")
    train(features, SEARCH, path, masking=Masking(time=True))
    assert load_card(path).served_until == ""
    assert "1970" not in (path / "model.json").read_text()
