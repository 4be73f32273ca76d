"""Metadata of a model for the UI: its score, the baselines, the leaderboard and the checks."""

from collections.abc import Sequence

from radix_assets.common.plural import counted
from radix_assets.models.choose import Choice
from radix_assets.models.metrics import METRICS, Metric
from radix_assets.models.registry import Registration
from radix_assets.models.schema import ModelCard, Score
from radix_assets.models.search import Recipe
from radix_assets.pipeline.output import Check, Markdown, Output, Picture, Shown, Table

TOP = 15


def number(value: float) -> str:
    """Return a number with four significant digits and thousands separators."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"  # noqa: PLR2004


def between(score: Score) -> str:
    """Return a score with its interval, as text."""
    return f"{number(score.value)} ({number(score.low)} to {number(score.high)})"


def plotted(name: str, score: Score) -> dict[str, Shown]:
    """Return a score and its interval as numbers, which the UI plots over time."""
    return {
        name: _six_digits(score.value),
        f"{name} low": _six_digits(score.low),
        f"{name} high": _six_digits(score.high),
    }


def _six_digits(value: float) -> float:
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


def verdict(choice: Choice, metric: Metric, value: float, decisive: str, simpler: Sequence[str]) -> str:
    """Return why the model may be used, or why not. It is written into the model card.

    `value` is the model's score by `metric`; `decisive` says on which rows the verdict by it hangs, if it does;
    `simpler` has the names of the simpler models that it was compared with.
    """
    lead = choice.lead
    span = f"the difference is {number(lead.gain.value)}, 95 % interval {number(lead.gain.low)} to "
    span += number(lead.gain.high)
    against = f"the best trivial baseline ({lead.other}, {number(lead.other_value)})"
    words = "is better than" if choice.accepted else "is not shown to be better than"
    text = f"its {lead.metric.name} of {number(lead.value)} {words} {against}; {span}."
    if decisive:
        text = f"the verdict by {metric.name} ({number(value)}) hangs on {decisive}, so another metric decides: {text}"
    if choice.behind is not None:
        other = f"({number(choice.behind.value)} against {number(choice.behind.other_value)})"
        text += f" The best of the search is not better by more than chance {other}, so the simpler model is chosen: "
        text += f"{choice.name}."
    elif choice.accepted and simpler:
        text += f" Simpler models ({', '.join(simpler)}) did worse on these rows or on those that the search compared."
    return text[0].upper() + text[1:] if choice.accepted else f"Refused: {text}"


def leaderboard(recipe: Recipe, metric: Metric) -> list[dict[str, str | float]]:
    """Return all trials, best first, with the score on the validation rows of the search."""
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
    """Return the output of the stage, the most important entries first."""
    shown: dict[str, Shown] = {
        "score": f"{card.metric} {between(card.score)}",
        **plotted(card.metric, card.score),
        "accepted": card.accepted,
        "reason": card.reason,
        "estimator": card.estimator,
        "baselines": Table(
            [{"predictor": "the model", card.metric: card.score.value, "low": card.score.low, "high": card.score.high}]
            + [
                {"predictor": name, card.metric: score.value, "low": score.low, "high": score.high}
                for name, score in {**card.baselines, **card.alternatives}.items()
            ]
        ),
        "split": Markdown(f"{card.split} Trained on {card.train_rows:,} rows, tested on {card.test_rows:,}."),
    }
    if card.served_rows:
        shown["fitted on"] = card.fitted_on
    if card.random_score:
        gap = (card.random_score.value - card.score.value) * (1 if card.greater_is_better else -1)
        shown["score on a random split"] = _six_digits(card.random_score.value)
        shown["optimism gap"] = _six_digits(gap)
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
        shown["registered version"] = registration.version or "none, since the model was refused"
    return Output(rows=rows, shown=shown, checks=checks(card))


def checks(card: ModelCard) -> list[Check]:
    """Return the checks on a model."""
    leaks = "; ".join(f"{name}: {why}" for name, why in card.dropped_leaks.items())
    rare = ", ".join(counted(rows, "row") for rows in card.dropped_classes.values())
    scores = {**card.metrics, card.metric: card.score}
    level, limit = next(
        (
            (scores[metric.name].value, metric.too_good)
            for metric in METRICS
            if metric.too_good is not None and metric.name in scores
        ),
        (0.0, 1.0),
    )
    return [
        Check("beats_baselines", card.accepted, card.reason, "WARN"),
        Check(
            "no_engineered_leak",
            not card.dropped_leaks,
            f"Left out, since each predicts the target alone: {leaks}"
            if leaks
            else "No feature predicts the target alone.",
            "WARN",
        ),
        Check(
            "not_too_good_to_be_true",
            level < limit,
            f"It reaches {number(level)}; check whether a feature is known only after the outcome."
            if level >= limit
            else "The score is within the usual range.",
            "WARN",
        ),
        Check(
            "no_row_decides",
            not card.influence,
            f"{card.influence} Inspect what is in it; a mistake is best corrected in the source."
            if card.influence
            else "The error is spread over many rows.",
            "WARN",
        ),
        Check(
            "rows_are_independent",
            not card.copies,
            f"{counted(card.copies, 'row is a copy', 'rows are copies')} of others in everything but the key; they "
            "were kept on one side of the split, and count as one in the intervals."
            if card.copies
            else "No row is a copy of another.",
            "WARN",
        ),
        Check(
            "classes_large_enough",
            not card.dropped_classes,
            f"{counted(len(card.dropped_classes), 'class is', 'classes are')} too rare to learn ({rare}) and left out."
            if rare
            else "Every class has enough rows.",
            "WARN",
        ),
    ]
