"""Score how much a column looks like a key, or like a part of one."""

from collections import Counter
from dataclasses import dataclass, field

from radix_assets.common.words import words
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.relationships.facts import LONG_TEXT
from radix_assets.relationships.names import (
    is_attribute,
    is_count,
    is_generic,
    is_key_like,
    is_named_after,
    is_row_number,
    is_sequence,
)
from radix_assets.relationships.prose import is_prose

Place = tuple[str, str]
MEASURE = 0.5
"""Share of distinct values from which integers that reference nothing are considered measures."""
CALENDAR = frozenset({"year", "quarter", "month", "week", "day", "hour", "semester", "season", "term", "period"})


@dataclass(frozen=True)
class Hints:
    """What the relationships imply about keys, and which columns only number the rows."""

    pointed: dict[Place, float] = field(default_factory=dict)
    """Referenced columns, with the probability of the most likely reference."""
    pointing: dict[Place, float] = field(default_factory=dict)
    """Columns that reference others."""
    row_numbers: frozenset[Place] = frozenset()


@dataclass(frozen=True)
class Setting:
    """A table, and where else its column names occur."""

    profile: TableProfile
    shared: Counter[str]
    """How many tables have a column of this name; without meaningless names."""
    silent: frozenset[str]
    """Columns with meaningless names."""
    hints: Hints
    meaningful: bool = True
    """Whether the table's name is meaningful."""
    elsewhere: frozenset[str] = frozenset()
    """Columns with the name of one that is unique in another table."""

    def numbers_rows(self, name: str) -> bool:
        """Return whether a column only numbers the rows."""
        at = (self.profile.table, name)
        return at in self.hints.row_numbers or (name not in self.silent and is_row_number(name))

    def pointed(self, name: str) -> float:
        """Return how likely others reference a column."""
        return self.hints.pointed.get((self.profile.table, name), 0.0)

    def pointing(self, name: str) -> float:
        """Return how likely a column references another table."""
        return self.hints.pointing.get((self.profile.table, name), 0.0)


def single_score(setting: Setting, place: int, column: ColumnProfile) -> float:
    """Return the score of a unique column as a single-column key."""
    name = column.name
    score = 0.4 * setting.pointed(name) - 0.15 * setting.pointing(name) * (place > 0)
    if setting.numbers_rows(name):
        # `row_id` is meant as a key; `rownames` is not.
        meant = words(name)[-1:] == ("id",) and name not in setting.silent and place == 0
        return 0.5 if meant else 0.15 + max(0.0, 0.15 - 0.05 * place)
    place -= sum(setting.numbers_rows(other) for other in list(setting.profile.columns)[:place])
    return score + (
        _silent_single(place, column) if name in setting.silent else _meaningful_single(setting, place, column)
    )


def _silent_single(place: int, column: ColumnProfile) -> float:
    """Return the score if names are meaningless: keys come first, are consecutive or have one length."""
    score = 0.35 + max(0.0, 0.3 - 0.06 * place)
    if column.dtype == "integer":
        score += 0.2 if column.monotonic else 0.1 if place == 0 else -0.2
    elif column.dtype == "string":
        fixed = column.length_min == column.length_max
        score += (0.15 if place == 0 else 0.05) if fixed else 0.0
        score -= 0.4 if (column.length_mean or 0) > LONG_TEXT and not fixed else 0.0
    else:
        score -= 0.3
    return score


def _meaningful_single(setting: Setting, place: int, column: ColumnProfile) -> float:
    name, shared = column.name, setting.shared
    score = 0.35 + max(0.0, 0.15 - 0.05 * place)
    if is_named_after(name, setting.profile.table):
        score += 0.5
    elif is_key_like(name):
        score += 0.25 if setting.meaningful or place else 0.45
    if shared[name] > 1:
        score += 0.15 + 0.02 * min(shared[name], 5)
    if (column.length_mean or 0) > LONG_TEXT:
        score -= 0.3
    if column.dtype in {"date", "datetime", "time"}:
        score -= 0.1 if place == 0 else 0.25
    elif column.dtype == "integer" and not is_key_like(name) and shared[name] <= 1:
        running = column.maximum - column.minimum + 1 == column.rows
        score -= 0.3 if place else 0.0 if running else 0.15
    return score - (0.2 if is_attribute(name) else 0.0)


def member_score(setting: Setting, place: int, column: ColumnProfile) -> float:
    """Return the score of a column in a composite key; `place` is its position among the useful columns."""
    name = column.name
    late = min(0.3, 0.06 * place)
    pointing = setting.pointing(name)
    if name in setting.silent:
        base = 0.85 if column.dtype in {"integer", "string"} else 0.8
        if (
            column.dtype == "string"
            and column.length_min != column.length_max
            and (column.length_mean or 0) > LONG_TEXT / 2
        ):
            base = 0.5
        if column.dtype == "integer" and column.distinct > MEASURE * column.rows:
            base = 0.5
        return max(base, (0.7 + 0.3 * pointing) if pointing else 0.0) - min(0.5, 1.2 * late)
    if is_sequence(name):
        score = 1.1
    elif column.dtype in {"date", "datetime"}:
        score = 0.9 if {"start", "begin", "created", "date"} & set(words(name)) else 0.8
    elif is_key_like(name):
        score = 0.95
    elif setting.shared[name] > 1:
        score = 0.9 if column.dtype == "string" else 0.2 if is_count(name) else 0.6
        score = max(score, 0.75 if CALENDAR & set(words(name)) else 0.0)
    elif CALENDAR & set(words(name)):
        score = 0.75
    elif column.dtype == "string":
        score = 0.55
    else:
        measure = column.distinct > MEASURE * column.rows or is_count(name)
        score = 0.5 if is_generic(name) else 0.2 if measure else 0.35
    return max(score, 0.95 * pointing) - late


def may_be_member(column: ColumnProfile) -> bool:
    """Return whether a column can be part of a composite key at all."""
    if column.nulls or column.unique or column.dtype == "boolean" or is_prose(column):
        return False
    if (column.length_mean or 0) > LONG_TEXT:
        return column.length_min == column.length_max
    return column.dtype != "float" or is_key_like(column.name)
