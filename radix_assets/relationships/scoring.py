"""The probability of each compared pair: on its own, and given the other pairs of the schema."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from radix_assets.relationships.evidence import Pair
from radix_assets.relationships.weights import WEIGHTS

Place = tuple[str, str]
FAR = 8.0
"""Log odds beyond which differences do not matter."""


@dataclass(frozen=True)
class Weights:
    """Weights of two logistic regressions, for pairs with meaningful names and without, by name of the evidence."""

    alone_meaningful: Mapping[str, float]
    alone_silent: Mapping[str, float]
    beside_meaningful: Mapping[str, float]
    beside_silent: Mapping[str, float]


FITTED = Weights(**WEIGHTS)


def odds(seen: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the log odds: the weighted sum of the evidence."""
    return weights.get("bias", 0.0) + math.fsum(value * weights.get(name, 0.0) for name, value in seen.items())


def chance(log_odds: float) -> float:
    """Return the probability for log odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def alone(pairs: Sequence[Pair], weights: Weights = FITTED) -> list[float]:
    """Return the log odds of each pair from its own evidence."""
    return [odds(pair.seen, weights.alone_meaningful if pair.meaningful else weights.alone_silent) for pair in pairs]


def beside(pairs: Sequence[Pair], first: Sequence[float], weights: Weights = FITTED) -> list[float]:
    """Return the log odds of each pair given the others, from those of each alone."""
    return [
        odds(seen, weights.beside_meaningful if pair.meaningful else weights.beside_silent)
        for pair, seen in zip(pairs, surroundings(pairs, first), strict=True)
    ]


def surroundings(pairs: Sequence[Pair], first: Sequence[float]) -> list[dict[str, float]]:
    """Return the evidence of the other pairs for each: rivals of the child, others of the parent, the reverse pair."""
    by_child: dict[Place, list[int]] = defaultdict(list)
    by_parent: dict[Place, list[int]] = defaultdict(list)
    by_tables: dict[tuple[str, str], list[int]] = defaultdict(list)
    at: dict[tuple[Place, Place], int] = {}
    touching: dict[str, list[int]] = defaultdict(list)
    for n, pair in enumerate(pairs):
        by_child[pair.child.at].append(n)
        by_parent[pair.parent.at].append(n)
        by_tables[pair.child.table, pair.parent.table].append(n)
        at[pair.child.at, pair.parent.at] = n
        touching[pair.child.table].append(n)
        if pair.parent.table != pair.child.table:
            touching[pair.parent.table].append(n)
    sure = [chance(value) for value in first]

    def best(places: Sequence[int], *but: int) -> float:
        return max((first[n] for n in places if n not in but), default=-FAR)

    evidence = []
    for n, pair in enumerate(pairs):
        mine = max(-FAR, min(FAR, first[n]))
        rivals = [m for m in by_child[pair.child.at] if m != n]
        beaten = [m for m in rivals if first[m] > first[n]]
        smaller = [m for m in rivals if pairs[m].parent.column.distinct < pair.parent.column.distinct]
        company = [m for m in by_parent[pair.parent.at] if pairs[m].child.table != pair.child.table]
        siblings = [m for m in by_tables[pair.child.table, pair.parent.table] if m != n]
        back = at.get((pair.parent.at, pair.child.at))
        at_parent = [m for m in touching[pair.parent.table] if m != n]
        at_child = [m for m in touching[pair.child.table] if m != n]
        likely = chance(first[n] + 1)
        lead = max(-FAR, min(FAR, mine - best(rivals)))
        # Parents of the same child that share a key: one is a part of the other.
        part_of = max((sure[m] for m in rivals if (pair.parent.at, pairs[m].parent.at) in at), default=0.0)
        whole_of = max((sure[m] for m in rivals if (pairs[m].parent.at, pair.parent.at) in at), default=0.0)
        evidence.append(
            {
                "alone": mine,
                "lead": lead if rivals else 0.0,
                "rivals": min(1.0, len(rivals) / 5),
                "beaten": float(bool(beaten)),
                "smallest of rivals": float(bool(rivals) and not smaller),
                "smaller rivals": min(1.0, len(smaller) / 3),
                "company": max(sure[m] for m in company) if company else 0.0,
                "no company": likely * (not company),
                "better sibling": max((sure[m] for m in siblings if first[m] > first[n]), default=0.0),
                "siblings": min(2.0, math.fsum(sure[m] for m in siblings)),
                "way back": sure[back] if back is not None else 0.0,
                "has way back": float(back is not None),
                "weaker than way back": float(back is not None and first[back] > first[n]),
                "part of rival": part_of,
                "whole of rival": whole_of,
                # That a table would be unconnected only supports pairs that are likely anyway.
                "alone at parent": likely * (1 - max((sure[m] for m in at_parent), default=0.0)),
                "alone at child": likely * (1 - max((sure[m] for m in at_child), default=0.0)),
            }
        )
    return evidence
