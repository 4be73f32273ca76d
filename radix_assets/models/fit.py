"""Fit one configuration of a learner, whatever the learner."""

import warnings
from dataclasses import dataclass, replace

import numpy as np

from radix_assets.models.inputs import Inputs
from radix_assets.models.learners.base import Learner, Settings, TrainingData
from radix_assets.models.learners.registry import BUILT_IN, get_learner
from radix_assets.models.split import Floats, Ints
from radix_resources.errors import ModelError, RadixError


@dataclass(frozen=True)
class Config:
    """A learner's name and its settings."""

    learner: str
    settings: Settings
    log: bool = False
    """Whether the learner is fitted on log(1 + y)."""

    def describe(self) -> str:
        """Return learner and settings as one line of text."""
        settings = ", ".join(f"{name} {value:.3g}" for name, value in sorted(self.settings.items()))
        return f"{self.learner} ({settings}{', log target' if self.log else ''})"


@dataclass(frozen=True)
class Fitted:
    """A fitted learner and the classes of its training rows."""

    learner: Learner
    seen: Ints
    """Codes of these classes, ascending; empty for numbers."""
    classes: int
    """Number of all classes; 0 for numbers."""

    def predict(self, inputs: Inputs) -> Floats:
        """Return rows x classes, or rows x 1 with numbers.

        Raise ModelError RDX-MOD-007 if the learner of another package returns anything else.
        """
        out = self.learner.predict(inputs)
        if type(self.learner) not in BUILT_IN:
            shape = (len(inputs), len(self.seen) or 1)
            if not isinstance(out, np.ndarray) or out.shape != shape or not np.isfinite(out).all():
                raise _failed(self.learner.name, f"predicts something other than {shape[0]} x {shape[1]} finite values")
        return expand(out, self.seen, self.classes)


def fit(
    config: Config,
    inputs: Inputs,
    target: Ints | Floats,
    *,
    classes: int,
    seed: int,
    valid: tuple[Inputs, Ints | Floats] | None = None,
    rounds: int = 0,
) -> Fitted:
    """Fit one configuration on the rows of `inputs`, on one thread.

    `target` holds class codes below `classes`, or numbers if `classes` is 0. `valid` is given in a trial of the search
    only: rows outside of the fit, for early stopping. `rounds` is what the trials took, for the final fit.

    Raise ConfigError RDX-CFG-019 for a learner that is not installed, and ModelError RDX-MOD-007 if the learner of
    another package fails.
    """
    learner = get_learner(config.learner)
    present_classes = np.unique(target).astype(np.int64) if classes else np.zeros(0, np.int64)
    data = TrainingData(inputs, _training_target(target, present_classes, config), len(present_classes), rounds=rounds)
    if valid is not None:
        rows, answers = valid
        has_known_class = np.isin(answers, present_classes) if classes else np.ones(len(answers), np.bool_)
        if not has_known_class.all():
            rows, answers = Inputs(rows.encoder, rows.codes[has_known_class]), answers[has_known_class]
        data = replace(
            data,
            validation=TrainingData(rows, _training_target(answers, present_classes, config), len(present_classes)),
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a fit that does not converge is judged by its score
            fitted = learner.fit(data, config.settings, seed=seed, threads=1)
    except (RadixError, MemoryError):
        raise
    except Exception as error:
        if learner in BUILT_IN:
            raise
        raise _failed(learner.name, f"cannot be fitted: {type(error).__name__}: {error}") from error
    return Fitted(fitted, present_classes, classes)


def expand(out: Floats, seen: Ints, classes: int) -> Floats:
    """Return probabilities of all classes; a class that the learning rows lacked gets 0."""
    if out.shape[1] == classes or not classes:
        return out
    full = np.zeros((len(out), classes))
    full[:, seen] = out
    return full


def _training_target(target: Ints | Floats, seen: Ints, config: Config) -> Ints | Floats:
    """Return the target as the learner is to learn it: class codes without gaps, or numbers."""
    if len(seen):
        return np.searchsorted(seen, target)
    return np.log1p(target) if config.log else target


def _failed(name: str, problem: str) -> ModelError:
    return ModelError(
        "RDX-MOD-007",
        f"the learner {name!r} {problem}",
        expected="a learner as radix_assets.models.learners.base describes it",
        hint="report it to the package that provides the learner, or leave it out of search.learners",
    )
