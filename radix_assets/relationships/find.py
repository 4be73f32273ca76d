"""The schema of a set of tables: keys and relationships, chosen together."""

from collections.abc import Mapping
from pathlib import Path

from radix_assets.profiles.model import TableProfile
from radix_assets.relationships.foreign_keys import Link, links
from radix_assets.relationships.keys import find_keys
from radix_assets.relationships.model import PrimaryKey, Relationship, Schema
from radix_assets.relationships.names import bare_names, is_named_after
from radix_assets.relationships.values import Containment, Values
from radix_assets.relationships.words import stems

COMPOSITE_COVERAGE = 0.9
"""Share of a child's rows that must find their parent over several columns."""


def find_schema(tables: Mapping[str, Path], profiles: Mapping[str, TableProfile]) -> Schema:
    """Primary and foreign keys of tables, given as raw snapshot directories, from names, profiles and values.

    A parent's columns must be unique. Some of a child's rows may find no parent: the better the names agree, the more;
    with the same name half are enough, or one in twenty where most parents are used. A child's column points to one
    parent. Same input, same result.
    """
    profiles = {name: profiles[name] for name in tables}
    values = Values(dict(tables))
    keys = find_keys(profiles, values)
    by_table = {key.table: key.columns for key in keys}
    chosen = _choose(list(links(profiles, values, by_table)), profiles)
    relationships = [_relationship(link, profiles) for link in chosen]
    relationships += _composites(profiles, values, keys)
    order = {name: place for place, name in enumerate(profiles)}
    relationships.sort(key=lambda item: (order[item.child], order[item.parent], item.child_columns))
    return Schema(primary_keys=keys, relationships=relationships)


def _choose(found: list[Link], profiles: Mapping[str, TableProfile]) -> list[Link]:
    """One parent for each child column, and one direction for each pair of columns."""
    incoming: dict[tuple[str, str], int] = {}
    for link in found:
        incoming[link.parent, link.key] = incoming.get((link.parent, link.key), 0) + 1
    pairs = {(link.child, link.column, link.parent, link.key): link for link in found}
    kept = [link for link in found if not _backwards(link, pairs, incoming, profiles)]
    extends = {(link.child, link.column): (link.parent, link.key) for link in kept if _one_to_one(link, profiles)}
    best: dict[tuple[str, str], tuple[tuple[float, ...], Link]] = {}
    for link in kept:
        # Of two parents that share a key, the one that the other extends.
        root = 0.0 if (link.parent, link.key) in extends else 1.0
        rank = (round(link.score, 3), root, float(incoming[link.parent, link.key]), float(profiles[link.parent].rows))
        held = best.get((link.child, link.column))
        if held is None or rank > held[0]:
            best[link.child, link.column] = (rank, link)
    return [link for _, link in best.values()]


def _backwards(
    link: Link,
    pairs: Mapping[tuple[str, str, str, str], Link],
    incoming: Mapping[tuple[str, str], int],
    profiles: Mapping[str, TableProfile],
) -> bool:
    """Whether the opposite direction of two unique columns is the better one."""
    opposite = pairs.get((link.parent, link.key, link.child, link.column))
    if opposite is None:
        return False

    def claim(way: Link) -> tuple[float, ...]:
        return (
            float(is_named_after(way.key, way.parent)) - float(is_named_after(way.column, way.child)),
            round(way.found.rows, 2) if way.found else 0.0,
            round(way.name, 2),
            float(incoming[way.parent, way.key]),
            float(profiles[way.parent].rows),
        )

    mine, other = claim(link), claim(opposite)
    tables = list(profiles)
    return mine < other or (mine == other and tables.index(link.parent) > tables.index(link.child))


def _one_to_one(link: Link, profiles: Mapping[str, TableProfile]) -> bool:
    column = profiles[link.child].columns[link.column]
    return column.rows > 0 and column.distinct == column.present


def _relationship(link: Link, profiles: Mapping[str, TableProfile]) -> Relationship:
    child = profiles[link.child].columns[link.column]
    why = [link.reason] if link.reason else ["names differ"]
    if link.found is None:
        why.append("by name alone: a table has no rows")
    else:
        why.append(_coverage(link.found, child.present))
        if link.bits >= 10:  # noqa: PLR2004 one in a thousand
            why.append("not by chance")
    return Relationship(
        child=link.child,
        child_columns=[link.column],
        parent=link.parent,
        parent_columns=[link.key],
        cardinality="one_to_one" if _one_to_one(link, profiles) else "many_to_one",
        coverage=round(link.found.rows, 4) if link.found else 0.0,
        confidence=link.confidence,
        evidence="; ".join(why),
    )


def _composites(profiles: Mapping[str, TableProfile], values: Values, keys: list[PrimaryKey]) -> list[Relationship]:
    """Links over several columns: the child has all columns of a parent's composite key, by name."""
    found = []
    bare = {table: bare_names(list(profile.columns)) for table, profile in profiles.items()}
    for key in keys:
        if len(key.columns) < 2 or not profiles[key.table].rows:  # noqa: PLR2004 one column is no composite
            continue
        for child, profile in profiles.items():
            same = {"".join(stems(plain)): name for name, plain in bare[child].items()}
            columns = [same.get("".join(stems(bare[key.table][name]))) for name in key.columns]
            names = [name for name in columns if name is not None]
            if child == key.table or len(names) < len(columns) or not profile.rows:
                continue
            if any(
                not _comparable(profile.columns[name].dtype, profiles[key.table].columns[other].dtype)
                for name, other in zip(names, key.columns, strict=True)
            ):
                continue
            share = values.containment((child, tuple(names)), (key.table, tuple(key.columns)))
            if share.rows < COMPOSITE_COVERAGE:
                continue
            counts = values.counts(child, tuple(names))
            single = counts.height == counts["n"].sum()
            found.append(
                Relationship(
                    child=child,
                    child_columns=names,
                    parent=key.table,
                    parent_columns=key.columns,
                    cardinality="one_to_one" if single else "many_to_one",
                    coverage=round(share.rows, 4),
                    confidence=round(min(0.95, 0.9 * key.confidence + 0.15) * share.rows, 2),
                    evidence=f"same names as the key of {key.table}; {_coverage(share, int(counts['n'].sum()))}",
                )
            )
    return _one_way(found, profiles)


def _comparable(one: str, other: str) -> bool:
    return one == other or {one, other} <= {"integer", "float"}


def _one_way(found: list[Relationship], profiles: Mapping[str, TableProfile]) -> list[Relationship]:
    """Of two tables that share a composite key, the smaller points to the larger."""
    tables = list(profiles)

    def rank(table: str) -> tuple[int, int]:
        return (profiles[table].rows, -tables.index(table))

    both = {(item.child, item.parent) for item in found}
    return [item for item in found if (item.parent, item.child) not in both or rank(item.child) < rank(item.parent)]


def _coverage(found: Containment, rows: int) -> str:
    share = f"{found.rows:.1%}".replace(".0%", "%").replace("%", " %")
    return f"{share} of {rows:,} rows find their parent"
