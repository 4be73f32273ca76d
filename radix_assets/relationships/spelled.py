"""Links between keys that two tables spell differently: in capitals or small letters, padded with zeros or not."""

from collections.abc import Collection, Mapping

from radix_assets.relationships.candidates import HINT, named
from radix_assets.relationships.describe import coverage
from radix_assets.relationships.facts import Fact, could_point
from radix_assets.relationships.names import is_row_number
from radix_assets.relationships.schema import Relationship
from radix_assets.relationships.values import Values

LEAST = 0.9
"""Share of the child's rows that must find their parent once the spelling is ignored."""
FEWEST, MOST = 3, 2_000_000
"""Distinct values of a child that are compared."""
SHORT = 0.75
"""Name score that numbers spelled differently need."""
CODES = 5
"""Distinct texts of a child from which a hint of the names is enough."""
Place = tuple[str, str]


def spelled_links(
    facts: Mapping[str, list[Fact]], keys: Mapping[str, list[str]], taken: Collection[Place], values: Values
) -> list[Relationship]:
    """Return links to keys by agreeing names whose values agree only without capitals and leading zeros.

    `taken`: columns that reference something already.
    """
    parents = [
        fact
        for columns in facts.values()
        for fact in columns
        if fact.meaningful and fact.kind in {"text", "integer"} and keys.get(fact.table) == [fact.name]
    ]
    links = []
    for columns in facts.values():
        for child in columns:
            if child.at in taken or not child.meaningful or not could_point(child) or is_row_number(child.name):
                continue
            if not FEWEST <= child.column.distinct <= MOST or child.kind == "day":
                continue
            links += _best(child, parents, values)
    return links


def _best(child: Fact, parents: list[Fact], values: Values) -> list[Relationship]:
    options = [(named(child, parent), parent) for parent in parents if _may_differ(child, parent)]
    for (score, reason), parent in sorted(options, key=lambda option: -option[0][0]):
        # Codes of several letters that agree but for their spelling need less of a name than numbers do.
        if score < (HINT if child.kind == parent.kind == "text" and child.column.distinct >= CODES else SHORT):
            break
        share = values.folded_containment(child.at, parent.at)
        if share is not None and share.rows >= LEAST:
            covered = coverage(share.rows, child.column.present)
            unique = child.column.distinct == child.column.present
            return [
                Relationship(
                    child=child.table,
                    child_columns=[child.name],
                    parent=parent.table,
                    parent_columns=[parent.name],
                    cardinality="one_to_one" if unique else "many_to_one",
                    folded=True,
                    coverage=round(share.rows, 4),
                    confidence=round(0.95 * share.rows, 2),
                    evidence=f"{reason}; {covered} if capitals and leading zeros are ignored, as the two tables spell "
                    "their keys differently",
                )
            ]
    return []


def _may_differ(child: Fact, parent: Fact) -> bool:
    """Return whether spelling can keep two columns apart: one of them is text, and they are in different tables."""
    return child.table != parent.table and "text" in {child.kind, parent.kind}
