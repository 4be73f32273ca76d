"""The search: FLAML's CFO proposes configurations, which are scored on folds inside the learning rows.

The search is bounded by the number of trials, not by time, so the same seed and data give the same model.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from radix_assets.features.schema import Feature
from radix_assets.models.bootstrap import weights
from radix_assets.models.compare import Rows, lead
from radix_assets.models.encode import Encoder
from radix_assets.models.fit import Config, fit
from radix_assets.models.inputs import Inputs
from radix_assets.models.learners.base import Learner
from radix_assets.models.learners.linear import Linear
from radix_assets.models.learners.rule import OneRule
from radix_assets.models.metrics import MAE, Metric
from radix_assets.models.split import Floats, Ints
from radix_assets.models.tuner import Searcher

T = TypeVar("T")
R = TypeVar("R")
THREADS = 2
PARALLEL_ROWS = 3000
BLEND_STEPS = 20
BLEND_GAIN = 0.001
"""Least improvement of a blend over the best single learner, as a share of that learner's lead over a constant."""
LEAST_WEIGHT = 0.1
DRAWS = 200
"""Bootstrap draws that compare simpler recipes on the validation rows."""


@dataclass(frozen=True)
class Trial:
    """One configuration and its result."""

    config: Config
    loss: float
    rounds: int
    predicted: list[Floats]
    """Predictions of the validation rows, fold by fold."""


@dataclass
class Recipe:
    """The configurations to fit on all learning rows, with their weights in the blend."""

    parts: list[tuple[Config, int, float]]
    """Configuration, boosting rounds, weight; the weights sum to 1."""
    trials: list[Trial] = field(default_factory=list)
    as_good: frozenset[str] = frozenset()
    """Names of simpler recipes (see `simpler`) that are within chance of it on the validation rows."""

    @property
    def name(self) -> str:
        """Return a readable name: the learner, or the blend with its weights."""
        if len(self.parts) == 1:
            return self.parts[0][0].learner
        return "blend of " + ", ".join(f"{config.learner} {weight:.0%}" for config, _, weight in self.parts)


RULE = Recipe([(Config(OneRule.name, {}), 1, 1.0)])
"""The simplest recipe."""


def simpler(recipe: Recipe) -> dict[str, Recipe]:
    """Return the recipes of a search that are simpler than what it chose, the simplest first, by their names."""
    recipes = {RULE.name: replace(RULE, trials=recipe.trials)}
    linear = [trial for trial in recipe.trials if trial.config.learner == Linear.name]
    if linear:
        best = min(linear, key=lambda trial: trial.loss)
        recipes[Linear.name] = Recipe([(best.config, best.rounds, 1.0)], recipe.trials)
    names = list(recipes)
    known = names.index(recipe.name) if recipe.name in names else len(names)
    return {name: recipes[name] for name in names[:known]}


@dataclass(frozen=True)
class Fold:
    """One fold of the search, encoded by an encoder fitted on its learning part."""

    train: Inputs
    answers: Ints | Floats
    valid: Inputs
    truth: Ints | Floats

    @classmethod
    def of(cls, features: list[Feature], frame: Any, target: Ints | Floats, train: Ints, valid: Ints) -> "Fold":
        """Encode a fold; `train` and `valid` are positions in the matrix."""
        learn = frame[train]
        encoder = Encoder.learn(features, learn)
        return cls(
            Inputs(encoder, encoder.codes(learn)),
            target[train],
            Inputs(encoder, encoder.codes(frame[valid])),
            target[valid],
        )


def find(
    folds: list[Fold],
    metric: Metric,
    learners: Sequence[type[Learner]],
    *,
    classes: int,
    trials: int,
    seed: int,
    log: bool,
) -> Recipe:
    """Try `trials` configurations and blend the best of each learner if that is better than the best alone.

    Each learner is tried once first; then the two best learners share the rest. `log` allows fitting log(1 + y).
    `trials` counts configurations; the first of each learner is tried with both forms of the target. One rule is the
    recipe if it is better than all of them.
    """
    rows = len(folds[0].answers)
    bench = _Bench(folds, metric, classes, seed)
    searchers = {learner.name: Searcher(learner, learner.start(rows, classes), seed) for learner in learners}
    names = tuple(searchers)
    done: list[Trial] = []
    while len(done) < trials:
        # Two at a time, each on one core. Which two, and in which order their losses are reported, depends on no clock.
        pair = _next_learners(done, names)[: trials - len(done)]
        proposals = [(name, searchers[name].propose()) for name in pair]
        configs = [
            Config(name, proposal.settings, option)
            for name, proposal in proposals
            for option in ([False, True] if log and searchers[name].log is None else [bool(searchers[name].log)])
        ]
        results = in_parallel(bench.run, configs, rows=rows)
        for name, proposal in proposals:
            own = [t for t in results if t.config.learner == name and t.config.settings is proposal.settings]
            best = min(own, key=lambda trial: trial.loss)
            searchers[name].log = best.config.log
            searchers[name].learn(proposal, best.loss)
            done.append(best)
    best_of = {
        name: min(own, key=lambda t: t.loss) for name in names if (own := [t for t in done if t.config.learner == name])
    }
    ranked = sorted(best_of.values(), key=lambda trial: trial.loss)
    parts = _blend(ranked, bench, classes)
    blend = _weighted_predictions([trial for trial, _ in parts], np.array([weight for _, weight in parts]))
    rule = bench.run(RULE.parts[0][0])
    if rule.loss < bench.loss(blend):
        return replace(RULE, trials=[*done, rule])
    recipe = Recipe([(trial.config, trial.rounds, weight) for trial, weight in parts], done)
    simple = {OneRule.name: rule} | ({Linear.name: best_of[Linear.name]} if Linear.name in best_of else {})
    as_good = [name for name in simpler(recipe) if bench.within_chance(blend, simple[name].predicted)]
    return replace(recipe, as_good=frozenset(as_good))


class _Bench:
    """Fit a configuration on every fold and score it on the fold's other rows."""

    def __init__(self, folds: list[Fold], metric: Metric, classes: int, seed: int) -> None:
        self.folds = folds
        self.metric = metric
        self.classes = classes
        self.seed = seed
        self.sizes = np.array([len(fold.truth) for fold in folds], np.float64)

    def run(self, config: Config) -> Trial:
        predicted, rounds = [], []
        for fold in self.folds:
            fitted = fit(
                config,
                fold.train,
                fold.answers,
                classes=self.classes,
                seed=self.seed,
                valid=(fold.valid, fold.truth),
            )
            out = fitted.predict(fold.valid)
            predicted.append(back(out, fold.answers, log=config.log) if not self.classes else out)
            rounds.append(fitted.learner.rounds)
        return Trial(config, self.loss(predicted), max(int(np.mean(rounds)), 1), predicted)

    def loss(self, predicted: list[Floats]) -> float:
        """Return the mean loss over the folds, weighted by their rows, so that folds are not compared with each other.

        A fold without a defined loss, since it holds one class, does not count.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            each = [self.metric.loss(fold.truth, _shape(out)) for fold, out in zip(self.folds, predicted, strict=True)]
        defined = np.isfinite(each)
        return float(np.average(np.array(each)[defined], weights=self.sizes[defined])) if defined.any() else 0.0

    def within_chance(self, predicted: list[Floats], simple: list[Floats]) -> bool:
        """Return whether simpler predictions are as good, compared row by row within the folds."""
        target = np.concatenate([fold.truth for fold in self.folds])
        folds = np.repeat(np.arange(len(self.folds)), [len(fold.truth) for fold in self.folds])
        strata = target.astype(np.int64) if self.classes else None
        rows = Rows(target, weights(len(target), DRAWS, seed=self.seed, strata=strata), folds)
        best, other = (np.concatenate([_shape(part) for part in parts]) for parts in (predicted, simple))
        robust = None if self.classes else MAE
        return lead(rows, self.metric, best, {"simple": other}, robust).within_chance


def in_parallel(run: Callable[[T], R], items: list[T], *, rows: int) -> list[R]:
    """Apply `run` to each item, two at a time in threads if there are enough rows; keep the order of the items.

    Each learner uses one core. Threads inside a learner would wait for each other thousands of times a second, and on a
    busy machine each wait costs a time slice.
    """
    if rows < PARALLEL_ROWS:
        return [run(item) for item in items]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, items))


def back(out: Floats, answers: Ints | Floats, *, log: bool) -> Floats:
    """Convert predictions of log(1 + y) to y, limited to a plausible range; return other predictions unchanged."""
    return np.expm1(np.clip(out, 0.0, ceiling(answers))) if log else out


def ceiling(answers: Ints | Floats) -> float:
    """Return the largest plausible log(1 + y): three times the largest number in the learning rows."""
    return float(np.log1p(3.0 * float(np.max(answers))))


def _shape(out: Floats) -> Floats:
    return out[:, 0] if out.shape[1] == 1 else out


def _next_learners(done: list[Trial], names: tuple[str, ...]) -> list[str]:
    """Return each learner once; then give the leading learner three trials of four, the second one the fourth."""
    if len(done) < len(names):
        return list(names[len(done) : len(done) + 2])
    best = {name: min((t.loss for t in done if t.config.learner == name), default=np.inf) for name in names}
    ranked = sorted(names, key=lambda name: (best[name], names.index(name)))
    return [ranked[0], ranked[1 if len(names) > 1 and (len(done) - len(names)) // 2 % 2 == 0 else 0]]


def _blend(ranked: list[Trial], bench: _Bench, classes: int) -> list[tuple[Trial, float]]:
    """Select greedily with replacement (Caruana et al. 2004) among the best trial of each learner."""
    single = ranked[0]
    if len(ranked) == 1:
        return [(single, 1.0)]
    counts = np.zeros(len(ranked))
    counts[0] = 1
    best_counts, best_loss = counts.copy(), single.loss
    for _ in range(BLEND_STEPS - 1):
        options = [counts + np.eye(len(ranked))[i] for i in range(len(ranked))]
        losses = [bench.loss(_weighted_predictions(ranked, option / option.sum())) for option in options]
        counts = options[int(np.argmin(losses))]
        if min(losses) < best_loss - 1e-12:
            best_counts, best_loss = counts.copy(), min(losses)
    weights = best_counts / best_counts.sum()
    weights = np.where(weights < LEAST_WEIGHT, 0, weights)
    weights = weights / weights.sum()
    constant = bench.loss([_constant(fold.answers, len(fold.truth), classes) for fold in bench.folds])
    lead = constant - single.loss
    if single.loss - bench.loss(_weighted_predictions(ranked, weights)) <= BLEND_GAIN * max(lead, 0.0) + 1e-12:
        return [(single, 1.0)]
    return [(trial, float(weight)) for trial, weight in zip(ranked, weights, strict=True) if weight]


def _weighted_predictions(trials: list[Trial], weights: Floats) -> list[Floats]:
    folds = range(len(trials[0].predicted))
    return [
        sum(weight * trial.predicted[fold] for trial, weight in zip(trials, weights, strict=True)) for fold in folds
    ]


def _constant(answers: Ints | Floats, count: int, classes: int) -> Floats:
    if not classes:
        return np.full((count, 1), float(np.mean(answers)))
    return np.tile(np.bincount(answers.astype(np.int64), minlength=classes) / len(answers), (count, 1))
