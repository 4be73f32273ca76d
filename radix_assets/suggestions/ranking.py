"""How likely each candidate is the target: a conditional logit over the candidates of a project."""

import math
from collections.abc import Mapping, Sequence

from radix_assets.suggestions.weights import WEIGHTS


def score(features: Mapping[str, float], weights: Mapping[str, float] = WEIGHTS) -> float:
    """What speaks for a candidate less what speaks against it."""
    return sum(weights.get(name, 0.0) * value for name, value in features.items())


def shares(scores: Sequence[float]) -> list[float]:
    """Of one that somebody wants to know, how likely it is each."""
    if not scores:
        return []
    top = max(scores)
    each = [math.exp(value - top) for value in scores]
    return [value / sum(each) for value in each]
