"""What is known of a trained model, as data."""

from pydantic import BaseModel

from radix_assets.suggestions.model import Problem


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
    version: str | None = None
    """MLflow's registered version; None where it was refused."""
