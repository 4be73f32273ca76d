"""What is known of a trained model, as data."""

from typing import Literal

from pydantic import BaseModel

from radix_assets.common.vocabulary import Problem

FOLDER = "fitted"
"""Of a model's snapshot: all that serving needs."""


class Score(BaseModel):
    """One number on the honest test rows, with its 95 % interval."""

    value: float
    low: float
    high: float


class ModelCard(BaseModel):
    """How good a model is, and whether it may be used."""

    problem: Problem
    metric: str
    """roc_auc, log_loss, rmse …; what the search optimised and the verdict rests on."""
    greater_is_better: bool
    score: Score
    metrics: dict[str, Score] = {}
    """Other metrics on the same rows."""
    undefined: list[str] = []
    """Metrics that say nothing of these rows, such as R² where their target is always the same."""
    baselines: dict[str, Score] = {}
    """The same metric for trivial predictors, by name."""
    classes: list[str] = []
    """Of a classifier, as text, in the order of the probabilities."""
    split: str
    """time, group or stratified, with a sentence that says why."""
    train_rows: int
    test_rows: int
    random_score: Score | None = None
    """The score on a random split. Its lead over `score` is the optimism gap: what a careless split would promise."""
    accepted: bool
    reason: str
    """Why it may be used, or why it was refused, in one sentence."""
    estimator: str
    """What won the search."""
    leaderboard: list[dict[str, str | float]] = []
    importance: dict[str, float] = {}
    """Mean absolute SHAP value of the features, largest first."""
    run_id: str | None = None
    """MLflow's run; set by `load_card` from `registration.json`, so that it stays out of the data."""
    version: str | None = None
    """MLflow's registered version; None where it was refused."""
    table: str = ""
    """The target's table."""
    target: str = ""
    """As a person writes it."""
    improvement: Score | None = None
    """Over the best trivial baseline, on the same rows, paired; positive is better."""
    dropped_leaks: dict[str, str] = {}
    """Features that alone told the target, by name, with what they reached; they took no part."""
    dropped_classes: dict[str, int] = {}
    """Classes too rare to learn, with their rows; these rows took no part."""
    calibration: list[tuple[float, float, int]] = []
    """Of a binary classifier: mean predicted probability, observed share, test rows; by tenths of the rows."""
    sealed: list[str] = []
    """Of classes that are private and called `class 1` …, the marks by which they are recognised."""
    asked: str = ""
    """Of a target that is compared with a private value, a mark of the question."""
    private: bool = False
    """Whether the target's values may not be shown."""
    model_id: str = ""
    """The first 16 hex digits of the fitted model's hash: the same model has the same id on every machine."""


class Champion(BaseModel):
    """The model that serves, and why."""

    model_id: str | None = None
    """None: nothing serves."""
    version: str | None = None
    """MLflow's registered version."""
    data_version: str | None = None
    """Of the model's snapshot."""
    metric: str = ""
    score: Score | None = None
    """On the honest test rows."""
    previous_id: str | None = None
    """The champion it replaced."""
    previous_score: Score | None = None
    """What that one reached on the very same rows; None where it could not score them."""
    approved_by: Literal["person", "policy"] | None = None
    since: str = ""
    """UTC, ISO 8601; empty where the caller did not give a time."""
    reason: str
    """In one sentence."""
