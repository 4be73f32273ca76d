"""Numeric evidence for and against one column referencing another."""

import math
from dataclasses import dataclass, field

import numpy as np

from radix_assets.relationships.distinct import Overlap
from radix_assets.relationships.facts import Fact
from radix_assets.relationships.names import is_attribute, is_count, is_generic, is_key_like, is_named_after

CERTAIN_BITS = 20.0
"""Improbability of a chance containment, in bits, at which values need no support by names."""


@dataclass(frozen=True)
class Pair:
    """A child's column and a parent's whose values were compared, and the result."""

    child: Fact
    parent: Fact
    name: float
    """The name score, from 0 to 1."""
    reason: str
    bits: float
    """Improbability of a chance containment, in bits."""
    rows: float
    """Share of the child's non-null rows that find their parent."""
    distinct: float
    """Share of the child's distinct values that are in the parent."""
    seen: dict[str, float] = field(default_factory=dict, hash=False, compare=False)
    """The evidence, by name."""

    @property
    def meaningful(self) -> bool:
        """Whether both names are meaningful."""
        return self.child.meaningful and (self.parent.meaningful or self.name > 0)

    @property
    def one_to_one(self) -> bool:
        """Whether no value of the child repeats."""
        return self.child.column.distinct == self.child.column.present > 0


def improbability(child: Fact, parent: Fact) -> float:
    """Return how improbable it is, in bits, that the child's distinct values are among the parent's by chance.

    0 for running numbers: any small integer is among them. Large for codes, names and sparse numbers.
    """
    if child.kind != parent.kind:
        return 0.0
    if child.kind == "integer":
        universe = math.log2(max(1.0, parent.high - parent.low + 1))
    else:
        universe = min(40.0, math.log2(26) * (parent.column.length_mean or 10))
    return float(child.column.distinct * max(0.0, universe - math.log2(max(1, parent.column.distinct))))


def low_end(child: Fact, parent: Fact) -> float:
    """Return minus the log of the chance that values drawn from the parent's lie this near its low end.

    Counts and ratings lie at the low end of running numbers; references are spread over all of them.
    """
    if child.kind != "integer" or parent.high <= parent.low:
        return 0.0
    reach = (min(child.high, parent.high) - parent.low + 1) / (parent.high - parent.low + 1)
    return -child.column.distinct * math.log(min(1.0, max(1e-9, reach)))


def look(child: Fact, parent: Fact, name: tuple[float, str], over: Overlap, own: float, key: float) -> Pair:
    """Return the evidence of one pair. `own`: how likely the child's column is its table's key; `key`: the parent's."""
    bits = improbability(child, parent)
    seen = _values(child, parent, over) | _shape(child, parent, over, bits) | _roles(child, parent, own, key)
    pair = Pair(child, parent, name[0], name[1], bits, over.rows, over.distinct, seen)
    seen |= _names(pair)
    return pair


def _values(child: Fact, parent: Fact, over: Overlap) -> dict[str, float]:
    rows, size = child.column.present, parent.column.distinct
    used = min(1.0, over.distinct * child.column.distinct / size)
    expected = max(1e-9, 1 - math.exp(-rows / size))
    missing = 1 - over.rows
    return {
        "orphans": min(1.0, missing),
        "any orphans": float(missing > 0),
        "many orphans": float(missing > 0.1),  # noqa: PLR2004
        "distinct orphans": 1 - over.distinct,
        "used": used,
        "all used": float(used > 0.999),  # noqa: PLR2004
        "used of expected": min(1.0, used / expected),
        "few values": 1 / child.column.distinct,
        "values": min(1.0, math.log10(child.column.distinct) / 4),
        "parent rows": min(1.0, math.log10(size) / 4),
        "tiny parent": float(size <= 5),  # noqa: PLR2004
        "rows per parent": max(-1.0, min(1.0, math.log10(rows / size) / 3)),
        "fewer rows": float(rows < size),
    }


def _shape(child: Fact, parent: Fact, over: Overlap, bits: float) -> dict[str, float]:
    """Return how the child's values lie in the parent's range."""
    whole = child.kind == parent.kind == "integer"
    running = whole and parent.high - parent.low + 1 <= 1.05 * parent.column.distinct
    far = even = even_rows = tops = bottoms = 0.0
    if whole:
        far = min(1.0, low_end(child, parent) / 20)
        if len(over.ranks):
            # The first and the last of the parent's values are used.
            tops = float(over.ranks[-1] > 1 - 0.75 / parent.column.distinct)
            bottoms = float(over.ranks[0] < 0.75 / parent.column.distinct)
            places = np.arange(1, len(over.ranks) + 1) / len(over.ranks)
            even = float(np.abs(over.ranks - places + 0.5 / len(over.ranks)).max())
            rows = np.cumsum(over.weights) / over.weights.sum()
            even_rows = float(np.abs(over.ranks - rows).max())
    return {
        "bits": min(1.0, bits / CERTAIN_BITS),
        "some bits": min(1.0, bits / 4),
        "text": float(not whole),
        "running": float(running),
        "low end": far,
        "low end surely": float(far > 0.25),  # noqa: PLR2004 one in 150
        "uneven": even * (1 - min(1.0, 2 / child.column.distinct)),
        "uneven surely": min(1.0, even * math.sqrt(len(over.ranks)) / 4) if whole else 0.0,
        "uneven rows": even_rows,
        "same top": tops,
        "same range": tops * bottoms,
        "running no top": float(running) * (1 - tops),
        "counts from 0": float(whole and child.low == 0 and parent.low != 0),
    }


def _roles(child: Fact, parent: Fact, own: float, key: float) -> dict[str, float]:
    unique = child.column.distinct == child.column.present
    return {
        "parent is key": key,
        "parent first": float(parent.place == 0),
        "parent place": min(1.0, parent.place / 8),
        "parent text long": min(1.0, (parent.column.length_mean or 0) / 40),
        "child is key": own,
        "child unique": float(unique),
        "child first": float(child.place == 0),
        "child place": min(1.0, child.place / 12),
        "sorted": float(child.column.monotonic and not unique),
        "empty cells": float(child.column.nulls > 0),
        "itself": float(child.table == parent.table),
        "point": float(child.column.dtype == "float"),
    }


def _names(pair: Pair) -> dict[str, float]:
    if not pair.meaningful:
        return {}
    child, parent = pair.child, pair.parent
    attribute = is_attribute(child.name) or is_count(child.name)
    return {
        "name": pair.name,
        "same name": float(pair.name == 1),
        "name surely": float(pair.name >= 0.8),  # noqa: PLR2004 the steps of name_score
        "name hints": float(0.5 <= pair.name < 0.8),  # noqa: PLR2004 same
        "no name": float(pair.name < 0.5),  # noqa: PLR2004 same
        "child announces": float(is_key_like(child.name)),
        "child names its table": float(is_named_after(child.name, child.table)),
        "parent names its table": float(is_named_after(parent.name, parent.table)),
        "parent announces": float(is_key_like(parent.name)),
        "attribute": float(attribute),
        "generic": float(is_generic(child.name)),
        "unannounced": float(pair.name < 0.5 and not is_key_like(child.name)),  # noqa: PLR2004 same
        "unannounced without bits": (pair.name < 0.5 and not is_key_like(child.name))  # noqa: PLR2004 same
        * (1 - min(1.0, pair.bits / CERTAIN_BITS)),
        "name without bits": pair.name * (1 - min(1.0, pair.bits / CERTAIN_BITS)),
        "bits without name": (pair.name < 0.5) * min(1.0, pair.bits / CERTAIN_BITS),  # noqa: PLR2004 same
    }
