"""Leak suspects by name: related tables that repeat the target's name, or record the event that it describes."""

from collections import Counter

from radix_assets.exploration.leaks.base import Findings, Signal
from radix_assets.exploration.leaks.name_words import known_before, same_name, specific_stems
from radix_assets.exploration.schema import Suspect
from radix_assets.tags.schema import Tags

MANY, OFTEN = 3, 0.5
"""A word in more columns than this number and this share belongs to the table, not to the target."""


def descendants(tags: Tags) -> list[str]:
    """Return the tables whose rows belong to one row of the target's table, directly or through others."""
    tables = [tags.target.table]
    for table in tables:
        tables += sorted({link.child for link in tags.relationships if link.parent == table} - set(tables))
    return tables[1:]


def ancestors(tags: Tags) -> set[str]:
    """Return the tables that the target's rows reference, directly or through others. They may also be descendants."""
    tables = [tags.target.table]
    for table in tables:
        tables += sorted({link.parent for link in tags.relationships if link.child == table} - set(tables))
    return set(tables[1:])


def by_name(tags: Tags) -> list[Suspect]:
    """Return the columns of descendants with the target's name, and the descendants named after the target's event."""
    target = tags.target
    event = specific_stems(target.column) - specific_stems(target.table)
    suspects = []
    for table in descendants(tags):
        if table not in tags.tables:
            continue
        shared = event & specific_stems(table)
        if shared:
            reason = (
                f"its rows seem to record the event of the target {target.column!r}, and belong to the target's rows"
            )
            suspects.append(_suspect(table, "*", reason, "strong"))
        for column, tag in tags.tables[table].columns.items():
            if tag.role not in ("primary_key", "foreign_key", "time_index") and same_name(column, target.column):
                reason = "it has the target's name, in rows that belong to the target's rows"
                suspects.append(_suspect(table, column, reason, "strong"))
    return suspects


def similar_names(tags: Tags) -> list[Suspect]:
    """Return the columns of the target's row that share a specific word with it, such as another rating or delay."""
    target = tags.target
    event = specific_stems(target.column) - _common(tags)
    return [
        _suspect(target.table, column, f"its name is like that of the target, {target.column!r}", "weak")
        for column, tag in tags.tables[target.table].columns.items()
        if column != target.column
        and tag.role not in ("primary_key", "foreign_key", "time_index")
        and event & specific_stems(column)
        and not known_before(column)
    ]


def _common(tags: Tags) -> set[str]:
    """Return the words in so many names of the target's table that they carry no meaning, as in column_1, column_2."""
    names = tags.tables[tags.target.table].columns
    counts = Counter(word for name in names for word in specific_stems(name))
    return {word for word, count in counts.items() if count > max(MANY, OFTEN * len(names))}


def _suspect(table: str, column: str, reason: str, severity: str) -> Suspect:
    return Suspect.model_validate(
        {"table": table, "column": column, "code": "name", "score": 1.0, "severity": severity, "reason": reason}
    )


NAMES = Signal(
    "names",
    {"name": "a column has a name like the target's, or a related table records the target's event"},
    lambda data: Findings(by_name(data.question.tags) + similar_names(data.question.tags)),
)
