"""What the sources themselves declare, such as the constraints of a database, stands above what values suggest."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from radix_assets.profiles.schema import TableProfile
from radix_assets.relationships.describe import coverage
from radix_assets.relationships.schema import Cardinality, PrimaryKey, Relationship, Schema
from radix_assets.relationships.values import Values
from radix_assets.sources.schema import SCHEMA_FILE, Declared, ForeignKey, read_schema

DECLARED = 1.0
"""The confidence of a declared key."""


def declared_in(tables: Mapping[str, Path]) -> dict[str, Declared]:
    """Return what the source of each raw snapshot declares; nothing for a directory without a schema."""
    return {
        table: read_schema(path).declared if (path / SCHEMA_FILE).exists() else Declared()
        for table, path in tables.items()
    }


def with_declared(
    schema: Schema, declared: Mapping[str, Declared], profiles: Mapping[str, TableProfile], values: Values
) -> Schema:
    """Return the schema with the declared keys and foreign keys, and without what contradicts them.

    A column that is declared to reference one table references no other. Where any foreign key is declared, a declared
    primary key references nothing that it is not declared to reference.
    """
    declared = {table: _known(facts, table, profiles) for table, facts in declared.items()}
    keys = {key.table: key for key in schema.primary_keys}
    keys |= {
        table: _key(table, facts.primary_key, profiles[table]) for table, facts in declared.items() if facts.primary_key
    }
    links = [(table, link) for table, facts in declared.items() for link in facts.foreign_keys]
    if not links:
        return schema.model_copy(update={"primary_keys": [keys[table] for table in profiles if table in keys]})
    stated = {_sides(table, link.columns, link.parent, link.parent_columns) for table, link in links}
    taken = {(table, frozenset(link.columns)) for table, link in links}
    taken |= {(table, frozenset(facts.primary_key)) for table, facts in declared.items() if facts.primary_key}
    backwards = {(parent, child, frozenset((b, a) for a, b in pairs)) for child, parent, pairs in stated}
    relationships = [
        link
        for link in schema.relationships
        if (link.child, frozenset(link.child_columns)) not in taken
        and _sides(link.child, link.child_columns, link.parent, link.parent_columns) not in backwards
    ]
    relationships += [_relationship(table, link, declared[table], profiles, values) for table, link in links]
    groups = [
        group
        for group in schema.group_keys
        if not {
            _sides(group.child, [group.child_column], group.parent, [group.parent_column]),
            _sides(group.parent, [group.parent_column], group.child, [group.child_column]),
        }
        & stated
    ]
    order = {name: place for place, name in enumerate(profiles)}
    relationships.sort(key=lambda item: (order[item.child], order[item.parent], item.child_columns))
    return schema.model_copy(
        update={
            "primary_keys": [keys[table] for table in profiles if table in keys],
            "relationships": relationships,
            "group_keys": groups,
        }
    )


def _known(declared: Declared, table: str, profiles: Mapping[str, TableProfile]) -> Declared:
    """Return only what is about tables and columns that were read; a column may have been left out."""

    def has(name: str, columns: Iterable[str]) -> bool:
        return name in profiles and set(columns) <= set(profiles[name].columns)

    links = [
        link
        for link in declared.foreign_keys
        if has(table, link.columns) and has(link.parent, link.parent_columns) and link.columns
    ]
    key = declared.primary_key if has(table, declared.primary_key) else []
    return declared.model_copy(update={"primary_key": key, "foreign_keys": links})


def _key(table: str, columns: list[str], profile: TableProfile) -> PrimaryKey:
    evidence = f"{profile.rows:,} rows; declared as the primary key by the source"
    return PrimaryKey(table=table, columns=columns, confidence=DECLARED, evidence=evidence)


def _relationship(
    table: str, link: ForeignKey, declared: Declared, profiles: Mapping[str, TableProfile], values: Values
) -> Relationship:
    rows = profiles[table].rows
    present = min(profiles[table].columns[name].present for name in link.columns)
    share = 1.0
    if rows and present:
        sides = (table, tuple(link.columns)), (link.parent, tuple(link.parent_columns))
        share = values.containment(*sides).rows
    unique = [set(columns) for columns in (declared.primary_key, *declared.unique)]
    cardinality: Cardinality = "one_to_one" if set(link.columns) in unique else "many_to_one"
    why = "declared as a foreign key by the source"
    return Relationship(
        child=table,
        child_columns=link.columns,
        parent=link.parent,
        parent_columns=link.parent_columns,
        cardinality=cardinality,
        coverage=round(share, 4),
        confidence=DECLARED,
        evidence=f"{why}; {coverage(share, present)}" if present else why,
    )


_Sides = tuple[str, str, frozenset[tuple[str, str]]]


def _sides(child: str, columns: list[str], parent: str, parent_columns: list[str]) -> _Sides:
    return child, parent, frozenset(zip(columns, parent_columns, strict=False))
