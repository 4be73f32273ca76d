"""Relationships over several columns: to a composite key, with or without agreeing names."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from radix_assets.common.words import words
from radix_assets.relationships.candidates import STRONG, named
from radix_assets.relationships.choose import Verdict
from radix_assets.relationships.describe import coverage
from radix_assets.relationships.facts import Fact
from radix_assets.relationships.key_scores import CALENDAR
from radix_assets.relationships.names import is_generic, table_stems
from radix_assets.relationships.schema import PrimaryKey, Relationship
from radix_assets.relationships.values import Containment, Values

NAMED_COVERAGE, OTHER_COVERAGE = 0.9, 0.97
"""Share of a child's rows that must find their parent, if all names agree and if not."""
BITS = 20.0
"""Improbability of chance, in bits, from which names need not agree."""
ALL, USED = 0.999, 0.1
"""Share of the key's rows that must be used: by a table that numbers alike, and if names differ."""
FULL = 0.5
"""Share of all combinations of a key's parts from which a table holds nearly all."""
MARGIN = 0.15
"""How much fewer of the child's rows must be found when its columns are shuffled independently."""
OPTIONS = 4
"""Columns of a child tried for each column of a key, best first."""
TRIES = 32
"""Assignments of a child's columns to a key that are tried, best first."""

Place = tuple[str, str]


@dataclass(frozen=True)
class Option:
    """A child's column that may match a column of a key."""

    child: Fact
    key: Fact
    name: float
    related: bool
    """Whether both point to the same column of a third table, or one to the other."""

    @property
    def rank(self) -> tuple[float, float]:
        """Return a sort key: better ones are larger."""
        return (self.name, float(self.related))


@dataclass(frozen=True)
class Match:
    """A child's columns whose rows are contained in a composite key."""

    options: tuple[Option, ...]
    share: Containment
    bits: float

    @property
    def child(self) -> str:
        return self.options[0].child.table

    @property
    def parent(self) -> str:
        return self.options[0].key.table

    @property
    def all_named(self) -> bool:
        """Whether every column has the name of the key's."""
        return all(option.name >= STRONG for option in self.options)

    @property
    def rank(self) -> tuple[float, ...]:
        """Return a sort key: better ones are larger."""
        names = sum(option.name for option in self.options) / len(self.options)
        related = sum(option.related for option in self.options)
        return (names, related, round(self.share.rows, 3), round(self.share.used, 3))


def composite_links(
    facts: Mapping[str, list[Fact]], keys: Sequence[PrimaryKey], links: Sequence[Verdict], values: Values
) -> list[Relationship]:
    """Return relationships to composite keys, the best for each set of columns of a child."""
    points = {verdict.pair.child.at: verdict.pair.parent.at for verdict in links}
    by_name = {table: {fact.name: fact for fact in columns} for table, columns in facts.items()}
    own = {key.table: set(key.columns) for key in keys}
    matches: list[Match] = []
    for key in keys:
        if len(key.columns) < 2:  # noqa: PLR2004 one column is not composite
            continue
        parts = [by_name[key.table][name] for name in key.columns]
        if not parts[0].column.rows:
            continue
        for child, columns in facts.items():
            if child != key.table and columns and columns[0].column.rows:
                best = _best(columns, parts, points, own.get(child, set()), values)
                if best is not None:
                    matches.append(best)
    return [_relationship(match, values) for match in _settled(matches, facts)]


def _best(
    columns: Sequence[Fact], parts: Sequence[Fact], points: Mapping[Place, Place], own: set[str], values: Values
) -> Match | None:
    """Return the best match of a child's columns to a key, if there is one."""
    matches = []
    for options in islice(_ways(columns, parts, points), TRIES):
        match = _tested(options, own, values)
        if match is not None:
            matches.append(match)
            if match.all_named:
                break
    return max(matches, key=lambda match: match.rank, default=None)


def _ways(
    columns: Sequence[Fact], parts: Sequence[Fact], points: Mapping[Place, Place]
) -> Iterator[tuple[Option, ...]]:
    """Return assignments of a child's columns to those of the key, best first, no column twice."""
    lists = []
    for key in parts:
        options = [option for child in columns if (option := _option(child, key, points)) is not None]
        lists.append(sorted(options, key=lambda option: option.rank, reverse=True)[:OPTIONS])
    ways = [way for way in product(*lists) if len({option.child.name for option in way}) == len(way)]
    # Something must link the tables besides numbers that occur everywhere.
    ways = [
        way
        for way in ways
        if any(option.name >= STRONG or option.related for option in way)
        or not any(option.child.meaningful for option in way)
    ]
    return iter(sorted(ways, key=lambda way: -sum(option.name + 0.5 * option.related for option in way)))


def _option(child: Fact, key: Fact, points: Mapping[Place, Place]) -> Option | None:
    name = named(child, key)[0] if child.meaningful and key.meaningful else 0.0
    same = child.meaningful and key.meaningful and child.bare.lower() == key.bare.lower()
    if same:
        name = 1.0  # `year`: a name that many tables share is meaningful beside others
    alike = child.kind == key.kind and bool(child.kind)
    if not child.column.present or not (alike or (same and child.column.dtype == key.column.dtype)):
        return None
    related = points.get(child.at, child.at) == points.get(key.at, key.at)
    if name < STRONG and child.kind == key.kind == "integer":
        quantiles = child.column.quantiles
        if quantiles.get("0.05", child.low) < key.low or quantiles.get("0.95", child.high) > key.high:
            return None
    if name < STRONG and not related and child.column.distinct > 1.05 * key.column.distinct + 1:
        return None
    return Option(child, key, name, related)


def _tested(options: tuple[Option, ...], own: set[str], values: Values) -> Match | None:
    child, parent = options[0].child.table, options[0].key.table
    left, right = tuple(o.child.name for o in options), tuple(o.key.name for o in options)
    everything = all(option.name >= STRONG for option in options)
    if _siblings(options, own):
        return None
    least = NAMED_COVERAGE if everything else OTHER_COVERAGE
    if values.head_containment((child, left), (parent, right)) < least - 0.1:
        return None
    share = values.containment((child, left), (parent, right))
    if share.rows < least:
        return None
    tuples = values.counts(parent, right).height
    universe = math.prod(max(1, option.key.column.distinct) for option in options)
    bits = values.counts(child, left).height * math.log2(max(1.0, universe / max(1, tuples)))
    match = Match(options, share, bits)
    if everything:
        # Nearly every combination exists in the parent: being among them means nothing.
        full = own == set(left) and (
            tuples > FULL * universe and values.mixed_containment((child, left), (parent, right)) > share.rows - MARGIN
        )
        return None if full and not _extends(child, parent) else match
    tied = any(option.related or option.name >= STRONG for option in options)
    # It numbers the same things itself, unless both sides are equal.
    numbering = bool(own) and own <= set(left) and share.used < ALL
    meaningful = any(option.child.meaningful and option.key.meaningful for option in options)
    if numbering or bits < (2 * BITS if meaningful or not tied else BITS) or share.used < USED:
        return None
    by_chance = values.mixed_containment((child, left), (parent, right))
    return match if by_chance < share.rows - (MARGIN if tied else 2 * MARGIN) else None


def _siblings(options: tuple[Option, ...], own: set[str]) -> bool:
    """Return whether two tables state facts of the same things: same key, every part of it about a third table.

    `budget` and `turnover` of each shop and month do not reference each other; `order_line_notes` do `order_lines`.
    """
    child, parent = options[0].child.table, options[0].key.table
    same_key = own == {option.child.name for option in options}
    outer = all(option.related or is_generic(option.key.name) or _calendar(option.key.name) for option in options)
    return same_key and outer and any(option.related for option in options) and not _extends(child, parent)


def _extends(child: str, parent: str) -> bool:
    """Return whether a table's name says that it adds to another: `order_line_notes` to `order_lines`."""
    own, other = table_stems(child), table_stems(parent)
    return len(own) > len(other) and own[: len(other)] == other


def _calendar(name: str) -> bool:
    return bool(CALENDAR & set(words(name)))


def _settled(matches: Sequence[Match], facts: Mapping[str, list[Fact]]) -> list[Match]:
    """Return one parent per set of a child's columns, one direction for two tables that share a key."""
    tables = list(facts)

    def claim(match: Match) -> tuple[float, ...]:
        parent, child = facts[match.parent], facts[match.child]
        order = tables.index(match.child) - tables.index(match.parent)
        return (*match.rank, float(parent[0].column.rows), float(len(parent) - len(child)), float(order))

    accepted: list[Match] = []
    for match in sorted(matches, key=claim, reverse=True):
        columns = {option.child.at for option in match.options}
        taken = any(
            {option.child.at for option in other.options} == columns
            or ((other.child, other.parent) == (match.parent, match.child))
            for other in accepted
        )
        if not taken:
            accepted.append(match)
    return accepted


def _relationship(match: Match, values: Values) -> Relationship:
    columns = tuple(option.child.name for option in match.options)
    counts = values.counts(match.child, columns)
    rows = int(counts["n"].sum())
    names = "same names as the key" if match.all_named else "names differ from the key"
    if not any(option.child.meaningful for option in match.options):
        names = "names say nothing beside the key"
    strength = min(1.0, match.bits / 100)
    confidence = (0.85 if match.all_named else 0.6) + 0.13 * strength
    return Relationship(
        child=match.child,
        child_columns=list(columns),
        parent=match.parent,
        parent_columns=[option.key.name for option in match.options],
        cardinality="one_to_one" if counts.height == rows else "many_to_one",
        coverage=round(match.share.rows, 4),
        confidence=round(confidence * match.share.rows, 2),
        evidence=f"{names} of {match.parent}; {coverage(match.share.rows, rows)}"
        + ("; not by chance" if match.bits >= BITS else ""),
    )
