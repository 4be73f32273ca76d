"""Choose the relationships that can be used, without cycles."""

from collections.abc import Collection, Iterable
from dataclasses import replace

import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.asof.plan import Link
from radix_assets.features.describe import unique
from radix_assets.features.graph.schema import Table
from radix_assets.relationships.schema import Relationship

UNIQUE_ENOUGH = 0.9
"""Minimum share of distinct keys for the parent's columns to count as a key, despite repetitions."""


def usable_links(
    relationships: Iterable[Relationship],
    opened: dict[str, Table],
    forbidden: Collection[tuple[str, str]],
    target: str,
    dropped: dict[str, str],
) -> list[Link]:
    """Return the usable relationships. Those near the target come first, so that cycles are cut far from it."""
    candidates: list[Link] = []
    for relation in relationships:
        reason = _unusable(relation, opened, forbidden)
        if reason:
            dropped[relation.name] = reason
            continue
        link = Link(
            child=relation.child,
            child_columns=tuple(relation.child_columns),
            parent=relation.parent,
            parent_columns=tuple(relation.parent_columns),
            folded=relation.folded,
        )
        if link not in candidates:
            candidates.append(link)
    distance = _distances(target, candidates)
    chosen: list[Link] = []
    repeated: list[Link] = []
    for link in sorted(candidates, key=lambda link: distance.get(link.child, len(candidates))):
        cyclic = link.child in _above(link.parent, chosen)
        if not cyclic:
            chosen.append(link)
        elif link.child in distance:
            repeated.append(link)
    # a step back to a table on the path leads to a copy of its rows, and ends there
    for link in repeated:
        chosen.append(link.model_copy(update={"parent": _copy(link.parent, f"by {link.label}", opened)}))
        if link.child == link.parent:
            chosen.append(link.model_copy(update={"child": _copy(link.child, f"with this {link.label}", opened)}))
        else:
            dropped[f"{_name(link)}, further"] = "left out: it closes a circle of relationships, one step of it is made"
    return chosen


def _copy(table: str, words: str, opened: dict[str, Table]) -> str:
    """Add a copy of a table; return its name."""
    (name,) = unique([f"{table} ({words})"], opened)
    opened[name] = replace(opened[table], name=name, columns={}, places={}, values={})
    return name


def _unusable(relation: Relationship, opened: dict[str, Table], forbidden: Collection[tuple[str, str]]) -> str:
    child, parent = opened.get(relation.child), opened.get(relation.parent)
    if child is None or parent is None:
        return "left out: one of its tables is not in the data"
    columns = [(child, name) for name in relation.child_columns] + [(parent, name) for name in relation.parent_columns]
    missing = [name for table, name in columns if name not in table.schema]
    if missing or len(relation.child_columns) != len(relation.parent_columns) or not relation.child_columns:
        return f"left out: no such column: {', '.join(missing)}" if missing else "left out: its sides do not match"
    if any((table.name, name) in forbidden for table, name in columns):
        return "left out: it goes over the target or a column that leaks"
    keys = parent.scan().select(exactly(name) for name in relation.parent_columns).drop_nulls()
    rows, distinct = keys.select(rows=pl.len(), distinct=pl.struct(pl.all()).n_unique()).collect().row(0)
    if distinct < UNIQUE_ENOUGH * rows:
        return f"left out: the parent's columns are no key, only {distinct / rows:.0%} of its keys are distinct"
    return ""


def _distances(target: str, links: list[Link]) -> dict[str, int]:
    distance = {target: 0}
    queue = [target]
    for table in queue:
        for link in links:
            for here, there in ((link.child, link.parent), (link.parent, link.child)):
                if here == table and there not in distance:
                    distance[there] = distance[table] + 1
                    queue.append(there)
    return distance


def _above(table: str, links: list[Link]) -> set[str]:
    """Return the table and all its ancestors."""
    tables = {table}
    queue = [table]
    for name in queue:
        new = {link.parent for link in links if link.child == name} - tables
        tables |= new
        queue += sorted(new)
    return tables


def reached_tables(target: str, links: list[Link]) -> set[str]:
    """Return the tables that links connect with the target's table, itself included."""
    return set(_distances(target, links))


def mark_shared(links: list[Link]) -> list[Link]:
    """Mark the links that share their child and parent with another link, so that names tell them apart."""
    pairs = [(link.child, link.parent) for link in links]
    return [link.model_copy(update={"shared": pairs.count((link.child, link.parent)) > 1}) for link in links]


def _name(link: Link) -> str:
    return Relationship(
        child=link.child,
        child_columns=list(link.child_columns),
        parent=link.parent,
        parent_columns=list(link.parent_columns),
    ).name
