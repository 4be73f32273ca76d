"""The probability of each candidate to be the target: a conditional logit over the candidates of a project."""

import math
from collections.abc import Mapping, Sequence

from radix_assets.suggestions.weights import WEIGHTS


def score(features: Mapping[str, float], weights: Mapping[str, float] = WEIGHTS) -> float:
    """Return the score of a candidate: the weighted sum of its features."""
    return sum(weights.get(name, 0.0) * value for name, value in features.items())


def shares(scores: Sequence[float]) -> list[float]:
    """Return the probability of each candidate, given that one of them is the target."""
    if not scores:
        return []
    top = max(scores)
    each = [math.exp(value - top) for value in scores]
    return [value / sum(each) for value in each]
