"""Primary keys: single columns that tell rows apart, else a few together, else a row number."""

from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from statistics import fmean

from radix_assets.profiles.model import ColumnProfile, TableProfile
from radix_assets.relationships.model import PrimaryKey
from radix_assets.relationships.names import (
    bare_names,
    is_attribute,
    is_generic,
    is_key_like,
    is_named_after,
    is_row_number,
    is_sequence,
)
from radix_assets.relationships.values import Values
from radix_assets.relationships.words import words

GOOD = 0.5
"""A single column that scores less is compared with what several columns together can do."""
MEMBER = 0.6
"""Mean score that several columns need to be believed."""
WIDEST = 3
"""Columns of a composite key."""
POOL = 8
"""Columns that are tried together, best first."""
LONG_TEXT = 40
"""Mean characters of a text that nobody uses as a key."""
NEARLY = 0.995
"""Share of distinct values at which a column that is named as the key is believed to be one with flaws."""


def find_keys(profiles: Mapping[str, TableProfile], values: Values) -> list[PrimaryKey]:
    """The likeliest primary key of each table that has one, in the order of the tables."""
    bare = {table: bare_names(list(profile.columns)) for table, profile in profiles.items()}
    often = Counter(name for names in bare.values() for name in names.values() if not is_generic(name))
    found = []
    for table, profile in profiles.items():
        shared = Counter({name: often[plain] for name, plain in bare[table].items()})
        key = _key_of(profile, values, shared)
        if key is not None:
            found.append(key)
    return found


def is_candidate(column: ColumnProfile) -> bool:
    """Whether a column's type lets it identify something: no measures, no truth values, no moments."""
    return column.dtype in {"integer", "string"} and (column.length_mean or 0) <= LONG_TEXT


def _key_of(profile: TableProfile, values: Values, shared: Counter[str]) -> PrimaryKey | None:
    if profile.rows == 0:
        return _by_name_alone(profile, shared)
    link = _link(profile, values, shared)
    if link:
        return link
    singles = sorted(
        (
            (_single_score(profile, place, column, shared), -place, column)
            for place, column in enumerate(profile.columns.values())
            if column.unique and column.dtype not in {"float", "boolean"}
        ),
        reverse=True,
        key=lambda item: item[:2],
    )
    if singles and singles[0][0] >= GOOD:
        return _single(profile, *singles[0])
    return (
        _flawed(profile, shared)
        or _composite(profile, values, shared)
        or (_single(profile, *singles[0]) if singles else None)
    )


def _single(profile: TableProfile, score: float, _: int, column: ColumnProfile) -> PrimaryKey:
    why = [f"{profile.rows:,} rows, all different"]
    if is_row_number(column.name):
        why.append("a row number, nothing better")
    elif is_named_after(column.name, profile.table):
        why.append("named after the table")
    if profile.rows < 10:  # noqa: PLR2004 chance makes columns unique in so few rows
        why.append("few rows")
    confidence = min(0.99, max(0.2, score)) - (0.1 if profile.rows < 10 else 0)  # noqa: PLR2004
    return PrimaryKey(
        table=profile.table, columns=[column.name], confidence=round(confidence, 2), evidence="; ".join(why)
    )


def _single_score(profile: TableProfile, place: int, column: ColumnProfile, shared: Counter[str]) -> float:
    name = column.name
    score = 0.35 + max(0.0, 0.15 - 0.05 * place)
    if is_row_number(name):
        return score - 0.2
    if is_named_after(name, profile.table):
        score += 0.5
    elif is_key_like(name):
        score += 0.25
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


def _member_score(place: int, column: ColumnProfile, shared: Counter[str]) -> float:
    name = column.name
    if is_sequence(name):
        score = 1.1
    elif column.dtype in {"date", "datetime"}:
        score = 0.9 if {"start", "begin", "created", "date"} & set(words(name)) else 0.8
    elif is_key_like(name):
        score = 0.95
    elif shared[name] > 1:
        score = 0.9 if column.dtype == "string" else 0.6
    elif column.dtype == "string":
        score = 0.55
    else:
        score = 0.5 if is_generic(name) else 0.2
    return score - min(0.3, 0.06 * place)


def _composite(profile: TableProfile, values: Values, shared: Counter[str]) -> PrimaryKey | None:
    telling = [column for column in profile.columns.values() if column.distinct > 1 and not is_row_number(column.name)]
    pool = sorted(
        (
            (round(_member_score(place, column, shared), 4), -place, column)
            for place, column in enumerate(telling)
            if _may_be_member(column)
        ),
        reverse=True,
        key=lambda item: item[:2],
    )[:POOL]
    for width in range(2, WIDEST + 1):
        tries = sorted(
            ((fmean(item[0] for item in group), group) for group in combinations(pool, width)),
            key=lambda item: (-item[0], [-member[1] for member in item[1]]),
        )
        for score, group in tries:
            possible = 1
            for item in group:
                possible *= item[2].distinct
            columns = tuple(item[2].name for item in sorted(group, key=lambda item: -item[1]))
            if score >= MEMBER and possible >= profile.rows and values.unique(profile.table, columns):
                why = f"{profile.rows:,} rows, all different in these columns together and in none of them alone"
                return PrimaryKey(
                    table=profile.table,
                    columns=list(columns),
                    confidence=round(min(0.9, score - 0.05 * width), 2),
                    evidence=why,
                )
    return None


def _may_be_member(column: ColumnProfile) -> bool:
    if column.nulls or column.unique or column.dtype == "boolean" or (column.length_mean or 0) > LONG_TEXT:
        return False
    return column.dtype != "float" or is_key_like(column.name)


def _link(profile: TableProfile, values: Values, shared: Counter[str]) -> PrimaryKey | None:
    """A table that holds nothing but the keys of others: all of them together, even where one alone would do."""
    columns = tuple(name for name in profile.columns if not is_row_number(name))
    others = all(
        shared[name] > 1 and is_key_like(name) and not is_named_after(name, profile.table, whole=True)
        for name in columns
    )
    if not 2 <= len(columns) <= WIDEST or not others or any(profile.columns[name].nulls for name in columns):  # noqa: PLR2004
        return None
    if not values.unique(profile.table, columns):
        return None
    why = f"{profile.rows:,} rows, all different; the table holds nothing but keys of other tables"
    return PrimaryKey(table=profile.table, columns=list(columns), confidence=0.85, evidence=why)


def _flawed(profile: TableProfile, shared: Counter[str]) -> PrimaryKey | None:
    """A column that is named as the key but repeats a few values: shown, so that a person sees the flaw."""
    for place, column in enumerate(profile.columns.values()):
        if (
            place == 0
            and is_candidate(column)
            and column.nulls == 0
            and is_key_like(column.name)
            and shared[column.name] <= 1
            and NEARLY * profile.rows <= column.distinct < profile.rows
        ):
            repeats = profile.rows - column.distinct
            return PrimaryKey(
                table=profile.table,
                columns=[column.name],
                confidence=0.45,
                evidence=f"named as the key, but {repeats:,} of {profile.rows:,} rows repeat a value",
                duplicates=repeats,
            )
    return None


def _by_name_alone(profile: TableProfile, shared: Counter[str]) -> PrimaryKey | None:
    """The key of a table without rows."""
    names = [name for name in profile.columns if is_key_like(name)]
    own = [name for name in names if is_named_after(name, profile.table)]
    if not own and 2 <= len(names) == len(profile.columns) <= WIDEST and all(shared[name] > 1 for name in names):  # noqa: PLR2004
        own = names
    else:
        own = (own or names)[:1]
    if not own:
        return None
    return PrimaryKey(table=profile.table, columns=own, confidence=0.4, evidence="by name alone: the table has no rows")
