"""Columns that reference one of several tables, as another column says: `owner_type` and `owner_id`."""

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from radix_assets.common.words import stems
from radix_assets.relationships.candidates import HINT, STRONG
from radix_assets.relationships.choose import Verdict
from radix_assets.relationships.facts import Fact
from radix_assets.relationships.names import is_key_like, names_the_table_of, table_stems
from radix_assets.relationships.schema import Polymorphic
from radix_assets.relationships.values import Values

_TYPES = frozenset(
    {"type", "kind", "art", "typ", "class", "table", "model", "entity", "tipo", "genre", "object", "klasse"}
)
MOST_TYPES = 12
"""Distinct values of a column that says which table is meant."""
FITS = 0.97
"""Share of the rows of one type whose value must be in a table."""


def polymorphic_pairs(
    facts: Mapping[str, list[Fact]], verdicts: Sequence[Verdict], keys: Mapping[str, list[str]], values: Values
) -> list[Polymorphic]:
    """Return pairs of a type and an id of which no single table is the parent.

    Both columns begin with the same words (`commentable_type`, `commentable_id`), no table has that name, and either
    the types name tables or the rows of different types fit different tables.
    """
    pairs = []
    for table, columns in facts.items():
        for number in columns:
            beside, least = next((kind for kind in columns if _says_which(kind, number)), None), STRONG
            if beside is None:
                beside, least = next((kind for kind in columns if _lists_tables(kind, number, facts)), None), HINT
            if beside is None or any(names_the_table_of(number.name, other) for other in facts):
                continue
            parents = _parents(table, beside, number, facts, keys, values)
            if len(parents) > 1 and not _plain(number, verdicts, least):
                pairs.append(
                    Polymorphic(
                        table=table,
                        type_column=beside.name,
                        id_column=number.name,
                        parents=sorted(parents),
                        evidence=f"{beside.name} says to which table {number.name} points: no single relationship",
                    )
                )
    return pairs


def _says_which(kind: Fact, number: Fact) -> bool:
    """Return whether one column has the words of the other with a word for a type: `party_kind` and `party_id`."""
    words, own = stems(kind.name), stems(number.name)
    if len(words) < 2 or words[-1] not in _TYPES or not is_key_like(number.name) or not kind.meaningful:  # noqa: PLR2004 one word is all of it
        return False
    return words[:-1] == own[:-1] and 1 < kind.column.distinct <= MOST_TYPES


def _lists_tables(kind: Fact, number: Fact, tables: Collection[str]) -> bool:
    """Return whether the commonest values of one column are names of tables, and the other may be their key."""
    listed = kind.kind == "text" and kind.column.distinct <= MOST_TYPES and is_key_like(number.name)
    if not listed or number.place == 0 or not _TYPES & set(stems(kind.name)):
        return False
    texts = [str(value) for value, _ in kind.column.top]
    return sum(any(_names(text, table) for table in tables) for text in texts) > 1


def _plain(number: Fact, verdicts: Sequence[Verdict], least: float) -> bool:
    """Return whether the name of the id says itself to which table it points."""
    return any(v.pair.child.at == number.at and not v.refused and v.pair.name >= least for v in verdicts)


def _parents(
    table: str,
    kind: Fact,
    number: Fact,
    facts: Mapping[str, list[Fact]],
    keys: Mapping[str, list[str]],
    values: Values,
) -> set[str]:
    """Return the tables that the ids of at least one type fit: the one that the type names, else any."""
    rows = values.scan(table).select(pl.col(kind.name).alias("kind"), pl.col(number.name).alias("id")).drop_nulls()
    groups = rows.unique().collect(engine="streaming").sort("kind").partition_by("kind")
    single = [(other, names[0]) for other, names in keys.items() if len(names) == 1]
    ids = [(other, name) for other, name in single if _kind_of(facts[other], name) == number.kind and other != table]
    parents: set[str] = set()
    for group in groups:
        named = [(other, name) for other, name in ids if _names(str(group["kind"][0]), other)]
        for other, name in named or ([] if kind.kind == "text" else ids):
            if named or name.lower() in {"id", number.name.lower()} or is_key_like(name):
                key = values.distinct_values(other, name)
                fits = group["id"].is_in(key.implode()).mean()
                if fits is not None and float(fits) >= FITS:  # type: ignore[arg-type]
                    parents.add(other)
    return parents


def _kind_of(columns: list[Fact], name: str) -> str:
    return next((fact.kind for fact in columns if fact.name == name), "")


def _names(text: str, table: str) -> bool:
    """Return whether a value of the type column is a table's name, such as `Photo` of `photos`."""
    return bool(text) and "".join(stems(text)) in {"".join(stems(table)), "".join(table_stems(table))}
