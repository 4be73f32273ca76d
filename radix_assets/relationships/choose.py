"""Accept or reject the compared pairs, for the whole schema at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from radix_assets.relationships.candidates import HINT, STRONG
from radix_assets.relationships.evidence import CERTAIN_BITS, Pair, low_end
from radix_assets.relationships.facts import silent_table
from radix_assets.relationships.name_scores import is_role_of_row
from radix_assets.relationships.names import core, is_generic, is_key_like, is_ordinal, is_sequence
from radix_assets.relationships.scoring import FITTED, Weights, alone, beside, chance

BELIEVED = 0.5
"""Probability from which a pair is accepted as a relationship."""
LEANING = 0.3
"""Probability from which it is accepted if names are strong or several parents together are likely."""
SURELY_ONE = 0.6
"""Sum of the probabilities of a child's parents from which it is assumed to have one."""
ALL_BUT = 0.97
"""Share of distinct values from which a column numbers the rows."""
NAMESAKE = 1.0
"""Name score of a column with the parent's own name."""
DENSE = 1.5
"""Possible whole numbers per distinct value up to which values are dense."""
SPARSE = 5
"""Further whole numbers that a few large counts may leave out."""
CROWDED = 5.0
"""See `low_end`: by chance, references would lie this near the first id once in 150 times."""
SMALL = 20
"""Distinct whole numbers that fit any table with ids from 1."""

Place = tuple[str, str]


@dataclass(frozen=True)
class Verdict:
    """The decision on one pair."""

    pair: Pair
    probability: float
    refused: str = ""
    """Why it is not a relationship; empty if it is one."""


def choose(pairs: Sequence[Pair], weights: Weights = FITTED) -> list[Verdict]:
    """Return the verdicts: one parent per child column, one direction per pair of columns, no cycle of keys.

    Pairs are decided by descending probability; one that contradicts a more likely one is rejected with the reason.
    """
    first = alone(pairs, weights)
    second = [chance(value) for value in beside(pairs, first, weights)]
    order = sorted(range(len(pairs)), key=lambda n: (-round(second[n], 6), -round(first[n], 6), n))
    together: dict[Place, float] = defaultdict(float)
    for pair, sure in zip(pairs, second, strict=True):
        together[pair.child.at] += sure
    parents: dict[Place, Pair] = {}
    verdicts: dict[int, Verdict] = {}
    for n in order:
        pair = pairs[n]
        # A child that certainly points to one of several points to the most likely.
        certain = BELIEVED if pair.name < STRONG and together[pair.child.at] < SURELY_ONE else LEANING
        refused = _refusal(pair, second[n] >= certain, parents)
        # Any count is contained in running numbers, so a meaningful name that does not suggest a reference decides.
        mute = pair.seen.get("unannounced without bits", 0.0) > 0.5  # noqa: PLR2004 half of certainty
        if not refused and mute and not silent_table(pair.parent.table):
            refused = "small whole numbers, and the name says nothing of a reference"
        if not refused:
            refused = _other_number(pair) or _count_within(pair)
        verdicts[n] = Verdict(pair, second[n], refused)
        if not verdicts[n].refused:
            parents[pair.child.at] = pair
    return [verdicts[n] for n in range(len(pairs))]


def _other_number(pair: Pair) -> str:
    """Return why a number of the rows is no reference: a second number of the same rows, or one within others."""
    child, column = pair.child, pair.child.column
    repeated = column.distinct < ALL_BUT * column.present
    if child.table == pair.parent.table and (child.unique or (pair.name < HINT and not repeated)):
        return "numbers the same rows again"
    if not child.meaningful or pair.name >= HINT or child.kind != "integer" or silent_table(pair.parent.table):
        return ""
    if pair.bits >= CERTAIN_BITS / 2 or child.bare.lower() == pair.parent.bare.lower():
        return ""
    if is_sequence(child.name) or is_ordinal(child.name):
        return "numbers rows within others"
    if column.distinct <= SMALL and core(child.name) and not is_generic(child.name):
        return "a few small whole numbers, and the name is that of something else"
    return ""


def _count_within(pair: Pair) -> str:
    """Return why small whole numbers are no reference, although the ids they fall into run from one to many.

    References spread over the ids. Numbers from 0 or 1 on, all of them near the first id, are counts, grades or flags,
    unless their name is that of an identifier or of the parent.
    """
    child, parent = pair.child, pair.parent
    if child.kind != "integer" or parent.kind != "integer" or not child.meaningful or silent_table(parent.table):
        return ""
    itself = child.table == parent.table
    named = is_role_of_row(child.bare, parent.bare) if itself else pair.name >= NAMESAKE
    if named or is_key_like(child.name):
        return ""
    dense = parent.high - parent.low + 1 <= DENSE * parent.column.distinct
    small = child.low in {0, 1} and child.high - child.low + 1 <= DENSE * child.column.distinct + SPARSE
    if dense and small and low_end(child, parent) >= CROWDED:
        return "small whole numbers near the first of many ids, as counts are"
    return ""


def _refusal(pair: Pair, likely: bool, parents: dict[Place, Pair]) -> str:  # noqa: FBT001 one flag
    current = parents.get(pair.child.at)
    if current is not None:
        return f"points to {current.parent.table}.{current.parent.name} instead"
    above: Place | None = pair.parent.at
    seen: set[Place] = set()
    while above is not None and above not in seen:
        if above == pair.child.at:
            return "the other way round" if len(seen) == 1 else "would close a circle of keys"
        seen.add(above)
        above = parents[above].parent.at if above in parents else None
    return "" if likely else "too little speaks for it"
