from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from radix_assets.common.vocabulary import DECIDING_METRIC, RARE_CLASS_METRIC, RENAMED_METRICS, Problem
from radix_assets.models.bootstrap import interval, judge, weights
from radix_assets.models.metrics import (
    ACCURACY,
    AVERAGE_PRECISION,
    BRIER,
    KAPPA,
    LOG_LOSS,
    MACRO_F1,
    MAE,
    METRICS,
    POISSON,
    R2,
    RMSE,
    ROC_AUC,
    metric_named,
    metrics_of,
)
from radix_assets.suggestions.schema import TargetSuggestion


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1000), ties=st.booleans())
def test_weights_count_as_repeated_rows_in_scikit_learn(seed, ties):
    generator = np.random.default_rng(seed)
    count = 60
    target = np.r_[0, 1, generator.integers(0, 2, count - 2)]
    score = generator.integers(1, 6, count) / 7 if ties else generator.uniform(0.01, 0.99, count)
    predicted = np.column_stack([1 - score, score])
    drawn = generator.integers(0, 3, (2, count)).astype(float)
    drawn[:, :2] = 1
    number = generator.normal(size=count)
    for metric, expected in (
        (ROC_AUC, lambda w: reference.roc_auc_score(target, score, sample_weight=w)),
        (AVERAGE_PRECISION, lambda w: reference.average_precision_score(target, score, sample_weight=w)),
        (LOG_LOSS, lambda w: reference.log_loss(target, predicted, sample_weight=w)),
        (BRIER, lambda w: np.average((score - target) ** 2, weights=w)),
        (ACCURACY, lambda w: np.average(predicted.argmax(axis=1) == target, weights=w)),
        (MACRO_F1, lambda w: reference.f1_score(target, predicted.argmax(axis=1), average="macro", sample_weight=w)),
    ):
        assert metric.prepare(target, predicted)(drawn) == pytest.approx([expected(w) for w in drawn]), metric.name
    for metric, expected in (
        (RMSE, lambda w: np.sqrt(reference.mean_squared_error(number, score, sample_weight=w))),
        (MAE, lambda w: reference.mean_absolute_error(number, score, sample_weight=w)),
        (R2, lambda w: reference.r2_score(number, score, sample_weight=w)),
    ):
        assert metric.prepare(number, score)(drawn) == pytest.approx([expected(w) for w in drawn]), metric.name


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000))
def test_counts_and_grades_are_scored_as_in_scikit_learn(seed):
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, 3, (2, 60)).astype(float) + 1
    counts, rates = generator.poisson(3, 60).astype(float), generator.uniform(1, 6, 60)
    grades, guesses = np.r_[1.0, 5.0, generator.integers(1, 6, 58)], generator.uniform(0.6, 5.4, 60)
    for metric, target, predicted, expected in (
        (POISSON, counts, rates, lambda w: reference.mean_poisson_deviance(counts, rates, sample_weight=w)),
        (
            KAPPA,
            grades,
            guesses,
            lambda w: reference.cohen_kappa_score(grades, np.rint(guesses), weights="quadratic", sample_weight=w),
        ),
    ):
        assert metric.prepare(target, predicted)(drawn) == pytest.approx([expected(w) for w in drawn]), metric.name


def test_a_negative_prediction_does_not_dominate_the_score_of_counts():
    assert POISSON.value(np.array([0.0, 2.0, 4.0]), np.array([-1.0, 2.0, 4.0])) < 0.1


def test_draws_keep_the_size_of_each_stratum():
    strata = np.r_[np.zeros(90), np.ones(10)].astype(int)
    for chunk in weights(100, 50, seed=1, strata=strata):
        assert (chunk[:, :90].sum(axis=1) == 90).all()
        assert (chunk[:, 90:].sum(axis=1) == 10).all()


def test_rows_of_a_block_are_resampled_together():
    blocks = np.arange(100) // 10
    for chunk in weights(100, 50, seed=1, blocks=blocks):
        assert (chunk == np.repeat(chunk[:, ::10], 10, axis=1)).all()


def test_the_interval_covers_the_truth_about_as_often_as_stated():
    generator = np.random.default_rng(3)
    hits = 0
    for seed in range(200):
        number = generator.normal(size=150)
        found = interval(*judge(MAE, number, np.zeros(150), weights(150, 200, seed=seed)))
        hits += found.low <= np.sqrt(2 / np.pi) <= found.high
    assert 180 <= hits <= 200


def test_r2_of_a_constant_target_is_undefined():
    for constant in (0.0, 0.1, 1e9):
        target = np.full(50, constant)
        assert np.isnan(R2.value(target, target + 1))
    assert R2.value(np.array([0.1, 0.1, 0.1 + 1e-9]), np.array([0.1, 0.1, 0.1 + 1e-9])) == pytest.approx(1)


def test_each_problem_has_one_deciding_metric_and_the_others_in_a_fixed_order():
    assert {problem: [metric.name for metric in metrics_of(problem)] for problem in get_args(Problem)} == {
        "binary": ["roc_auc", "average_precision", "log_loss", "brier", "accuracy"],
        "multiclass": ["log_loss", "macro_f1", "accuracy"],
        "regression": ["rmse", "mae", "r2"],
        "count": ["poisson_deviance", "rmse", "mae", "r2"],
        "ordinal": ["quadratic_weighted_kappa", "rmse", "mae", "accuracy"],
        "forecasting": ["mae", "rmse", "r2"],
    }
    for problem in get_args(Problem):
        assert sum(problem in metric.decides for metric in METRICS) == 1


def test_every_metric_that_is_named_elsewhere_is_in_the_list_for_its_problem():
    for problem, name in [*DECIDING_METRIC.items(), *RARE_CLASS_METRIC.items()]:
        assert name in {metric.name for metric in metrics_of(problem)}
    for earlier, name in RENAMED_METRICS.items():
        assert metric_named(earlier) is metric_named(name) is not None
        stored = {"table": "t", "column": "y", "problem": "forecasting", "confidence": 0.5, "metric": earlier}
        assert TargetSuggestion.model_validate(stored).metric == name


def test_each_metric_has_a_display_name():
    assert all(metric.title for metric in METRICS)
    assert metric_named("a metric of a later version") is None
