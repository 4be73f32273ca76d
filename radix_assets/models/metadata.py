"""What the UI shows of a model."""

from radix_assets.models.metrics import Metric
from radix_assets.models.registry import Registration
from radix_assets.models.schema import ModelCard, Score
from radix_assets.models.search import Recipe
from radix_assets.pipeline.output import Check, Markdown, Output, Picture, Shown, Table, counted

TOP = 15
TOO_GOOD = 0.995


def number(value: float) -> str:
    """Four significant digits, as a person reads them."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"  # noqa: PLR2004


def between(score: Score) -> str:
    """A value with its interval."""
    return f"{number(score.value)} ({number(score.low)} to {number(score.high)})"


def plotted(name: str, score: Score) -> dict[str, Shown]:
    """Return a score and its interval as numbers, which the UI plots over time."""
    return {name: _short(score.value), f"{name} low": _short(score.low), f"{name} high": _short(score.high)}


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def tracked(uri: str, name: str, registration: Registration) -> dict[str, Shown]:
    """Return where the MLflow run is: a link if a server has it, else the command that opens the local store.

    `uri` is MLflow's tracking URI and `name` the experiment's. The address of a database is not shown: it may hold
    a password.
    """
    if registration.run_id is None:
        return {}
    shown: dict[str, Shown] = {"MLflow experiment": name}
    if uri.startswith(("http://", "https://")):
        version = f"/#/models/{name}/versions/{registration.version}" if registration.version else ""
        shown["MLflow"] = Markdown(f"[{uri}]({uri.rstrip('/')}{version})")
    elif uri.startswith("sqlite:"):
        shown["open in MLflow"] = Markdown(f"`mlflow ui --backend-store-uri {uri}`")
    return shown


def verdict(metric: str, value: float, best: str, baseline: Score, gain: Score, *, few: int = 0) -> str:
    """Why it may be used, or why not, in one sentence."""
    span = f"the difference is {number(gain.value)}, 95 % interval {number(gain.low)} to {number(gain.high)}"
    against = f"the best trivial baseline ({best}, {number(baseline.value)})"
    if gain.low > 0 and few:
        return f"Refused: its {metric} of {number(value)} is better than {against} thanks to {few} rows only; {span}."
    if gain.low > 0:
        return f"Its {metric} of {number(value)} is better than {against}; {span}."
    return f"Refused: its {metric} of {number(value)} is not shown to be better than {against}; {span}."


def leaderboard(recipe: Recipe, metric: Metric) -> list[dict[str, str | float]]:
    """All trials, best first, with the score on the validation rows inside the learning part."""
    sign = -1.0 if metric.greater_is_better else 1.0
    ordered = sorted(enumerate(recipe.trials), key=lambda pair: (pair[1].loss, pair[0]))
    return [
        {
            "trial": float(i + 1),
            "estimator": trial.config.learner,
            "validation": float(f"{sign * trial.loss:.6g}"),
            "settings": trial.config.describe(),
        }
        for i, trial in ordered
    ]


def output(card: ModelCard, registration: Registration, pictures: dict[str, Picture], *, rows: int) -> Output:
    """Headline first."""
    shown: dict[str, Shown] = {
        "score": f"{card.metric} {between(card.score)}",
        **plotted(card.metric, card.score),
        "accepted": card.accepted,
        "reason": card.reason,
        "estimator": card.estimator,
        "against the baselines": Table(
            [{"predictor": "the model", card.metric: card.score.value, "low": card.score.low, "high": card.score.high}]
            + [
                {"predictor": name, card.metric: score.value, "low": score.low, "high": score.high}
                for name, score in card.baselines.items()
            ]
        ),
        "split": Markdown(f"{card.split} Learnt from {card.train_rows:,} rows, judged on {card.test_rows:,}."),
    }
    if card.random_score:
        gap = (card.random_score.value - card.score.value) * (1 if card.greater_is_better else -1)
        shown["on a random split"] = f"{card.metric} {between(card.random_score)}"
        shown["optimism gap"] = float(f"{gap:.4g}")
    shown["metrics"] = Table(
        [{"metric": name, "value": s.value, "low": s.low, "high": s.high} for name, s in card.metrics.items()]
        + [{"metric": name, "value": "undefined", "low": None, "high": None} for name in card.undefined]
    )
    shown |= pictures
    shown["importance"] = Table(
        [{"feature": name, "mean |SHAP|": value} for name, value in list(card.importance.items())[:TOP]]
    )
    shown["leaderboard"] = Table([dict(line) for line in card.leaderboard[:TOP]])
    shown["model id"] = card.model_id
    if registration.run_id:
        shown["MLflow run"] = registration.run_id
        shown["registered version"] = registration.version or "none, as it was refused"
    return Output(rows=rows, shown=shown, checks=checks(card))


def checks(card: ModelCard) -> list[Check]:
    """What would be wrong with it."""
    leaks = "; ".join(f"{name}: {why}" for name, why in card.dropped_leaks.items())
    rare = ", ".join(counted(rows, "row") for rows in card.dropped_classes.values())
    r2 = card.metrics.get("r2")
    level = card.score.value if card.metric == "roc_auc" else r2.value if r2 else 0.0
    return [
        Check("beats_baselines", card.accepted, card.reason, "WARN"),
        Check(
            "no_engineered_leak",
            not card.dropped_leaks,
            f"Left out, as they tell the target alone: {leaks}" if leaks else "No feature tells the target alone.",
            "WARN",
        ),
        Check(
            "not_too_good_to_be_true",
            level < TOO_GOOD,
            f"It reaches {number(level)}; look whether a feature was known too late."
            if level >= TOO_GOOD
            else "The score is within what honest data give.",
            "WARN",
        ),
        Check(
            "classes_large_enough",
            not card.dropped_classes,
            f"{counted(len(card.dropped_classes), 'class is', 'classes are')} too rare to learn ({rare}), left out."
            if rare
            else "Every class has rows enough to learn from.",
            "WARN",
        ),
    ]
