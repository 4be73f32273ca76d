"""The role of each column, independent of the target."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from radix_assets.common.vocabulary import FeatureType, Role
from radix_assets.common.words import singular, words
from radix_assets.personal_data.detect import Finding
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.relationships.names import KEY_WORDS, is_count, is_row_number
from radix_assets.relationships.schema import PrimaryKey, Relationship
from radix_assets.suggestions.problems import is_whole
from radix_assets.suggestions.times import TimeGuess

_IDENTITY = frozenset(
    {"person name", "email", "phone", "ip address", "national id", "bank account", "credit card", "password"}
    | {"number plate", "address", "user name", "device id"}
)
"""Kinds of personal data that identify a person and do not repeat."""
_ID = re.compile(r"(^|_)(ids?|key|uuid|guid|nbr|pid|uid|no|nr)$|[a-z]{2,}id$|^id_")
_ENTITIES = frozenset(
    re.findall(
        r"\w+",
        "subject patient customer client user person household family student pupil employee worker "
        "participant respondent member account device machine sensor engine vehicle car driver player horse "
        "store shop ticker symbol stock station site session policyholder borrower seller vendor author "
        "speaker child mother individual firm company kunde patientin proband cliente paciente alumno sujeto "
        "magasin",
    )
)
"""Names of entities that occur in many rows."""
_WEIGHT = re.compile(
    r"fnlwgt|pweight|pwgtp|wgtp|perwt|hhwt|asecwt|wtfinl|earnwt|finalwt|finwt|"
    r"(.*_)?(sample|survey|sampling|case|person|household|obs|observation|instance|design|population|expansion|analysis|"
    r"final|stat|post_?strat\w*|freq|probability)_?(weights?|wgt|wt)|(weights?|wgt|wt)_?(sample|survey|final|factor)|"
    r"gewichtung|factor_(de_)?expansion|ponderacion|ponderation"
)
_AMBIGUOUS = re.compile(r"x|idx|index", re.IGNORECASE)
"""Names of row numbers that are those of measures as often: a coordinate, a stock index."""
_NEARLY_EMPTY = 0.98
_NAME = 30
"""Characters; a longer value is a text."""
_REPEATS = 1.05
"""Mean rows per entity; with fewer it is a key with flaws."""
_FEW, _MANY = 5, 12
"""Distinct values that an entity column must have, if it is named like a key and if not."""


@dataclass(frozen=True)
class RoleGuess:
    """The role of a column, how certain, and why."""

    role: Role
    confidence: float
    evidence: str
    rule: str
    """The rule that decided; its confidence is calibrated by it."""


def role_of(
    profile: TableProfile,
    column: ColumnProfile,
    kind: FeatureType,
    personal: Finding | None,
    *,
    key: PrimaryKey | None,
    link: Relationship | None,
    time: TimeGuess | None,
    sample: pl.Series,
    has_parents: bool,
) -> RoleGuess:
    """Return the most likely role; `feature` by default.

    `has_parents`: some columns of the table reference others, which are then what its rows belong to.
    """
    return (
        _key_role(column, key, link, time)
        or _role_without_information(column)
        or _row_role(profile, column, kind, sample, has_parents=has_parents)
        or _feature_role(column, kind, personal)
    )


def _key_role(
    column: ColumnProfile, key: PrimaryKey | None, link: Relationship | None, time: TimeGuess | None
) -> RoleGuess | None:
    """Return the role of a column that links rows or orders them."""
    own = key is not None and column.name in key.columns
    if link is not None and not (own and key is not None and len(key.columns) == 1):
        return RoleGuess("foreign_key", link.confidence, f"points to {link.parent}: {link.evidence}", "link")
    if time is not None and time.readable and column.name in time.columns:
        return RoleGuess("time_index", time.confidence, time.evidence, "time")
    return RoleGuess("primary_key", key.confidence, key.evidence, "key") if own and key is not None else None


def _role_without_information(column: ColumnProfile) -> RoleGuess | None:
    """Return the role of a column without information."""
    if column.present == 0:
        return RoleGuess("ignore", 0.98, "empty", "empty")
    if column.constant:
        return RoleGuess("ignore", 0.95, "always the same", "constant")
    if column.nulls >= _NEARLY_EMPTY * column.rows:
        return RoleGuess("ignore", 0.7, f"empty in {column.nulls / column.rows:.1%} of the rows", "nearly empty")
    if is_running_number(column):
        return RoleGuess("ignore", 0.9, "a running row number", "row number")
    return None


def is_running_number(column: ColumnProfile) -> bool:
    """Return whether a column only numbers the rows: whole numbers that rise by one from row to row.

    From 0 or 1 it needs no name. Under a name that means nothing else (`row_id`, `Unnamed: 0`), what numbered the rows
    of a larger table counts too, in any order; `x` and `index` are names of measures as well.
    """
    if not column.unique or column.nulls or not is_whole(column) or column.minimum is None or column.maximum is None:
        return False
    rising = column.monotonic and column.maximum - column.minimum + 1 == column.rows
    if rising and (column.minimum in {0, 1} or is_row_number(column.name)):
        return True
    return column.dtype == "integer" and is_row_number(column.name) and not _AMBIGUOUS.fullmatch(column.name.strip())


def _row_role(
    profile: TableProfile, column: ColumnProfile, kind: FeatureType, sample: pl.Series, *, has_parents: bool
) -> RoleGuess | None:
    """Return the role of a column that weighs rows, or groups them."""
    name = "_".join(words(column.name))
    if _WEIGHT.fullmatch(name) and column.dtype in {"integer", "float"} and (column.minimum or 0) >= 0:
        return RoleGuess("weight", 0.75, "named as a weight of rows", "weight")
    if has_parents or column.dtype not in {"integer", "string"} or column.unique or is_count(column.name):
        return None
    parts = [word for word in words(column.name) if word not in KEY_WORDS]
    entity = bool(parts) and singular(parts[-1]) in _ENTITIES and column.distinct >= _MANY
    is_named = bool(_ID.search(name)) or (entity and len(parts) <= 2)  # noqa: PLR2004 patient, head patient
    if not is_named or kind in {"datetime", "sentence", "url", "list"} or column.distinct < _FEW:
        return None
    repeats = column.present / column.distinct
    if repeats < _REPEATS or (column.distinct < 0.002 * profile.rows and not (entity or kind == "not-generalizable")):
        return None
    blocks = _in_blocks(sample, column)
    sure = 0.55 + 0.15 * entity + 0.1 * bool(_ID.search(name)) + 0.1 * blocks
    evidence = f"named as who or what a row is of; each in {repeats:,.1f} rows{', in a block' if blocks else ''}"
    return RoleGuess("group", min(0.9, sure), evidence, "group")


def _in_blocks(sample: pl.Series, column: ColumnProfile) -> bool:
    """Return whether equal values are consecutive more often than by chance."""
    present = sample.drop_nulls()
    if len(present) < 20:  # noqa: PLR2004 too few to tell
        return False
    same = (present == present.shift()).sum() / len(present)
    return same > 0.1 + 3 / max(1, column.distinct)


def _feature_role(column: ColumnProfile, kind: FeatureType, personal: Finding | None) -> RoleGuess:
    if personal and personal.kind in _IDENTITY:
        return RoleGuess("ignore", 0.75, "tells who somebody is, not how they are", "identity")
    if kind in {"not-generalizable", "url"}:
        return RoleGuess("ignore", 0.65, "tells rows apart, hardly repeats", "not general")
    if kind == "context-specific":
        many = column.dtype == "string" and column.distinct > 0.5 * column.present
        is_name = many and (column.length_mean or 0) < _NAME
        return RoleGuess(
            "ignore" if is_name else "feature", 0.6, "names or codes, hardly repeated" if is_name else "", "context"
        )
    return RoleGuess("feature", 0.9, "", "feature")


def links_of(table: str, relationships: list[Relationship]) -> Mapping[str, Relationship]:
    """Return relationships by child column; of two the more certain."""
    links_by_column: dict[str, Relationship] = {}
    for link in sorted(relationships, key=lambda link: link.confidence):
        if link.child == table and link.child_columns:
            links_by_column |= dict.fromkeys(link.child_columns, link)
    return links_by_column
