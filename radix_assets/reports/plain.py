"""A model's numbers in plain words, for business readers."""

from radix_assets.common.vocabulary import NUMERIC
from radix_assets.models.metrics import metric_named
from radix_assets.models.schema import ModelCard, Score
from radix_assets.tags.schema import Target

BASELINES = {
    "class shares": "Always predicting the overall shares",
    "mean": "Always predicting the mean",
    "median": "Always predicting the median",
    "last value": "Repeating the latest known value",
    "one rule": "The best single yes-or-no rule",
}
COMPARISONS = {
    ">": "greater than",
    ">=": "at least",
    "<": "less than",
    "<=": "at most",
    "==": "equal to",
    "!=": "different from",
}


def number(value: float) -> str:
    """Return a number with about three significant digits and thousands separators."""
    if value != value:  # noqa: PLR0124 NaN
        return "-"
    if abs(value) >= 1000:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.4g}"


def question(target: Target) -> str:
    """Return the question in words. `story` removes a private value from the target first."""
    if target.future is not None:
        future = target.future
        return f"{future.predict}, within {future.within}, for each of {future.for_each}?"
    if target.operator is not None:
        value = f"{target.value:g}" if isinstance(target.value, float) else str(target.value)
        return f"Will {target.column} be {COMPARISONS[target.operator]} {value}?"
    if target.problem in NUMERIC:
        return f"How large will {target.column} be?"
    return f"What will {target.column} be?"


def metric(name: str) -> str:
    """Return a metric's name for a reader."""
    definition = metric_named(name)
    return (definition and definition.title) or name.replace("_", " ")


def baseline(name: str) -> str:
    """Return a baseline's name for a reader."""
    return BASELINES.get(name, name)


def meaning(card: ModelCard) -> str:
    """Return what the score means, in one or two sentences."""
    score = card.score
    definition = metric_named(card.metric)
    sentence = (definition and definition.sentence) or "{title} is {value} ({low} to {high} with 95 % confidence)."
    return sentence.format(
        title=metric(card.metric),
        value=number(score.value),
        low=number(score.low),
        high=number(score.high),
        percent=f"{score.value * 100:.0f}",
        percent_low=f"{score.low * 100:.0f}",
        percent_high=f"{score.high * 100:.0f}",
    )


def best_baseline(card: ModelCard) -> tuple[str, Score] | None:
    """Return the best trivial baseline, by name and score; None if there is none."""
    if not card.baselines:
        return None
    sign = 1 if card.greater_is_better else -1
    name = max(card.baselines, key=lambda each: sign * card.baselines[each].value)
    return name, card.baselines[name]


def advantage(card: ModelCard) -> str:
    """Return a comparison with the best trivial baseline, in one sentence; empty if there is none."""
    best = best_baseline(card)
    if best is None:
        return ""
    name, score = best
    alternative = baseline(name)[0].lower() + baseline(name)[1:]
    if card.greater_is_better:
        return f"The best simple alternative, {alternative}, reaches {number(score.value)}."
    if score.value <= 0:
        return f"The best simple alternative, {alternative}, has {number(score.value)}."
    less = (1 - card.score.value / score.value) * 100
    change = f"{less:.0f} % less" if less >= 0 else f"{-less:.0f} % more"
    return f"That is {change} than the best simple alternative, {alternative} ({number(score.value)})."


def optimism(card: ModelCard) -> str:
    """Return what a careless split would have promised; empty if it was not measured."""
    if card.random_score is None:
        return ""
    gap = (card.random_score.value - card.score.value) * (1 if card.greater_is_better else -1)
    promised = f"A careless random split would have promised {number(card.random_score.value)}"
    if gap <= max(card.score.high - card.score.low, 0) / 2:
        return f"{promised}: hardly different, so this score does not depend on how it was tested."
    return f"{promised}, which is {number(abs(gap))} too good to be true. The score above is the realistic one."


def split(card: ModelCard) -> str:
    """Return how test rows were separated, in one or two sentences."""
    kind, _, reason = card.split.partition(":")
    words = {
        "time": "It was tested on the latest rows.",
        "group": "Rows that belong together were kept together.",
        "stratified": "It was tested on rows drawn at random.",
    }
    reason = reason.strip()
    ending = "" if not reason or reason.endswith(".") else "."
    return f"{words.get(kind, kind.capitalize() + '.')} {reason[:1].upper()}{reason[1:]}{ending}".strip()


def price(dollars: float) -> str:
    """Return US dollars to the cent, or `less than one cent`."""
    return f"${dollars:,.2f}" if dollars >= 0.01 else "less than one cent"  # noqa: PLR2004


def duration(seconds: float) -> str:
    """Return a readable duration of seconds."""
    if seconds < 0.1:  # noqa: PLR2004
        return "under 0.1 s"
    if seconds < 60:  # noqa: PLR2004
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"
