"""Primary keys: a single unique column, else a composite key, else a row number."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations, takewhile
from statistics import fmean

import polars as pl

from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.relationships.facts import is_candidate, silent_names, silent_table
from radix_assets.relationships.key_scores import Hints, Setting, may_be_member, member_score, single_score
from radix_assets.relationships.names import bare_names, is_generic, is_key_like, is_named_after, is_short_for
from radix_assets.relationships.prose import is_prose
from radix_assets.relationships.schema import PrimaryKey
from radix_assets.relationships.values import Values

GOOD = 0.5
"""A single column with a lower score is compared with composite keys."""
MEMBER = 0.6
"""Mean score that a composite key needs to be accepted."""
WIDEST = 5
"""Largest number of columns of a composite key."""
TRIES = 40
"""Sets of columns that may turn out not unique before the search ends."""
COUNTING = 6
"""Columns tested as running numbers within others."""
POOL = 8
"""Columns tried together, best first."""
UUID = 32
"""Characters of a universally unique identifier."""
NEARLY, NAMED_NEARLY = 0.995, 0.97
"""Share of distinct values from which a column is a key with flaws: named like a key, or after the table."""
BLANK = 0.01
"""Share of rows in which such a key may be empty."""
NO_HINTS = Hints()


def find_keys(profiles: Mapping[str, TableProfile], values: Values, hints: Hints = NO_HINTS) -> list[PrimaryKey]:
    """Return the most likely primary key of each table that has one, in the order of the tables.

    `hints`: what the relationships found with a previous result imply.
    """
    bare = {table: bare_names(list(profile.columns)) for table, profile in profiles.items()}
    silent = {table: silent_names(list(profile.columns)) for table, profile in profiles.items()}
    often = Counter(
        plain
        for table, names in bare.items()
        for name, plain in names.items()
        if name not in silent[table] and not is_generic(plain)
    )
    unique: dict[str, int] = {}
    for table, profile in profiles.items():
        for name, column in profile.columns.items():
            plain = bare[table][name]
            if column.unique and not is_generic(plain):
                unique[plain] = max(column.distinct, unique.get(plain, 0))
    result = []
    for table, profile in profiles.items():
        # An extension holds as many values as the table that it extends, or fewer.
        elsewhere = frozenset(
            name
            for name, plain in bare[table].items()
            if unique.get(plain, 0) >= max(1, profile.columns[name].distinct)
        )
        shared = Counter({name: often[plain] for name, plain in bare[table].items() if name not in silent[table]})
        setting = Setting(profile, shared, frozenset(silent[table]), hints, not silent_table(table), elsewhere)
        key = _key_of(setting, values)
        if key is not None:
            result.append(key)
    return result


def _key_of(setting: Setting, values: Values) -> PrimaryKey | None:
    profile = setting.profile
    if profile.rows == 0:
        return _by_name_alone(setting)
    link = _link(setting, values)
    if link:
        return link
    singles = sorted(
        (
            (single_score(setting, place, column), -place, column)
            for place, column in enumerate(profile.columns.values())
            if column.unique and column.dtype not in {"float", "boolean"} and not is_prose(column)
        ),
        reverse=True,
        key=lambda item: item[:2],
    )
    if singles and singles[0][0] >= GOOD:
        return _single(setting, singles[0][0], singles[0][2])
    return (
        _flawed(setting, values)
        or _composite(setting, values)
        or (_single(setting, singles[0][0], singles[0][2]) if singles else None)
    )


def _single(setting: Setting, score: float, column: ColumnProfile) -> PrimaryKey:
    rows = setting.profile.rows
    why = [f"{rows:,} rows, all different"]
    if setting.numbers_rows(column.name):
        why.append("a row number, nothing better")
    elif column.name not in setting.silent and is_named_after(column.name, setting.profile.table):
        why.append("named after the table")
    if setting.pointed(column.name) > GOOD:
        why.append("other tables point to it")
    few_rows = rows < 10  # noqa: PLR2004 chance makes columns unique in so few rows
    if few_rows:
        why.append("few rows")
    confidence = min(0.99, max(0.2, score)) - (0.1 if few_rows else 0)
    return PrimaryKey(
        table=setting.profile.table, columns=[column.name], confidence=round(confidence, 2), evidence="; ".join(why)
    )


def _composite(setting: Setting, values: Values) -> PrimaryKey | None:
    """Return the best of the smallest sets of columns that are unique together."""
    profile = setting.profile
    informative = [c for c in profile.columns.values() if c.distinct > 1 and not setting.numbers_rows(c.name)]
    members = [
        Member(round(member_score(setting, place, column), 4), place, column)
        for place, column in enumerate(informative)
        if may_be_member(column)
    ]
    numbered = _numbered(setting, [member.column for member in members], values)
    pool = sorted(members, key=lambda member: (-member.score, member.place))[:POOL]
    tries = [group for width in range(2, WIDEST + 1) for group in combinations(pool, width)]
    tries += [
        group
        for group in combinations(members, 2)
        if tuple(sorted(fact.column.name for fact in group)) in numbered and not set(group) <= set(pool)
    ]
    scored = sorted(((_worth(group, numbered), group) for group in tries), key=lambda item: -item[0])
    failed = 0
    for score, group in scored:
        possible = 1
        for member in group:
            possible *= member.column.distinct
        if score < MEMBER or failed > TRIES:
            return None
        if possible < profile.rows:
            continue
        columns = tuple(member.column.name for member in sorted(group, key=lambda member: member.place))
        if not values.unique(profile.table, columns):
            failed += 1
            continue
        # A part of it may be unique; the score does not see that.
        for part in combinations(columns, len(columns) - 1):
            if len(part) > 1 and values.unique(profile.table, part):
                columns = part
                break
        why = f"{profile.rows:,} rows, all different in these columns together and in none of them alone"
        return PrimaryKey(
            table=profile.table,
            columns=list(columns),
            confidence=round(min(0.9, score - 0.02 * len(columns)), 2),
            evidence=why,
        )
    return None


@dataclass(frozen=True)
class Member:
    """A column that may be part of a composite key."""

    score: float
    place: int
    """Position among the useful columns."""
    column: ColumnProfile = field(compare=False, hash=False)


def _worth(group: tuple[Member, ...], numbered: set[tuple[str, str]]) -> float:
    """Return the mean score, higher if the columns come first or one counts within another, lower if they are many."""
    score = fmean(member.score for member in group) - 0.03 * len(group)
    if len(group) == 2 and tuple(sorted(member.column.name for member in group)) in numbered:  # noqa: PLR2004 a pair
        return max(score + 0.25, 0.9)
    together = max(member.place for member in group) - min(member.place for member in group) == len(group) - 1
    return score + (0.1 if min(member.place for member in group) == 0 and together else 0.0)


def _numbered(setting: Setting, members: list[ColumnProfile], values: Values) -> set[tuple[str, str]]:
    """Return pairs of columns of which one counts 1, 2, 3, … (or from 0) within each value of the other."""
    rows = setting.profile.rows
    counting = [c for c in members if c.dtype == "integer" and c.minimum in {0, 1} and 1 < c.distinct < rows / 2]
    pairs = set()
    for number in counting[:COUNTING]:
        v = pl.col(number.name)
        for within in members:
            if within is number or within.distinct * number.distinct < rows or within.distinct < 3:  # noqa: PLR2004 few
                continue
            groups = (
                values.head(setting.profile.table)
                .group_by(within.name)
                .agg(
                    ok=(v.n_unique() == pl.len()) & (v.max() - v.min() + 1 == pl.len()) & (v.min() == number.minimum),
                    n=pl.len(),
                )
                .filter(pl.col("n") > 1)
            )
            if groups.height > 2 and groups["ok"].mean() > 0.9:  # type: ignore[operator]  # noqa: PLR2004 the head may cut one
                pairs.add((min(within.name, number.name), max(within.name, number.name)))
    return pairs


def _link(setting: Setting, values: Values) -> PrimaryKey | None:
    """Return the key of a link table, which holds only keys of others: all of them, even if one alone is unique."""
    profile = setting.profile
    columns = tuple(name for name in profile.columns if not setting.numbers_rows(name))

    def others(name: str) -> bool:
        if profile.columns[name].unique and setting.pointed(name) > GOOD and not setting.pointing(name) > GOOD:
            return False
        if setting.pointing(name) > GOOD:
            return not setting.pointed(name) > GOOD
        return (
            name not in setting.silent
            and setting.shared[name] > 1
            and is_key_like(name)
            and not is_named_after(name, profile.table, whole=True)
        )

    leading = list(takewhile(others, columns))
    rest = [profile.columns[name] for name in columns[len(leading) :]]
    if not 2 <= len(leading) <= 3 or any(profile.columns[name].nulls for name in leading):  # noqa: PLR2004
        return None
    if not all(_beside(setting, column) for column in rest):
        return None
    for width in range(2, len(leading) + 1):
        if values.unique(profile.table, tuple(leading[:width])):
            why = f"{profile.rows:,} rows, all different; the table holds little but keys of other tables"
            return PrimaryKey(table=profile.table, columns=leading[:width], confidence=0.85, evidence=why)
    return None


def _beside(setting: Setting, column: ColumnProfile) -> bool:
    """Return whether a column only records when a row was created, or identifies it for replication."""
    stamp = column.dtype in {"date", "datetime"} or column.distinct <= 1
    copies = setting.shared[column.name] > 2 or column.name in setting.silent  # noqa: PLR2004 in many tables
    fixed = column.dtype == "string" and column.length_min == column.length_max and (column.length_min or 0) >= UUID
    unused = not setting.pointed(column.name) and not setting.pointing(column.name)
    return unused and (stamp or (fixed and copies and column.unique))


def _flawed(setting: Setting, values: Values) -> PrimaryKey | None:
    """Return a column named like the key that repeats, or lacks, a few values, so that a user sees the flaw."""
    profile = setting.profile
    for place, column in enumerate(profile.columns.values()):
        silent = column.name in setting.silent
        fixed = column.dtype == "string" and column.length_min == column.length_max
        own = not silent and (
            is_named_after(column.name, profile.table, whole=True) or is_short_for(column.name, profile.table)
        )
        code = fixed and (column.length_max or 0) > 1
        ending = is_named_after(column.name, profile.table) or (code and column.name not in setting.elsewhere)
        least = NAMED_NEARLY if own or ending else NEARLY
        if (
            (place == 0 or own)
            and is_candidate(column)
            and column.present > 0
            and column.nulls <= max(1, BLANK * profile.rows)
            and (fixed if silent else is_key_like(column.name) or code or setting.shared[column.name] > 1)
            and least * column.present <= column.distinct < profile.rows
            and (own or column.name not in setting.elsewhere or _repeats_rows(column, values, profile.table))
        ):
            repeats = column.present - column.distinct
            what = "stands first as a key does" if silent else "named as the key"
            flaws = [f"{repeats:,} of {profile.rows:,} rows repeat a value"] if repeats else []
            flaws += [f"{column.nulls:,} of {profile.rows:,} rows have none"] if column.nulls else []
            return PrimaryKey(
                table=profile.table,
                columns=[column.name],
                confidence=0.7 if setting.pointed(column.name) > GOOD else 0.45,
                evidence=f"{what}, but {' and '.join(flaws)}",
                duplicates=repeats,
            )
    return None


def _repeats_rows(column: ColumnProfile, values: Values, table: str) -> bool:
    """Return whether a value repeats only where a whole row does."""
    rows = values.scan(table).drop_nulls(column.name).unique().select(pl.len()).collect(engine="streaming").item()
    return bool(rows == column.distinct)


def _by_name_alone(setting: Setting) -> PrimaryKey | None:
    """Return the key of a table without rows."""
    profile, shared = setting.profile, setting.shared
    names = [name for name in profile.columns if name not in setting.silent and is_key_like(name)]
    own = [name for name in names if is_named_after(name, profile.table)]
    if not own and 2 <= len(names) == len(profile.columns) <= 3 and all(shared[name] > 1 for name in names):  # noqa: PLR2004
        own = names
    else:
        own = (own or names)[:1]
    if not own:
        return None
    return PrimaryKey(table=profile.table, columns=own, confidence=0.4, evidence="by name alone: the table has no rows")
