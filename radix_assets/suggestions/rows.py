"""The meaning of one row, and the structure of the rows."""

import re
from collections.abc import Mapping

from radix_assets.common.words import singular, words
from radix_assets.relationships.names import is_key_like
from radix_assets.relationships.schema import PrimaryKey, Schema
from radix_assets.suggestions.forecasts import Series
from radix_assets.suggestions.schema import ColumnSuggestion, Structure
from radix_assets.suggestions.times import TimeGuess

_ID_WORDS = frozenset({"id", "ids", "key", "code", "no", "nr", "number", "uuid", "ref"})
_VAGUE = frozenset(
    {"data", "dataset", "table", "train", "test", "sheet", "file", "export", "full", "sample", "all", "csv", "df"}
)
_MOST_NAMED = 3


def row_in_words(
    table: str,
    columns: Mapping[str, ColumnSuggestion],
    key: PrimaryKey | None,
    schema: Schema,
    time: TimeGuess | None,
    series: Series | None,
    group: list[str],
) -> str:
    """Describe a row, such as: one row is an order of a customer at a moment (order_date)."""
    when = f"at a moment ({', '.join(time.columns)})" if time else ""
    if series is not None:
        of = " of ".join(["", *(_thing_phrase(name) for name in series.entity)])
        return f"one row is what was measured{of} {when}".strip()
    parents = list(dict.fromkeys(r.parent for r in schema.relationships if r.child == table and r.parent != table))
    keyed = list(key.columns) if key else []
    if len(keyed) == 1 and not is_key_like(keyed[0]):
        keyed = []  # a running number, or a column that is unique by chance, does not name the rows
    own = [name for name in keyed if columns[name].role != "foreign_key"]
    if len(keyed) > 1 and parents and not own:
        return " ".join(
            filter(None, [f"one row is a pair of {_joined_words([_thing_phrase(name) for name in keyed])}", when])
        )
    subject = _subject(table, keyed)
    owners = [_parent_phrase(parent) for parent in parents[:_MOST_NAMED]] + (
        [_thing_phrase(name) for name in group] if not parents else []
    )
    of = f"of {_joined_words(owners)}" if owners else ""
    if len(keyed) > 1 and own and not parents and not group:
        of = f"for each {_joined_words([_word(name) for name in keyed])}"
    return " ".join(part for part in ("one row is", subject, of, when) if part)


def structure_of(series: Series | None, time: TimeGuess | None, group: list[str]) -> Structure:
    """Return the structure of the rows: temporal if they have a time index, else grouped by entity, else none."""
    if series is not None or time is not None:
        return "temporal"
    return "grouped" if group else "independent"


def _subject(table: str, keyed: list[str]) -> str:
    parts = [word for word in words(table) if word not in _VAGUE and not word.isdigit()]
    if not parts and len(keyed) == 1:
        return _thing_phrase(keyed[0])
    if not parts:
        return "one observation"
    if len(keyed) == 1 and not any(word != singular(word) for word in parts):
        # The table's name is not a plural: its key may name the rows better.
        mine = [word for word in words(keyed[0]) if word not in _ID_WORDS]
        if mine and not set(mine) & {singular(word) for word in parts}:
            return _article(" ".join(mine))
    return _article(" ".join([*parts[:-1], singular(parts[-1])]))


def _parent_phrase(parent: str) -> str:
    parts = list(words(parent))
    return _article(" ".join([*parts[:-1], singular(parts[-1])])) if parts else "another table"


def _word(name: str) -> str:
    parts = [word for word in words(name) if word not in _ID_WORDS] or list(words(name))
    return " ".join(parts) or name


def _thing_phrase(name: str) -> str:
    return _article(singular(_word(name)))


def _article(noun: str) -> str:
    vowel = noun[:1] in "aeiou" and not re.match(r"use|uni|ut|eu|one", noun)
    return f"{'an' if vowel else 'a'} {noun}"


def _joined_words(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
