"""Search, fit and test on a split; the random split that shows the optimism gap is tested here too."""

from dataclasses import dataclass, replace

import numpy as np

from radix_assets.features.schema import Feature
from radix_assets.models.baselines import baselines
from radix_assets.models.data import Data
from radix_assets.models.encode import Encoder
from radix_assets.models.fit import Config, fit
from radix_assets.models.fitted import Description, FittedModel, Part
from radix_assets.models.inputs import Inputs
from radix_assets.models.learners.base import task_of
from radix_assets.models.learners.registry import get_learner, searched_learners
from radix_assets.models.metrics import Metric
from radix_assets.models.search import Fold, Recipe, ceiling, find, in_parallel, simpler
from radix_assets.models.split import Floats, Ints, Kind, Split, inner
from radix_assets.project.sections import Search
from radix_resources.errors import ModelError

SEARCH_ROWS = 30_000
"""Most learning rows of the search; its validation rows are at most a third as many."""
SINGLE_FOLD_ROWS = 5_000
SKEWED = 1.0
PRIVATE_ROWS = 5
"""Least rows that a value in a fitted learner is averaged over if the target is private."""


@dataclass
class Judged:
    """Predictions of rows by models that were not fitted on them."""

    index: Ints
    """Positions of the labelled rows, ascending."""
    predicted: Floats
    """By what the search chose."""
    baselines: dict[str, Floats]
    simpler: dict[str, Floats]
    """By simpler models of the same search, the simplest first."""
    as_good: list[str]
    """Those of them that were as good in the search, or in half of the searches at least."""
    recipes: list[Recipe]
    models: dict[str, FittedModel]
    """The models that predicted them, by the names of their recipes; empty if each fold has models of its own."""
    parts: Ints | None
    """The fold of each row; None if there was one."""


def run(data: Data, features: list[Feature], honest: Split, metric: Metric, search: Search) -> Judged:
    """Search and fit on the learning part of each fold, and predict its test part.

    If there are several folds, each is searched with half of the trials: the score then belongs to a search that is
    less thorough than that of the final model, never more.
    """
    outputs: list[Floats] = []
    trivial: list[dict[str, Floats]] = []
    simple: list[dict[str, Floats]] = []
    recipes: list[Recipe] = []
    models: dict[str, FittedModel] = {}
    lighter = search.model_copy(update={"trials": max(1, search.trials // 2)}) if honest.crossed else search
    for train, test in honest.folds:
        recipe = find_recipe(data, features, train, honest.kind, metric, lighter)
        fitted = {
            name: refit(data, features, train, candidate, seed=search.seed)
            for name, candidate in {**simpler(recipe), recipe.name: recipe}.items()
        }
        predicted = {name: model.scores(data.frame[test]) for name, model in fitted.items()}
        outputs.append(predicted.pop(recipe.name))
        simple.append(predicted)
        recipes.append(recipe)
        trivial.append(baselines(data.target, train, test, classes=len(data.classes), moments=data.rows.moments))
        models = {} if honest.crossed else fitted
    order = np.argsort(honest.test, kind="stable")
    parts = np.repeat(np.arange(len(honest.folds)), [len(test) for _, test in honest.folds])[order]
    return Judged(
        index=honest.test[order],
        predicted=np.concatenate(outputs)[order],
        baselines=_pooled(trivial, order),
        simpler=_pooled(simple, order),
        as_good=[name for name in simple[0] if 2 * sum(name in each.as_good for each in recipes) >= len(recipes)],
        recipes=recipes,
        models=models,
        parts=parts if honest.crossed else None,
    )


def _pooled(folds: list[dict[str, Floats]], order: Ints) -> dict[str, Floats]:
    """Return the predictions that there are in every fold, in one order."""
    names = [name for name in folds[0] if all(name in fold for fold in folds)]
    return {name: np.concatenate([fold[name] for fold in folds])[order] for name in names}


def find_recipe(data: Data, features: list[Feature], rows: Ints, kind: Kind, metric: Metric, search: Search) -> Recipe:
    """Search for a recipe within these rows. Raise ModelError RDX-MOD-004 if no feature varies there."""
    classes = len(data.classes)
    part = data.rows.take(rows)
    single = len(rows) >= SINGLE_FOLD_ROWS
    pairs = inner(part, kind, classes=classes, single=single)
    generator = np.random.default_rng(search.seed)
    folds = [
        Fold.of(
            features,
            data.frame,
            data.target,
            rows[_sample(train, SEARCH_ROWS, generator)],
            rows[_sample(valid, SEARCH_ROWS // 3, generator)],
        )
        for train, valid in pairs
    ]
    if not all(fold.train.encoder.columns for fold in folds):
        raise ModelError(
            "RDX-MOD-004",
            "no feature varies in the learning rows",
            expected="a feature with at least two values",
            hint="tag more columns as features, or add rows",
            table=data.table,
        )
    learners = searched_learners(
        search.learners,
        task=task_of(classes),
        rows=len(folds[0].answers),
        private_rows=PRIVATE_ROWS if data.private else 0,
    )
    skewed = _is_skewed(data, rows)
    return find(folds, metric, learners, classes=classes, trials=search.trials, seed=search.seed, log=skewed)


def refit(data: Data, features: list[Feature], rows: Ints, recipe: Recipe, *, seed: int) -> FittedModel:
    """Fit a recipe on all these rows."""
    frame, target = data.frame[rows], data.target[rows]
    encoder = Encoder.learn(features, frame)
    inputs = Inputs(encoder, encoder.codes(frame))
    parts = []
    chosen = [
        (_for_private_target(config) if data.private else config, rounds, weight)
        for config, rounds, weight in recipe.parts
    ]
    everything = in_parallel(
        lambda part: fit(part[0], inputs, target, classes=len(data.classes), seed=seed, rounds=part[1]),
        chosen,
        rows=len(rows),
    )
    for number, ((config, _, weight), fitted) in enumerate(zip(chosen, everything, strict=True)):
        parts.append(
            Part(
                kind=config.learner,
                file=f"member_{number}.{fitted.learner.suffix}",
                weight=weight,
                seen=fitted.seen.tolist(),
                log=config.log,
                top=ceiling(target) if config.log else 0.0,
            )
        )
    return FittedModel(
        Description(
            problem=data.problem,
            classes=data.classes,
            dtype=data.dtype,
            sealed=data.sealed,
            encoder=encoder,
            parts=parts,
        ),
        [fitted.learner for fitted in everything],
    )


def _for_private_target(config: Config) -> Config:
    """Return a configuration whose leaves hold several rows: a leaf of one row would reveal that row's target."""
    settings = get_learner(config.learner).private_settings(config.settings, PRIVATE_ROWS)
    return config if settings is None else replace(config, settings=settings)


def predict_folds(
    data: Data, features: list[Feature], folds: list[tuple[Ints, Ints]], recipe: Recipe, *, seed: int
) -> tuple[Ints, Floats]:
    """Fit a recipe on the learning part of each fold; return the test rows and their predictions."""
    indexes, outputs = [], []
    for train, test in folds:
        model = refit(data, features, train, recipe, seed=seed)
        indexes.append(test)
        outputs.append(model.scores(data.frame[test]))
    return np.concatenate(indexes), np.concatenate(outputs)


def _sample(index: Ints, most: int, generator: np.random.Generator) -> Ints:
    if len(index) <= most:
        return index
    return np.sort(generator.permutation(index)[:most])


def _is_skewed(data: Data, rows: Ints) -> bool:
    """Return whether to try log(1 + y): the target has no negative value and a long upper tail."""
    if data.classes:
        return False
    target = data.target[rows].astype(np.float64)
    spread = float(target.std())
    if target.min() < 0 or spread == 0:
        return False
    return float(((target - target.mean()) ** 3).mean()) / spread**3 > SKEWED
