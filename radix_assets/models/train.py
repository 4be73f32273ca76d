"""The model stage: search, test, accept or refuse, store and show."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from radix_assets.features.schema import ROW, TARGET, Feature
from radix_assets.models import charts
from radix_assets.models import metadata as shown
from radix_assets.models.bootstrap import draws_for, interval, judge, tidy, weights
from radix_assets.models.choose import Choice, choose
from radix_assets.models.compare import Rows, influential
from radix_assets.models.data import Data, read_features
from radix_assets.models.fitted import FittedModel
from radix_assets.models.importance import importance, shap_values
from radix_assets.models.inputs import Inputs
from radix_assets.models.judge import Judged, find_recipe, predict_folds, refit, run
from radix_assets.models.leaks import find_leaks, left_out
from radix_assets.models.learners.lightgbm import quiet_openmp
from radix_assets.models.masking import Masking, read_masked
from radix_assets.models.metrics import Metric, metrics_of, robust_metric
from radix_assets.models.registry import Registration, register
from radix_assets.models.schema import FOLDER, JUDGED, ModelCard, Score
from radix_assets.models.search import RULE, Recipe, simpler
from radix_assets.models.sentences import copies_in_words, influence_in_words, rows_in_words
from radix_assets.models.split import Floats, Ints, Split, split, stratified_folds
from radix_assets.models.stored import CARD
from radix_assets.pipeline.output import Output
from radix_assets.project.sections import Search
from radix_resources.errors import ModelError

if TYPE_CHECKING:
    from radix_resources.tracking.base import Tracking

PREDICTIONS = "predictions.parquet"
ROWS = "rows.parquet"
SEARCHED = "the best of the search"
"""The name of what several searches chose, one for each fold."""
BLOCKS = 200
LEAST_BLOCKS = 10
"""Least groups to draw from; with fewer the interval is meaningless, so rows are drawn instead."""
RANDOM_ROWS = 60_000
"""Most learning rows of the random split, which only shows the optimism gap."""


def train(
    features: Path,
    search: Search,
    out: Path,
    *,
    tracking: "Tracking | None" = None,
    name: str = "model",
    keep: set[str] | None = None,
    masking: Masking | None = None,
) -> Output:
    """Search, test and store a model of a features snapshot; register it if it beats the trivial baselines.

    The model is judged on rows that it has not seen; if it is accepted, the same recipe is then fitted on all rows, and
    that model serves. Write the card `model.json`, both models (folders, see `load_model` and `load_judged`),
    `predictions.parquet` of the test rows by the judged model, and pictures. The result depends on the snapshot, the
    search and `keep` only. `name` is the name of the registered model; `keep` holds features that a person confirmed
    although they predict the target alone. No file holds a value that `masking` calls private.

    Raise ModelError or TargetError if no model can be trained on the data (see `data.read`); a model that is no better
    than the baselines is stored as refused.
    """
    quiet_openmp()
    masking = masking or Masking()
    data = read_masked(features, masking)
    metric, *further = metrics_of(data.problem)
    classes = len(data.classes)
    honest = split(data.rows, classes=classes)
    leaks = find_leaks(data, honest.folds[0][0], keep=keep or set())
    used = [feature for feature in data.features if feature.name not in leaks]
    if not used:
        raise ModelError(
            "RDX-MOD-004",
            f"{'the only feature predicts' if len(leaks) == 1 else f'each of {len(leaks)} features predicts'} the "
            "target alone, so all were left out as leaks",
            expected="a feature that is known before the target",
            hint="inspect the leak suspects in the exploration, and confirm those that are not leaks",
            table=data.table,
        )
    judged = run(data, used, honest, metric, search)
    target = data.target[judged.index]
    drawn = draws(data, judged.index, honest.kind, seed=search.seed)
    rows = Rows(target, drawn, judged.parts)
    searched = judged.recipes[0].name if judged.models else SEARCHED
    choice = choose(
        rows,
        (searched, judged.predicted),
        {name: predicted for name, predicted in judged.simpler.items() if name in judged.as_good},
        judged.baselines,
        metric,
        robust=robust_metric(data.problem),
        level=not classes and honest.kind != "time",
    )
    accepted = choice.accepted
    recipe, model = _final(data, used, honest, metric, search, judged, choice)
    value, spread = judge(metric, target, choice.predicted, drawn, judged.parts)
    models = {**judged.simpler, searched: judged.predicted}
    others = {name: predicted for name, predicted in models.items() if name != choice.name}
    scores = {
        name: interval(*judge(metric, target, predicted, drawn, judged.parts))
        for name, predicted in (choice.guesses | others).items()
    }
    trivial = {*choice.guesses, RULE.name}

    outlying = np.empty(0, np.int64) if classes else influential(target, choice.predicted)
    influence = influence_in_words(data, judged.index, choice.predicted, outlying, metric)
    decisive = rows_in_words(data, judged.index, choice.lead.decisive)
    named = "" if accepted else left_out(read_features(features).dropped, leaks)
    reasons = [
        shown.verdict(choice, metric, value, decisive, list(judged.simpler)) + named,
        influence,
        copies_in_words(data),
    ]
    encoder = model.description.encoder
    inputs = Inputs(encoder, encoder.codes(data.frame[judged.index]))
    effects, chosen = shap_values(model, inputs, seed=search.seed)
    judged_id = model.save(out / (JUDGED if accepted and not honest.crossed else FOLDER))
    identity = judged_id
    if accepted and not honest.crossed:
        known = [feature for feature in used if feature.name in model.features]
        identity = refit(data, known, np.arange(len(data)), recipe, seed=search.seed).save(out / FOLDER)
    more = {each.name: judge(each, target, choice.predicted, drawn, judged.parts) for each in further}
    card = ModelCard(
        problem=data.problem,
        metric=metric.name,
        greater_is_better=metric.greater_is_better,
        score=interval(value, spread),
        metrics={name: interval(*pair) for name, pair in more.items() if np.isfinite(pair[0])},
        undefined=[name for name, (value, _) in more.items() if not np.isfinite(value)],
        baselines={name: score for name, score in scores.items() if name in trivial},
        alternatives={name: score for name, score in scores.items() if name not in trivial},
        classes=data.classes,
        split=f"{honest.kind}: {' '.join(filter(None, [honest.reason, copies_in_words(data)]))}",
        copies=data.copies,
        train_rows=len(data) if honest.crossed else len(honest.folds[0][0]),
        test_rows=len(judged.index),
        cross_validated=honest.crossed,
        random_score=_random(data, used, honest, recipe, search.seed, metric) if honest.kind != "stratified" else None,
        accepted=accepted,
        reason=" ".join(filter(None, reasons)),
        estimator=recipe.name,
        leaderboard=shown.leaderboard(recipe, metric),
        importance=importance(effects, encoder.names),
        table=data.table,
        target=data.name,
        improvement=choice.lead.gain,
        decided_by=choice.lead.metric.name,
        influential_rows=data.positions[judged.index][outlying].tolist(),
        influence=influence,
        decisive_rows=data.positions[judged.index][choice.lead.decisive].tolist(),
        dropped_leaks=leaks,
        dropped_classes=data.dropped_classes,
        calibration=_calibration(target, choice.predicted) if data.problem == "binary" else [],
        sealed=data.sealed,
        asked=masking.asked,
        private=data.private,
        model_id=identity,
        served_rows=len(data) if accepted else 0,
        served_until=_newest(data) if accepted else "",
        judged_id=judged_id if identity != judged_id else "",
    )
    (out / CARD).write_text(card.model_dump_json(indent=1, exclude={"run_id", "version"}), encoding="utf-8")
    _predictions(data, model, judged.index, choice.predicted).write_parquet(out / PREDICTIONS, compression="zstd")
    tested_rows(data, judged.index, model.features, judged.parts).write_parquet(out / ROWS, compression="zstd")
    pictures = charts.draw(out, card, target, choice.predicted, effects, inputs.codes[chosen], encoder.names)
    registration = register(tracking, card, search, out, name) if tracking else Registration()
    return shown.output(card, registration, pictures, rows=len(judged.index))


def tested_rows(data: Data, index: Ints, features: list[str], parts: Ints | None) -> pl.DataFrame:
    """Return what identifies tested rows later: ROW, a hash of the key and one of the features that the model reads.

    `part` is the number of the model that predicted the row, if there were several.
    """
    return pl.DataFrame(
        {
            ROW: data.positions[index],
            "id": data.rows.hashes[index],
            "features": data.frame[index].select(features).hash_rows(seed=0),
            **({} if parts is None else {"part": parts}),
        }
    )


def _final(
    data: Data, used: list[Feature], honest: Split, metric: Metric, search: Search, judged: Judged, choice: Choice
) -> tuple[Recipe, FittedModel]:
    """Return the chosen recipe and its judged model; after cross-validation a model of all rows by the same search."""
    if judged.models:
        recipe = judged.recipes[0]
        return ({**simpler(recipe), recipe.name: recipe}[choice.name], judged.models[choice.name])
    everything = np.arange(len(data))
    recipe = replace(RULE, trials=judged.recipes[0].trials)
    if choice.name != RULE.name:
        recipe = find_recipe(data, used, everything, honest.kind, metric, search)
        recipe = simpler(recipe).get(choice.name, recipe)
    return recipe, refit(data, used, everything, recipe, seed=search.seed)


def split_of(card: ModelCard) -> str:
    """Return the kind of split in a card: time, group or stratified."""
    return card.split.partition(":")[0]


def _newest(data: Data) -> str:
    """Return the time of the newest row, UTC; empty if rows have no time, or one that may not be shown."""
    if data.rows.moments is None or data.rows.private_time:
        return ""
    return str(np.datetime64(int(data.rows.moments.max()), "us").astype("datetime64[s]"))


def draws(data: Data, index: Ints, kind: str, *, seed: int) -> list[Floats]:
    """Return bootstrap weights that account for the dependence of rows that the split implies."""
    blocks = None
    if kind == "group" and data.rows.groups is not None:
        values, blocks = np.unique(data.rows.groups[index], return_inverse=True)
        blocks = blocks if len(values) >= LEAST_BLOCKS else None
    elif kind == "time" and data.rows.moments is not None:
        order = np.argsort(data.rows.moments[index], kind="stable")
        blocks = np.empty(len(index), np.int64)
        blocks[order] = np.arange(len(index)) * min(BLOCKS, len(index)) // len(index)
    elif data.copies:
        values, blocks = np.unique(data.rows.hashes[index], return_inverse=True)
        blocks = blocks if len(values) >= LEAST_BLOCKS else None
    strata = data.target[index].astype(np.int64) if data.classes else None
    return weights(len(index), draws_for(len(index)), seed=seed, strata=strata, blocks=blocks)


def _random(data: Data, used: list[Feature], honest: Split, recipe: Recipe, seed: int, metric: Metric) -> Score:
    """Return the score of the recipe on a random split with as many test rows."""
    generator = np.random.default_rng(seed)
    if honest.crossed:
        folds = stratified_folds(data.rows, len(honest.folds) + 1)
    else:
        order = generator.permutation(len(data))
        test = honest.folds[0][1]
        folds = [(np.sort(order[len(test) :][:RANDOM_ROWS]), np.sort(order[: len(test)]))]
    index, predicted = predict_folds(data, used, folds, recipe, seed=seed)
    parts = np.repeat(np.arange(len(folds)), [len(test) for _, test in folds]) if len(folds) > 1 else None
    target = data.target[index]
    strata = target.astype(np.int64) if data.classes else None
    drawn = weights(len(index), 200, seed=seed, strata=strata)
    return interval(*judge(metric, target, predicted, drawn, parts))


def _predictions(data: Data, model: FittedModel, index: Ints, predicted: Floats) -> pl.DataFrame:
    result = model.present(predicted)
    frame = pl.DataFrame(
        {ROW: data.positions[index], TARGET: data.original.gather(index), "prediction": result.prediction}
    )
    return frame if result.probabilities is None else pl.concat([frame, result.probabilities], how="horizontal")


def _calibration(target: Ints | Floats, predicted: Floats) -> list[tuple[float, float, int]]:
    """Return predicted probability, observed share and rows for each tenth of the rows by predicted probability."""
    order = np.argsort(predicted[:, 1], kind="stable")
    parts = [part for part in np.array_split(order, 10) if len(part)]
    return [
        (tidy(float(predicted[part, 1].mean())), tidy(float((target[part] == 1).mean())), len(part)) for part in parts
    ]
