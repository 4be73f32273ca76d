"""Suggest rules from what holds in the data: the profiles, the keys and the roles."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.relationships.schema import Schema
from radix_assets.suggestions.schema import ColumnSuggestion, Suggestions

ENOUGH: Final = 30
"""Rows from which on a rule is suggested."""
_FEW: Final = 8
"""Allowed values that are listed at most."""
_OFTEN: Final = 20
"""Rows that each value of a list must have at least, on average."""
_LONGEST: Final = 24
"""Characters of an allowed value."""
_SURE: Final = 0.6
"""Confidence in a key or a reference from which on a rule about it is suggested."""
_PLAIN: Final = re.compile(r"[\w.+-]+( [\w.+-]+)*")


class SuggestedRule(NamedTuple):
    """A rule that holds in all rows today."""

    text: str
    evidence: str


def suggest_rules(
    profiles: Mapping[str, TableProfile], schema: Schema, suggestions: Suggestions
) -> list[SuggestedRule]:
    """Return rules for the columns that identify rows, order them, refer to others or are predicted from.

    Only what holds in all rows is suggested, and no value of a private column. All are warnings until a user makes them
    blocking.
    """
    rules: list[SuggestedRule] = []
    for name, profile in profiles.items():
        table = suggestions.tables.get(name)
        if table is None or profile.rows < ENOUGH:
            continue
        rules += _keys(name, schema)
        for column, tag in table.columns.items():
            values = profile.columns.get(column)
            if values is not None:
                rules += _of_column(f"{name}.{column}", values, tag)
        rules += _references(name, schema)
    return rules


def _keys(table: str, schema: Schema) -> Iterator[SuggestedRule]:
    key = next((key for key in schema.primary_keys if key.table == table), None)
    if key is not None and not key.duplicates and key.confidence >= _SURE:
        side = key.columns[0] if len(key.columns) == 1 else f"({', '.join(key.columns)})"
        yield SuggestedRule(f"{table}.{side} is unique", "the primary key; no value repeats")


def _references(table: str, schema: Schema) -> Iterator[SuggestedRule]:
    for link in schema.relationships:
        if link.child == table and link.coverage == 1 and not link.folded and link.confidence >= _SURE:
            yield SuggestedRule(link.name, "every reference finds its row")


def _of_column(name: str, values: ColumnProfile, tag: ColumnSuggestion) -> Iterator[SuggestedRule]:
    rows = f"{values.rows:,} rows"
    if values.nulls == 0 and tag.role in {"primary_key", "time_index", "foreign_key", "target"}:
        yield SuggestedRule(f"{name} is not null", f"no null in {rows}")
    if tag.role not in {"feature", "target"} or values.private or tag.sensitivity != "none":
        return
    if (
        values.dtype in {"integer", "float"}
        and values.negatives == 0
        and values.distinct > _FEW
        and tag.type == "numeric"
    ):
        yield SuggestedRule(f"{name} >= 0", f"no negative value in {rows}")
    if allowed := _allowed(values, tag):
        yield SuggestedRule(f"{name} in ({', '.join(allowed)})", f"{len(allowed)} values in {rows}")


def _allowed(values: ColumnProfile, tag: ColumnSuggestion) -> list[str]:
    """Return the values of a column with few categories; an empty list if they are not a closed set."""
    texts = [str(value) for value, _ in values.top]
    closed = (
        values.dtype == "string"
        and tag.type == "categorical"
        and 1 < values.distinct == len(texts) <= _FEW
        and values.present >= _OFTEN * values.distinct
        and "top" not in values.errors
    )
    plain = closed and all(len(text) <= _LONGEST and _PLAIN.fullmatch(text) for text in texts)
    return sorted(texts) if plain else []
