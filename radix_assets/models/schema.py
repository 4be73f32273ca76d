"""The model card and the champion's decision, as data."""

from typing import Literal

from pydantic import BaseModel

from radix_assets.common.vocabulary import Problem

FOLDER = "fitted"
"""Folder of a model snapshot that holds the model that serves."""
JUDGED = "judged"
"""Folder that holds the model that was judged, if the one that serves was refitted on more rows."""


class Score(BaseModel):
    """One metric on the test rows, with its 95% interval."""

    value: float
    low: float
    high: float


class ModelCard(BaseModel):
    """The quality of a model, and whether it may be used."""

    problem: Problem
    metric: str
    """The metric that the search optimized and that decides (see `metrics`)."""
    greater_is_better: bool
    score: Score
    metrics: dict[str, Score] = {}
    """Other metrics on the same rows."""
    undefined: list[str] = []
    """Metrics without a value on these rows, such as R² for a constant target."""
    baselines: dict[str, Score] = {}
    """The metric of each guess, and of one rule if that is not the model."""
    alternatives: dict[str, Score] = {}
    """The metric of the other models that were compared with it: the best linear one, or the best of the search."""
    classes: list[str] = []
    """Classes as text, in the order of the probabilities; empty for numbers."""
    split: str
    """time, group or stratified, a colon, and the reason."""
    train_rows: int
    test_rows: int
    copies: int = 0
    """Rows that are equal to another row in everything but the key, beyond the first of each."""
    cross_validated: bool = False
    """Whether each row was tested by a model that had not seen it, and the model was then fitted on all rows."""
    random_score: Score | None = None
    """The score on a random split. Its lead over `score` is the optimism gap: what a careless split would add."""
    accepted: bool
    reason: str
    """Why the model may be used, or was refused, and what is odd about the rows: few that decide, copies."""
    estimator: str
    """The learner that won the search, or the blend."""
    leaderboard: list[dict[str, str | float]] = []
    importance: dict[str, float] = {}
    """Mean absolute SHAP value of each feature, largest first."""
    run_id: str | None = None
    """MLflow run; `load_card` sets it from `registration.json`, since it is not part of the data."""
    version: str | None = None
    """Registered version in MLflow; None if the model was refused."""
    table: str = ""
    """The target's table."""
    target: str = ""
    """The target as a user writes it."""
    improvement: Score | None = None
    """Lead over the best guess on the same rows by `decided_by`, paired; positive is better."""
    decided_by: str = ""
    """The metric that decided whether the model may be used: `metric`, or the mean absolute error if `decisive_rows`
    has rows."""
    decisive_rows: list[int] = []
    """Few rows, counted from 0, without which the verdict by `metric` would be another."""
    influential_rows: list[int] = []
    """Few rows, counted from 0, that make up more than half of the squared error; empty if it is spread over many."""
    influence: str = ""
    """Which rows these are, and the score without them, in one sentence."""
    dropped_leaks: dict[str, str] = {}
    """Features that predict the target alone, with the score that each reached; they were left out."""
    dropped_classes: dict[str, int] = {}
    """Classes too rare to learn, with their number of rows; these rows were left out."""
    calibration: list[tuple[float, float, int]] = []
    """For two classes, by tenths of the test rows: mean predicted probability, observed share, number of rows."""
    sealed: list[str] = []
    """Keyed hashes of private classes, which `classes` calls `class 1` …."""
    asked: str = ""
    """A keyed hash of the question, if the target is compared with a private value."""
    private: bool = False
    """Whether the target's values may not be shown."""
    model_id: str = ""
    """First 16 hex digits of the hash of the model that serves: a model has the same id on every machine."""
    served_rows: int = 0
    """Rows that the model that serves was fitted on; 0 for a refused model, which was not refitted."""
    served_until: str = ""
    """The time of the newest of them, UTC, ISO 8601; empty if rows have no time, or one that is private."""
    judged_id: str = ""
    """The id of the model that was judged; empty if no other model than the judged one is stored."""

    @property
    def fitted_on(self) -> str:
        """Return which model was judged and which one serves, in one sentence; empty for a model that cannot serve."""
        if not self.served_rows:
            return ""
        until = f" until {self.served_until.replace('T', ' ')}" if self.served_until else ""
        judged, how = f"after learning from {self.train_rows:,} others", "refitted"
        if self.cross_validated:
            judged, how = "by models that had not seen them", "fitted"
        return (
            f"Judged on {self.test_rows:,} rows {judged}; "
            f"serves a model {how} in the same way on all {self.served_rows:,} rows{until}."
        )


class Champion(BaseModel):
    """The decision which model serves."""

    model_id: str | None = None
    """None if no model serves."""
    version: str | None = None
    """Registered version in MLflow."""
    data_version: str | None = None
    """Data version of the model's snapshot."""
    metric: str = ""
    score: Score | None = None
    """Score on the test rows."""
    previous_id: str | None = None
    """The champion it replaced."""
    previous_score: Score | None = None
    """The score of that champion on the same rows; None if it could not score them."""
    approved_by: Literal["person", "policy"] | None = None
    since: str = ""
    """UTC, ISO 8601; empty if the caller gave no time."""
    reason: str
    """The reason, in one sentence."""
