"""Foreign keys of one column: pruned by type, count and range, checked on distinct values, scored with names."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from radix_assets.profiles.model import ColumnProfile, TableProfile
from radix_assets.relationships.keys import is_candidate
from radix_assets.relationships.names import bare_names, is_key_like, is_named_after, is_row_number, name_score
from radix_assets.relationships.values import Containment, Values

CERTAIN_BITS = 20.0
"""Improbability of a containment by chance, in bits, at which values need no support by names."""
STRONG = 0.8
HINT = 0.5
"""Name scores from which coverage may be less than complete."""


@dataclass(frozen=True)
class Link:
    """One candidate that passed."""

    child: str
    column: str
    parent: str
    key: str
    name: float
    reason: str
    found: Containment | None
    """None where a table has no rows, so that names alone decide."""
    bits: float
    primary: bool
    """Whether the parent's column is its primary key."""

    @property
    def score(self) -> float:
        """What candidates of the same child column are ranked by."""
        share = (self.found.rows + self.found.distinct) / 2 if self.found else 0.5
        return 0.5 * self.name + 0.35 * share + 0.05 * min(1.0, self.bits / CERTAIN_BITS) + 0.1 * self.primary

    @property
    def confidence(self) -> float:
        """How likely it is meant, from 0 to 1."""
        if self.found is None:
            return round(0.5 * self.name, 2)
        base = max(self.name, 0.3 + 0.4 * min(1.0, self.bits / CERTAIN_BITS))
        return round(min(0.99, 0.15 + 0.85 * base * (0.5 + 0.5 * self.found.rows)) - (0 if self.primary else 0.1), 2)


def links(profiles: Mapping[str, TableProfile], values: Values, keys: Mapping[str, list[str]]) -> Iterator[Link]:
    """All believable links of one column to a unique column, in a fixed order."""
    bare = {table: bare_names(list(profile.columns)) for table, profile in profiles.items()}
    parents = [
        (table, column)
        for table, profile in profiles.items()
        for column in profile.columns.values()
        if _may_be_parent(profile, column, keys.get(table, []))
    ]
    for child, profile in profiles.items():
        for column in profile.columns.values():
            if not is_candidate(column) or is_row_number(column.name) or (column.present == 0 and profile.rows):
                continue
            for parent, key in parents:
                if (child, column.name) != (parent, key.name):
                    named = name_score(child, bare[child][column.name], parent, bare[parent][key.name])
                    link = _probe(child, column, parent, key, named, values, primary=keys.get(parent) == [key.name])
                    if link:
                        yield link


def _may_be_parent(profile: TableProfile, column: ColumnProfile, key: list[str]) -> bool:
    if profile.rows == 0:
        return [column.name] == key
    return column.unique and is_candidate(column) and not is_row_number(column.name)


def _probe(
    child: str,
    column: ColumnProfile,
    parent: str,
    key: ColumnProfile,
    named: tuple[float, str],
    values: Values,
    *,
    primary: bool,
) -> Link | None:
    name, reason = named
    if column.rows == 0 or key.rows == 0:
        return Link(child, column.name, parent, key.name, name, reason, None, 0.0, primary) if name == 1 else None
    if _ruled_out_by_names(child, column, parent, key, name, primary=primary) or not _may_fit(column, key, name):
        return None
    bits = improbability(column, key)
    if name < HINT and bits < CERTAIN_BITS / 2:
        return None
    found = values.containment((child, (column.name,)), (parent, (key.name,)))
    if not _believable(name, bits, found):
        return None
    return Link(child, column.name, parent, key.name, name, reason, found, bits, primary)


def _ruled_out_by_names(
    child: str, column: ColumnProfile, parent: str, key: ColumnProfile, name: float, *, primary: bool
) -> bool:
    """A row points to its own table under a telling name only; its own key points to namesakes."""
    if child == parent:
        return name < HINT
    if name < STRONG and is_named_after(column.name, child):
        return True
    return name < 1 and not primary and not is_key_like(key.name)


def _may_fit(column: ColumnProfile, key: ColumnProfile, name: float) -> bool:
    """What the profiles alone rule out."""
    if column.dtype != key.dtype and name < STRONG:
        return False
    if name >= STRONG:
        return True
    if column.distinct > 1.05 * key.distinct + 1:
        return False
    if column.dtype == key.dtype == "integer":
        return bool(column.minimum >= key.minimum and column.maximum <= key.maximum)
    return True


def improbability(column: ColumnProfile, key: ColumnProfile) -> float:
    """How improbable it is, in bits, that the child's distinct values fall among the parent's by chance.

    Nothing for running numbers: any small integer is among them. Much for codes, names and sparse numbers.
    """
    if column.dtype != key.dtype:
        return 0.0
    if column.dtype == "integer":
        universe = math.log2(max(1, key.maximum - key.minimum + 1))
    else:
        universe = min(40.0, math.log2(26) * (key.length_mean or 1))
    return float(column.distinct * max(0.0, universe - math.log2(max(1, key.distinct))))


def _believable(name: float, bits: float, found: Containment) -> bool:
    if name >= STRONG:
        return found.rows >= 0.5 or (found.used >= 0.5 and found.rows >= 0.05)  # noqa: PLR2004 see docstring of find_schema
    if name >= HINT:
        return min(found.rows, found.distinct) >= 0.9  # noqa: PLR2004
    return min(found.rows, found.distinct) >= 0.98 and bits >= CERTAIN_BITS / 2  # noqa: PLR2004
