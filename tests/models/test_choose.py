"""Verdicts: the simplest model that is as good, no verdict by a few rows, rankings within what one model predicted."""

import math

import numpy as np
import polars as pl
import pytest
from model_matrices import snapshot

from radix_assets.models.bootstrap import judge, weights
from radix_assets.models.choose import choose
from radix_assets.models.compare import Rows, influential, lead
from radix_assets.models.encode import Encoder
from radix_assets.models.fitted import load_model
from radix_assets.models.inputs import Inputs
from radix_assets.models.learners.base import TrainingData
from radix_assets.models.learners.rule import OneRule
from radix_assets.models.metadata import verdict
from radix_assets.models.metrics import AVERAGE_PRECISION, MAE, RMSE, ROC_AUC
from radix_assets.models.registry import register
from radix_assets.models.schema import FOLDER, ModelCard, Score
from radix_assets.models.stored import load_card
from radix_assets.models.train import train
from radix_assets.project.sections import Search
from radix_resources.tracking.local import LocalTracking


def rows_of(target, parts=None, draws=300):
    strata = target if target.dtype.kind == "i" else None
    return Rows(target, weights(len(target), draws, seed=0, strata=strata), parts)


def chances(values):
    return np.column_stack([1 - values, values])


def reason_of(choice):
    return verdict(choice, ROC_AUC, choice.lead.value, "", ["rule", "linear"])


def test_the_simplest_model_within_chance_of_the_best_is_chosen():
    generator = np.random.default_rng(0)
    score = generator.normal(size=2000)
    target = (score + 2 * generator.normal(size=2000) > 0).astype(np.int64)
    best = chances(1 / (1 + np.exp(-score)))
    nearly = chances(1 / (1 + np.exp(-score - 0.02 * generator.normal(size=2000))))
    worse = chances((score > 1.5) * 0.5 + 0.2)
    guesses = {"class shares": np.full((2000, 2), 0.5)}

    def chosen(**simpler):
        return choose(rows_of(target), ("lgbm", best), simpler, guesses, ROC_AUC, robust=None, level=False)

    assert chosen(rule=nearly, linear=best).name == "rule"
    assert chosen(rule=worse, linear=nearly).name == "linear"
    assert chosen(rule=worse).name == "lgbm"
    assert chosen(rule=guesses["class shares"]).name == "lgbm"
    assert all(chosen(rule=each).accepted for each in (nearly, worse))
    assert "Simpler models (rule, linear) did worse" in reason_of(chosen(rule=worse, linear=worse))
    assert "the simpler model is chosen: linear" in reason_of(chosen(rule=worse, linear=nearly))


def test_a_simpler_model_serves_only_if_it_is_better_than_guessing():
    generator = np.random.default_rng(1)
    target = generator.integers(0, 2, 400)
    noise = chances(generator.uniform(size=400))
    guesses = {"class shares": np.full((400, 2), 0.5)}
    choice = choose(rows_of(target), ("lgbm", noise), {"rule": noise}, guesses, ROC_AUC, robust=None, level=False)
    assert (choice.name, choice.accepted) == ("lgbm", False)


@pytest.mark.parametrize("outliers", [1, 2])
def test_no_verdict_hangs_on_a_few_rows(outliers):
    """The squared error of a row that both miss hides how much better one of them is on all others."""
    generator = np.random.default_rng(0)
    target = generator.uniform(5, 30, 1000)
    target[:outliers] = 3000.0
    good, poor = target + generator.normal(size=1000), np.full(1000, 20.0)
    good[:outliers], poor[:outliers] = 15.0, 22.0
    result = lead(rows_of(target), RMSE, good, {"median": poor}, MAE)
    assert (result.metric, result.decisive.tolist()) == (MAE, list(range(outliers)))
    assert result.gain.low > 0
    assert lead(rows_of(target), RMSE, good, {"median": poor}).gain.low <= 0


def test_a_lead_by_few_rows_is_none():
    generator = np.random.default_rng(0)
    target, lucky = generator.normal(size=2000), 0.1 * generator.normal(size=2000)
    target[:5], lucky[:5] = 1000.0, 500.0
    rows, zero = rows_of(target), np.zeros(2000)
    assert lead(rows, RMSE, lucky, {"mean": zero}).gain.low > 0
    result = lead(rows, RMSE, lucky, {"mean": zero}, MAE)
    assert result.metric is MAE
    assert result.decisive.tolist() == [0, 1, 2, 3, 4]
    assert result.gain.low <= 0


def test_rows_that_make_up_most_of_the_error_are_named():
    target = np.random.default_rng(0).normal(size=400)
    assert influential(target, np.zeros(400)).tolist() == []
    target[[3, 30]] = 1000.0, -1000.0
    assert influential(target, np.zeros(400)).tolist() == [3, 30]
    target[30] = 0.0
    assert influential(target, np.zeros(400)).tolist() == [3]
    assert influential(target, target).tolist() == []


def test_squared_error_decides_where_no_few_rows_do():
    generator = np.random.default_rng(0)
    target = generator.normal(size=500)
    result = lead(rows_of(target), RMSE, 0.9 * target, {"mean": np.zeros(500)}, MAE)
    assert (result.metric, len(result.decisive)) == (RMSE, 0)


@pytest.mark.parametrize("metric", [ROC_AUC, AVERAGE_PRECISION])
def test_rankings_are_judged_within_the_rows_of_one_model(metric):
    """The windows differ in their level and so do their models, the other way round. Within each all is in order."""
    target = np.array([0, 0, 0, 1, 0, 1, 1, 1])
    parts = np.repeat([0, 1], 4)
    predicted = chances(np.array([0.6, 0.7, 0.8, 0.9, 0.1, 0.2, 0.3, 0.4]))
    drawn = weights(8, 50, seed=0, strata=target)
    assert judge(metric, target, predicted, drawn)[0] < 1
    value, spread = judge(metric, target, predicted, drawn, parts)
    assert value == 1
    assert set(spread[np.isfinite(spread)]) == {1.0}


def test_one_part_is_judged_as_a_whole_and_one_class_does_not_count():
    target = np.array([0, 1, 0, 1, 1, 1])
    predicted = chances(np.array([0.4, 0.3, 0.2, 0.6, 0.1, 0.2]))
    whole = ROC_AUC.value(target[:4], predicted[:4])
    assert judge(ROC_AUC, target, predicted, [], np.array([0, 0, 0, 0, 1, 1]))[0] == pytest.approx(whole)
    assert judge(ROC_AUC, target, predicted, [], np.zeros(6, np.int64))[0] == ROC_AUC.value(target, predicted)


def brute_rule(values, target):
    """Return the variance that the best question about a column explains."""
    gains = [0.0]
    for side in [values > edge for edge in np.unique(values[~np.isnan(values)])] + [np.isnan(values)]:
        if 0 < side.sum() < len(side):
            difference = target[side].mean() - target[~side].mean()
            gains.append(side.mean() * (1 - side.mean()) * difference**2)
    return max(gains)


@pytest.mark.parametrize("seed", range(5))
def test_one_rule_is_the_question_that_explains_most(seed):
    generator = np.random.default_rng(seed)
    values = generator.integers(0, 9, (300, 3)).astype(float)
    values[generator.uniform(size=values.shape) < 0.2] = math.nan
    target = 0.3 * np.nan_to_num(values[:, 1], nan=12.0) + generator.normal(size=300)
    inputs = Inputs(Encoder(columns=[]), values)
    rule = OneRule.fit(TrainingData(inputs, target, 0), {}, seed=0)
    predicted = rule.predict(inputs)[:, 0]
    assert len(np.unique(predicted)) == 2
    explained = target.var() - ((target - predicted) ** 2).mean()
    assert explained == pytest.approx(max(brute_rule(column, target) for column in values.T))
    assert (OneRule.from_bytes(rule.to_bytes()).predict(inputs)[:, 0] == predicted).all()
    private = OneRule.fit(TrainingData(inputs, target, 0), OneRule.private_settings({}, 60), seed=0)
    assert np.unique(private.predict(inputs), return_counts=True)[1].min() >= 60


def test_one_rule_of_columns_that_say_nothing_predicts_the_mean():
    inputs = Inputs(Encoder(columns=[]), np.ones((30, 1)))
    rule = OneRule.fit(TrainingData(inputs, np.arange(30.0), 0), {}, seed=0)
    assert set(rule.predict(inputs)[:, 0]) == {14.5}


def test_a_rare_class_that_one_rule_explains_is_served_by_a_simple_model(tmp_path):
    generator = np.random.default_rng(0)
    grade = generator.integers(0, 5, 4000)
    frame = pl.DataFrame(generator.normal(size=(4000, 3)), schema=["a", "b", "c"]).with_columns(
        grade=pl.Series(np.array(list("abcde"))[grade]),
        bad=pl.Series(generator.uniform(size=4000) < np.where(grade == 4, 0.15, 0.02)),
    )
    (tmp_path / "out").mkdir()
    train(snapshot(tmp_path / "f", frame, "bad", "binary"), Search(trials=3), tmp_path / "out")
    card = load_card(tmp_path / "out")
    assert card.accepted
    assert card.estimator in {"one rule", "linear"}
    assert "one rule" in {card.estimator, *card.baselines}
    assert load_model(tmp_path / "out").predict(frame).prediction.len() == 4000


def test_an_outlier_is_named_and_does_not_decide(tmp_path):
    generator = np.random.default_rng(0)
    miles = generator.uniform(1, 10, 1500)
    frame = pl.DataFrame({"miles": miles, "fare": 2 + 2.5 * miles + generator.normal(size=1500)})
    for row in (7, 8):  # one of them at least is a test row of one of the two
        (tmp_path / f"out{row}").mkdir()
        changed = frame.with_columns(fare=pl.when(pl.int_range(pl.len()) == row).then(3004.5).otherwise("fare"))
        output = train(
            snapshot(tmp_path / f"f{row}", changed, "fare", "regression"), Search(trials=3), tmp_path / f"out{row}"
        )
        card = load_card(tmp_path / f"out{row}")
        assert card.accepted, card.reason
        check = next(check for check in output.checks if check.name == "no_row_decides")
        assert check.passed == (row not in card.influential_rows)


@pytest.mark.extended
def test_the_scores_of_a_blend_are_recorded_under_a_name_that_mlflow_takes(tmp_path):
    card = ModelCard(
        problem="binary",
        metric="roc_auc",
        greater_is_better=True,
        score=Score(value=0.6, low=0.5, high=0.7),
        alternatives={"blend of linear 61%, lgbm 39%": Score(value=0.6, low=0.5, high=0.7)},
        split="stratified: ",
        train_rows=1,
        test_rows=1,
        accepted=True,
        reason="",
        estimator="linear",
    )
    (tmp_path / "model.json").write_text(card.model_dump_json())
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "fitted.json").write_text("{}")
    tracking = LocalTracking(root=str(tmp_path / "mlflow"))
    assert register(tracking, card, Search(), tmp_path, "name").version == "1"
