"""Choose the pairs of columns to compare, from profiles and names alone, and record why the others are ruled out."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from radix_assets.relationships.evidence import CERTAIN_BITS, improbability
from radix_assets.relationships.facts import Fact, could_be_parent, could_point
from radix_assets.relationships.name_scores import name_score
from radix_assets.relationships.names import is_attribute, is_count, is_generic, is_key_like, is_named_after

STRONG = 0.8
HINT = 0.5
"""Name scores from which coverage may be less than complete."""
BROKEN = 0.05
"""Share of a child's rows that may be orphans when its values are counted."""
UNLIKELY = 25.0
"""See `low_end`: beyond this, numbers lie too near the low end of the parent's to be references."""

Mask = npt.NDArray[np.bool_]


@dataclass
class RuledOut:
    """The numbers of pairs that were ruled out, by reason, in the order of the tests."""

    considered: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, reason: str, mask: Mask) -> None:
        """Count the pairs of a mask for one reason."""
        self.counts[reason] += int(mask.sum())


REPEATS, TYPE, EMPTY = "the parent's values repeat", "types differ or identify nothing", "no values"
COUNT, RANGE, LENGTH = "more values than the parent", "outside the parent's range", "texts of other lengths"
LOW_END, NAME = "only at the low end of the parent's range", "names say otherwise"


class Children:
    """The columns of all tables, as arrays."""

    def __init__(self, facts: Mapping[str, list[Fact]], numbers: frozenset[tuple[str, str]]) -> None:
        self.facts = [fact for columns in facts.values() for fact in columns]
        self.able: Mask = np.array([could_point(fact) and fact.at not in numbers for fact in self.facts], dtype=bool)
        self.kind = np.array([fact.kind for fact in self.facts], dtype=object)
        self.distinct = np.array([fact.column.distinct for fact in self.facts], dtype=float)
        self.low = np.array([_low(fact, "0.05") for fact in self.facts])
        self.high = np.array([_high(fact, "0.95") for fact in self.facts])
        self.top = np.array([_high(fact, "1") for fact in self.facts])
        self.short = np.array([fact.column.length_min or 0 for fact in self.facts], dtype=float)
        self.long = np.array([fact.column.length_max or 0 for fact in self.facts], dtype=float)
        self.rows = np.array([fact.column.present for fact in self.facts], dtype=float)
        self.present = np.array([fact.column.present > 0 for fact in self.facts], dtype=bool)


def _low(fact: Fact, quantile: str) -> float:
    if fact.kind != "integer" or not fact.column.present:
        return 0.0
    return float(fact.column.quantiles.get(quantile, fact.low))


def _high(fact: Fact, quantile: str) -> float:
    if fact.kind != "integer" or not fact.column.present:
        return 0.0
    return float(fact.column.quantiles.get(quantile, fact.high))


def candidates(
    facts: Mapping[str, list[Fact]],
    keys: Mapping[str, list[str]],
    ruled: RuledOut,
    numbers: frozenset[tuple[str, str]] = frozenset(),
) -> Iterator[tuple[Fact, Fact, tuple[float, str]]]:
    """Return the pairs to compare with their name scores, in a fixed order; count the others in `ruled`.

    `numbers`: columns that only number the rows.
    """
    children = Children(facts, numbers)
    total = len(children.facts)
    for parent in children.facts:
        ruled.considered += total - 1
        # A key that repeats a few values, or is empty in a few rows, is still what others point to.
        flawed = keys.get(parent.table) == [parent.name] and could_point(parent)
        if not (could_be_parent(parent) or flawed) or parent.at in numbers:
            ruled.counts[_no_parent(parent)] += total - 1
            continue
        others = np.array([fact is not parent for fact in children.facts], dtype=bool)
        fits = _fitting(children, parent, others, ruled)
        for place in np.flatnonzero(fits.any):
            child = children.facts[place]
            name = named(child, parent)
            reason = fits.reason(int(place))
            if reason and name[0] < STRONG:
                ruled.counts[reason] += 1
            elif _ruled_out_by_names(child, parent, name[0], primary=keys.get(parent.table) == [parent.name]):
                ruled.counts[NAME] += 1
            else:
                yield child, parent, name


def _no_parent(fact: Fact) -> str:
    if not fact.column.present:
        return EMPTY
    return TYPE if fact.unique else REPEATS


def named(child: Fact, parent: Fact) -> tuple[float, str]:
    """Return the name score, from 0 to 1, and its reason; 0 for names that are mere numbers."""
    if not child.meaningful or (not parent.meaningful and child.table == parent.table):
        return 0.0, ""
    score, reason = name_score(child.owner, child.bare, parent.owner, parent.bare, people=parent.people)
    return (score, reason) if parent.meaningful or "names the table" in reason else (0.0, "")


@dataclass(frozen=True)
class Fits:
    """Which children fit a parent by type, and which of them are ruled out unless names are strong."""

    any: Mask
    reasons: list[tuple[str, Mask]]

    def reason(self, place: int) -> str:
        """Return the first reason that rules a child out; empty if none does."""
        return next((reason for reason, mask in self.reasons if mask[place]), "")


def _fitting(children: Children, parent: Fact, others: Mask, ruled: RuledOut) -> Fits:
    alike = children.kind == parent.kind
    ruled.add(EMPTY, others & ~children.present)
    rest = others & children.present
    ruled.add(TYPE, rest & ~(alike & children.able))
    rest &= alike & children.able
    size = parent.column.distinct
    # A few per cent of the rows may be orphans.
    reasons = [(COUNT, children.distinct > 1.05 * size + 1 + BROKEN * children.rows)]
    if parent.kind == "integer":
        reasons.append((RANGE, (children.low < parent.low) | (children.high > parent.high)))
        reach = (np.minimum(children.top, parent.high) - parent.low + 1) / (parent.high - parent.low + 1)
        odds = -children.distinct * np.log(np.clip(reach, 1e-9, 1))
        reasons.append((LOW_END, odds > UNLIKELY))
    elif parent.kind == "text":
        low, high = parent.column.length_min or 0, parent.column.length_max or 0
        reasons.append((LENGTH, (children.long < low) | (children.short > high)))
    return Fits(rest, reasons)


def _ruled_out_by_names(child: Fact, parent: Fact, name: float, *, primary: bool) -> bool:
    """Return whether names rule a pair out: self-references need a meaningful name, keys only point to namesakes."""
    if parent.kind == "day" and name < STRONG:
        return True
    if not child.meaningful or not parent.meaningful:
        return False
    if child.table == parent.table:
        return name < HINT and not is_key_like(child.name)
    if name < STRONG and child.unique and is_named_after(child.name, child.table):
        return True
    common = is_generic(child.name) and not is_key_like(child.name)
    if name < HINT and (common or is_count(child.name) or is_attribute(child.name)):
        return improbability(child, parent) < CERTAIN_BITS / 2
    return name < 1 and not primary and not is_key_like(parent.name)
