"""Describe the relationships and near misses in words a user can check; never a value of a column."""

from collections.abc import Sequence

from radix_assets.relationships.candidates import RuledOut
from radix_assets.relationships.choose import Verdict
from radix_assets.relationships.evidence import CERTAIN_BITS, Pair
from radix_assets.relationships.schema import Alternative, NearMiss, Probes, Relationship
from radix_assets.relationships.values import Values

SHOWN = 40
"""Near misses that are recorded."""


def relationship_of(verdict: Verdict, values: Values) -> Relationship:
    """Return an accepted pair as a relationship, with its coverage over all rows."""
    pair = verdict.pair
    rows = values.coverage(pair.child.at, pair.parent.at, pair.parent.kind, pair.rows)
    return Relationship(
        child=pair.child.table,
        child_columns=[pair.child.name],
        parent=pair.parent.table,
        parent_columns=[pair.parent.name],
        cardinality="one_to_one" if pair.one_to_one else "many_to_one",
        coverage=round(rows, 4),
        confidence=round(min(0.99, verdict.probability), 2),
        evidence=evidence_of(pair, rows),
    )


def alternative_of(verdict: Verdict, main: Verdict, values: Values) -> Alternative:
    """Return a link that repeats another, with the name of that one."""
    link, main_link = relationship_of(verdict, values), relationship_of(main, values)
    text = f"finds the same rows as {main_link.name}: another way to join, no second relationship; {link.evidence}"
    return Alternative(**link.model_dump(exclude={"evidence"}), evidence=text, repeats=main_link.name)


def evidence_of(pair: Pair, rows: float) -> str:
    """Return why a pair is accepted."""
    why = [
        pair.reason or ("names differ" if pair.meaningful else "names say nothing"),
        coverage(rows, pair.child.column.present),
    ]
    if pair.bits >= CERTAIN_BITS / 2:
        why.append("not by chance")
    used = pair.seen.get("used", 0.0)
    why.append(f"{_percent(used)} of the values of {pair.parent.table}.{pair.parent.name} are used")
    if pair.seen.get("same range"):
        why.append("same smallest and largest value")
    if pair.seen.get("parent is key"):
        why.append("its primary key")
    return "; ".join(why)


def coverage(share: float, rows: int) -> str:
    """Return how many of a child's rows find their parent, in words."""
    return f"{_percent(share)} of {rows:,} rows find their parent"


def _percent(share: float) -> str:
    # Nearly all is never shown as all.
    shown = 0.999 if 0.999 <= share < 1 else share  # noqa: PLR2004 one decimal
    return f"{shown:.1%}".replace(".0%", "%").replace("%", " %")


def probes_of(verdicts: Sequence[Verdict], ruled: RuledOut) -> Probes:
    """Return the record of the search."""
    missed = sorted((v for v in verdicts if v.refused), key=lambda v: -round(v.probability, 4))
    return Probes(
        considered=ruled.considered,
        compared=len(verdicts),
        believed=sum(not v.refused for v in verdicts),
        ruled_out={reason: count for reason, count in ruled.counts.items() if count},
        near=[
            NearMiss(
                child=v.pair.child.table,
                child_column=v.pair.child.name,
                parent=v.pair.parent.table,
                parent_column=v.pair.parent.name,
                coverage=round(v.pair.rows, 4),
                probability=round(v.probability, 2),
                reason=_why_not(v),
            )
            for v in missed[:SHOWN]
        ],
    )


def _why_not(verdict: Verdict) -> str:
    pair, seen = verdict.pair, verdict.pair.seen
    against = [
        (seen.get("no name", 0) > 0, "names differ"),
        (seen["any orphans"] > 0, f"{_percent(1 - pair.rows)} of the rows find no parent"),
        (seen["low end"] > 0.3, "values lie at the low end of the parent's range"),  # noqa: PLR2004 half way
        (seen["used"] < 0.2, f"only {_percent(seen['used'])} of the parent's values are used"),  # noqa: PLR2004
        (not seen["parent is key"], "the parent's column is not its key"),
        (seen["child is key"] > 0, "the child's column is its own table's key"),
        (seen["bits"] < 0.2, "may be by chance"),  # noqa: PLR2004 four bits
    ]
    return "; ".join([verdict.refused, *[text for holds, text in against if holds][:3]])
