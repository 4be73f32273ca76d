"""Relationships of tables without rows: by name alone."""

from collections.abc import Mapping

from radix_assets.relationships.candidates import named
from radix_assets.relationships.facts import Fact
from radix_assets.relationships.schema import Relationship


def links_by_name(facts: Mapping[str, list[Fact]], keys: Mapping[str, list[str]]) -> list[Relationship]:
    """Return columns with exactly the name of another table's key, where one of the two tables is empty."""
    links = []
    parents = [
        fact for table, columns in facts.items() for fact in columns if keys.get(table) == [fact.name] and fact.kind
    ]
    for columns in facts.values():
        for child in columns:
            options = [
                parent
                for parent in parents
                if parent.table != child.table and 0 in {child.column.rows, parent.column.rows} and child.kind
            ]
            best = next((parent for parent in options if named(child, parent)[0] == 1), None)
            if best is None or keys.get(child.table) == [child.name]:
                continue
            links.append(
                Relationship(
                    child=child.table,
                    child_columns=[child.name],
                    parent=best.table,
                    parent_columns=[best.name],
                    coverage=0.0,
                    confidence=0.5,
                    evidence=f"{named(child, best)[1]}; by name alone: a table has no rows",
                )
            )
    return links
