"""The schema of a set of tables: keys and relationships, chosen together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from radix_assets.profiles.schema import TableProfile
from radix_assets.relationships.alternatives import contradicted_links, repeated_links
from radix_assets.relationships.candidates import STRONG, RuledOut, candidates
from radix_assets.relationships.choose import Verdict, choose
from radix_assets.relationships.composites import composite_links
from radix_assets.relationships.declared import declared_in, with_declared
from radix_assets.relationships.describe import alternative_of, probes_of, relationship_of
from radix_assets.relationships.empty import links_by_name
from radix_assets.relationships.evidence import Pair, look
from radix_assets.relationships.facts import Fact, facts_of
from radix_assets.relationships.groups import group_keys
from radix_assets.relationships.key_scores import Hints
from radix_assets.relationships.keys import find_keys
from radix_assets.relationships.polymorphic import polymorphic_pairs
from radix_assets.relationships.row_numbers import row_numbers
from radix_assets.relationships.schema import PrimaryKey, Schema
from radix_assets.relationships.spelled import spelled_links
from radix_assets.relationships.values import Values

LEAST_NAMED, LEAST = 0.4, 0.85
"""Share of a child's rows that must find their parent for a full comparison, with strong names and without."""
Place = tuple[str, str]


def find_schema(tables: Mapping[str, Path], profiles: Mapping[str, TableProfile]) -> Schema:
    """Find primary and foreign keys of tables, given as raw snapshot directories, from names, profiles and values.

    What the sources declare, such as the foreign keys of a database, is taken as it is.
    A parent's columns must be unique. Some of a child's rows may be orphans. A child's column points to one parent.
    Keys are found first, then relationships, then both again given each other. Deterministic.
    """
    profiles = {name: profiles[name] for name in tables}
    values = Values(dict(tables))
    facts = facts_of(profiles)
    keys, verdicts, ruled = search(facts, profiles, values)
    columns_of_key = {key.table: key.columns for key in keys}
    pairs = polymorphic_pairs(facts, verdicts, columns_of_key, values)
    several = {(pair.table, pair.id_column) for pair in pairs}
    links = [verdict for verdict in verdicts if not verdict.refused and verdict.pair.child.at not in several]
    repeats = repeated_links(links, columns_of_key, values)
    alternatives = [
        alternative_of(verdict, repeats[verdict.pair.child.at], values)
        for verdict in links
        if verdict.pair.child.at in repeats
    ]
    dropped = {*repeats, *contradicted_links(links, columns_of_key, repeats)}
    links = [verdict for verdict in links if verdict.pair.child.at not in dropped]
    relationships = [relationship_of(verdict, values) for verdict in links]
    relationships += links_by_name(facts, columns_of_key)
    taken = {(link.child, name) for link in (*relationships, *alternatives) for name in link.child_columns}
    relationships += spelled_links(facts, columns_of_key, taken | several, values)
    relationships += composite_links(facts, keys, links, values)
    order = {name: place for place, name in enumerate(profiles)}
    relationships.sort(key=lambda item: (order[item.child], order[item.parent], item.child_columns))
    schema = Schema(
        primary_keys=keys,
        relationships=relationships,
        group_keys=group_keys(facts, keys, relationships, values),
        alternatives=alternatives,
        polymorphic=pairs,
        probes=probes_of(verdicts, ruled),
    )
    return with_declared(schema, declared_in(tables), profiles, values)


def search(
    facts: Mapping[str, list[Fact]], profiles: Mapping[str, TableProfile], values: Values
) -> tuple[list[PrimaryKey], list[Verdict], RuledOut]:
    """Return keys, a verdict on each compared pair of columns, and why the others were not compared."""
    keys = find_keys(profiles, values)
    ruled = RuledOut()
    verdicts = choose(compared(facts, keys, values, ruled))
    numbers = row_numbers(facts, verdicts)
    if numbers:
        verdicts = [v for v in verdicts if not {v.pair.child.at, v.pair.parent.at} & numbers]
        verdicts = choose([v.pair for v in verdicts])
    keys = find_keys(profiles, values, hints_of(verdicts, numbers))
    ruled = RuledOut()
    pairs = compared(facts, keys, values, ruled, numbers)
    return keys, choose(pairs), ruled


def hints_of(verdicts: Sequence[Verdict], numbers: frozenset[Place]) -> Hints:
    """Return what the verdicts imply about keys."""
    pointed: dict[Place, float] = defaultdict(float)
    pointing: dict[Place, float] = defaultdict(float)
    for verdict in verdicts:
        if not verdict.refused:
            pair, sure = verdict.pair, verdict.probability
            pointed[pair.parent.at] = max(pointed[pair.parent.at], sure)
            pointing[pair.child.at] = max(pointing[pair.child.at], sure)
    return Hints(dict(pointed), dict(pointing), numbers)


def compared(
    facts: Mapping[str, list[Fact]],
    keys: Sequence[PrimaryKey],
    values: Values,
    ruled: RuledOut,
    numbers: frozenset[Place] = frozenset(),
) -> list[Pair]:
    """Return the pairs of columns to compare, with the evidence of each; count the others in `ruled`."""
    by_table = {key.table: key for key in keys}

    def surety(fact: Fact) -> float:
        key = by_table.get(fact.table)
        return key.confidence if key is not None and key.columns == [fact.name] else 0.0

    pairs = []
    single = {table: key.columns for table, key in by_table.items()}
    for child, parent, name in candidates(facts, single, ruled, numbers):
        least = LEAST_NAMED if name[0] >= STRONG else LEAST
        sides = (*child.at, child.column.distinct), (*parent.at, parent.column.distinct)
        over = values.overlap(*sides, parent.kind, least)
        if over is None:
            ruled.counts["values not found"] += 1
        else:
            pairs.append(look(child, parent, name, over, surety(child), surety(parent)))
    return pairs
