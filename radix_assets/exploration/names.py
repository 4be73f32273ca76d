"""Related tables that repeat the target under its own name, or record the very event it tells of."""

from radix_assets.exploration.model import Association, Suspect
from radix_assets.exploration.words import known_before, same, telling
from radix_assets.tags.model import Tags

WEAK_STRENGTH = 0.5


def descendants(tags: Tags) -> list[str]:
    """Tables whose rows belong to one row of the target's table, directly or through others."""
    found = [tags.target.table]
    for table in found:
        found += sorted({link.child for link in tags.relationships if link.parent == table} - set(found))
    return found[1:]


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


def alike(tags: Tags, associations: list[Association]) -> list[Suspect]:
    """Columns of the target's own row that share a telling word with it and tell much of it."""
    event = telling(tags.target.column) - telling(tags.target.table)
    return [
        _suspect(each.table, each.column, "its name is like the target's, and it tells much of it", "weak")
        for each in associations
        if each.table == tags.target.table
        and each.strength >= WEAK_STRENGTH
        and event & telling(each.column)
        and not known_before(each.column)
    ]


def _suspect(table: str, column: str, reason: str, severity: str) -> Suspect:
    return Suspect.model_validate(
        {"table": table, "column": column, "code": "name", "score": 1.0, "severity": severity, "reason": reason}
    )
