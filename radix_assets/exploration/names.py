"""Related tables that repeat the target under its own name, or record the very event it tells of."""

from collections import Counter

from radix_assets.exploration.schema import Suspect
from radix_assets.exploration.words import known_before, same, telling
from radix_assets.tags.schema import Tags

MANY, OFTEN = 3, 0.5
"""A word in more columns than these (a number, a share of the columns) belongs to the table, not to the target."""


def descendants(tags: Tags) -> list[str]:
    """Tables whose rows belong to one row of the target's table, directly or through others."""
    found = [tags.target.table]
    for table in found:
        found += sorted({link.child for link in tags.relationships if link.parent == table} - set(found))
    return found[1:]


def ancestors(tags: Tags) -> set[str]:
    """Tables that the target's rows point to, directly or through others. They may also be descendants."""
    found = [tags.target.table]
    for table in found:
        found += sorted({link.parent for link in tags.relationships if link.child == table} - set(found))
    return set(found[1:])


def by_name(tags: Tags) -> list[Suspect]:
    """Columns of descendants with the target's name, and descendants named after the target's event."""
    target = tags.target
    event = telling(target.column) - telling(target.table)
    suspects = []
    for table in descendants(tags):
        if table not in tags.tables:
            continue
        shared = event & telling(table)
        if shared:
            reason = (
                f"its rows seem to record what the target {target.column!r} tells of, and belong to the target's rows"
            )
            suspects.append(_suspect(table, "*", reason, "strong"))
        for column, tag in tags.tables[table].columns.items():
            if tag.role not in ("primary_key", "foreign_key", "time_index") and same(column, target.column):
                reason = "it has the target's name, in rows that belong to the target's rows"
                suspects.append(_suspect(table, column, reason, "strong"))
    return suspects


def alike(tags: Tags) -> list[Suspect]:
    """Columns of the target's own row that share a telling word with it, such as another rating or another delay."""
    target = tags.target
    event = telling(target.column) - _common(tags)
    return [
        _suspect(target.table, column, f"its name is like that of the target, {target.column!r}", "weak")
        for column, tag in tags.tables[target.table].columns.items()
        if column != target.column
        and tag.role not in ("primary_key", "foreign_key", "time_index")
        and event & telling(column)
        and not known_before(column)
    ]


def _common(tags: Tags) -> set[str]:
    """Words that stand in so many names of the target's table that they tell nothing, as in column_1, column_2."""
    names = tags.tables[tags.target.table].columns
    counts = Counter(word for name in names for word in telling(name))
    return {word for word, count in counts.items() if count > max(MANY, OFTEN * len(names))}


def _suspect(table: str, column: str, reason: str, severity: str) -> Suspect:
    return Suspect.model_validate(
        {"table": table, "column": column, "code": "name", "score": 1.0, "severity": severity, "reason": reason}
    )
