"""Columns that name the same groups in two tables and are unique in neither."""

from collections.abc import Mapping, Sequence

from radix_assets.relationships.candidates import named
from radix_assets.relationships.describe import coverage
from radix_assets.relationships.facts import Fact, could_point
from radix_assets.relationships.names import is_key_like, is_sequence
from radix_assets.relationships.schema import GroupKey, PrimaryKey, Relationship
from radix_assets.relationships.values import Values

LEAST = 0.9
"""Share of the child's rows that must be found."""
MOST = 50
"""Group keys that are recorded."""


def group_keys(
    facts: Mapping[str, list[Fact]], keys: Sequence[PrimaryKey], links: Sequence[Relationship], values: Values
) -> list[GroupKey]:
    """Return like-named identifier columns, where one is part of a composite key and references nothing."""
    pointing = {(link.child, name) for link in links for name in link.child_columns}
    parents = [
        fact
        for key in keys
        if len(key.columns) > 1
        for fact in facts[key.table]
        if fact.name in key.columns
        and fact.at not in pointing
        and could_point(fact)
        and not fact.unique
        and fact.meaningful
        and is_key_like(fact.name)
        and not is_sequence(fact.name)
    ]
    groups = []
    for columns in facts.values():
        for child in columns:
            if child.at in pointing or not could_point(child) or child.unique:
                continue
            for parent in parents:
                if parent.table == child.table or parent.kind != child.kind or named(child, parent)[0] < 1:
                    continue
                sides = (*child.at, child.column.distinct), (*parent.at, parent.column.distinct)
                over = values.overlap(*sides, child.kind, LEAST)
                if over is not None and (child in parents) * (over.distinct < 1) == 0:
                    groups.append(
                        GroupKey(
                            child=child.table,
                            child_column=child.name,
                            parent=parent.table,
                            parent_column=parent.name,
                            coverage=round(over.rows, 4),
                            evidence=f"same name; {coverage(over.rows, child.column.present)}; many rows on both sides",
                        )
                    )
                    break
    return groups[:MOST]
