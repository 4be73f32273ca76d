"""The interface of a learner: one class that Radix searches, fits, stores, reads again and asks for predictions.

An instance is a fitted learner; class methods describe the search and fit an instance. To add a learner, subclass
`Learner` and register the class under the entry point group `radix.learners`, or in `BUILT_IN` of `learners/registry`.
docs/extending/learners.md shows a worked example.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from radix_assets.models.inputs import Inputs
from radix_assets.models.split import Floats, Ints

Task = Literal["binary", "multiclass", "regression"]
"""The task of a learner. Counts, grades and forecasts are regressions to a learner."""
Settings = dict[str, float]
"""One value per setting of the search space. Whole numbers are floats too, since they are written to JSON."""


@dataclass(frozen=True)
class Range:
    """The values that the search may try for one setting: from `low` up to `high`."""

    low: float
    high: float
    """Exclusive if `integer`."""
    log: bool = False
    """Whether to draw evenly on a logarithmic scale."""
    integer: bool = False


@dataclass(frozen=True)
class TrainingData:
    """Rows to fit a learner on."""

    inputs: Inputs
    target: Ints | Floats
    """One value per row: class codes 0 … `classes` - 1, each of which occurs, or numbers."""
    classes: int
    """Number of classes; 0 for a regression."""
    weights: Floats | None = None
    """One positive weight per row; None if all rows count once."""
    validation: "TrainingData | None" = None
    """In a trial of the search: rows outside of the fit, for early stopping; may be empty. In the final fit: None."""
    rounds: int = 0
    """In the final fit: the mean of what `rounds` of the fitted trials of these settings returned; 0 if unknown."""

    @property
    def task(self) -> Task:
        """Return what is to be learned."""
        return task_of(self.classes)


class Learner(ABC):
    """A fitted learner; the class describes how it is searched and fitted.

    Four rules hold for every learner, and `tests/models/test_learner_conformance.py` checks them:

    - The same data, settings, seed and number of threads give the same bytes. Nothing depends on the clock.
    - `from_bytes(fitted.to_bytes())` predicts what `fitted` predicts, to the last bit, on any machine with the same
      libraries. The bytes hold numbers and text only; reading them runs no code and unpickles nothing.
    - A row gets the same prediction alone and among others, to rounding (a relative 1e-12).
    - Weights count: a row of weight 2 equals two copies of the row, within `weight_tolerance`.
    """

    name: ClassVar[str]
    """Unique; the name of the entry point. Written into model files, so it never changes."""
    tasks: ClassVar[frozenset[Task]] = frozenset({"binary", "multiclass", "regression"})
    """The tasks that it handles; the search leaves it out for others. Learning rows may lack classes, so a learner for
    `multiclass` also sees two classes."""
    suffix: ClassVar[str] = "npz"
    """File extension of the fitted form."""
    max_rows: ClassVar[int | None] = None
    """The search leaves the learner out if there are more rows to learn from; None: no limit."""
    weight_tolerance: ClassVar[float] = 1e-6
    """Largest mean absolute difference between predictions of a fit with weights and one with repeated rows: of
    probabilities, or in standard deviations of a numeric target."""
    rounds: int = 0
    """Boosting rounds (or the like) that early stopping chose; 0 if the learner has none."""

    @classmethod
    @abstractmethod
    def search_space(cls) -> dict[str, Range]:
        """Return the range of each setting; empty if there is nothing to search."""

    @classmethod
    @abstractmethod
    def start(cls, rows: int, classes: int) -> Settings:
        """Return the settings to try first: cheap, and good for `rows` learning rows and `classes` classes (0: none).

        Every setting of the search space has a value inside its range.
        """

    @classmethod
    @abstractmethod
    def fit(cls, data: TrainingData, settings: Settings, *, seed: int, threads: int = 1) -> Self:
        """Fit the learner. Draw random numbers from `seed` only, and use at most `threads` threads.

        Raise any exception if the data cannot be fitted; Radix reports it as RDX-MOD-007 with the learner's name.
        """

    @abstractmethod
    def predict(self, inputs: Inputs) -> Floats:
        """Return rows x classes with probabilities that sum to 1, or rows x 1 with numbers.

        All values are finite. There is at least one row.
        """

    @abstractmethod
    def to_bytes(self) -> bytes:
        """Return the fitted form for its file (see `learners/arrays.py` for a form made of NumPy arrays)."""

    @classmethod
    @abstractmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` returned. Raise any exception for other bytes; Radix reports it as RDX-MOD-003."""

    @classmethod
    def private_settings(cls, settings: Settings, rows: int) -> Settings | None:
        """Return settings under which the fitted form shows no average of fewer than `rows` targets.

        Called before the final fit if the target is private. None, the default, means that the learner cannot promise
        it; the search then leaves the learner out.
        """
        del settings, rows
        return None

    def contributions(self, inputs: Inputs) -> Floats | None:
        """Return exact SHAP values, rows x features (of several classes, the sum of the absolute values).

        None, the default, means that the learner has no exact values; Radix then estimates them by sampling.
        """
        del inputs
        return None


def task_of(classes: int) -> Task:
    """Return the task for a number of classes (0: a regression)."""
    if classes == 0:
        return "regression"
    return "binary" if classes == 2 else "multiclass"  # noqa: PLR2004
