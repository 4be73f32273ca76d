"""Whether relationships can be: their columns, their types, their values."""

from collections.abc import Mapping
from pathlib import Path

from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.relationships.schema import Relationship, Schema
from radix_assets.relationships.values import Values
from radix_assets.tags.references import parse_relationship
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import Said, TagsFile
from radix_resources.errors import TagError

LEAST = 0.01
"""Share of the child's distinct values that must be among the parent's."""


def resolve_links(
    file: TagsFile,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
    raw: Mapping[str, Path] | None,
    warnings: list[str],
    mistakes: Mistakes,
) -> list[Relationship]:
    """The relationships of the file; those suggested where it has no such list.

    Gathers TagError RDX-TAG-009 where a side never was in the data, the types cannot be compared, the parent's values
    repeat, or next to no value of the child is found in the parent; it proposes what the values do match. One whose
    columns are gone is a warning.
    """
    if file.relationships is None:
        return [r for r in schema.relationships if {r.child, r.parent} <= set(profiles)]
    columns = {table: list(profile.columns) for table, profile in profiles.items()}
    every = {table: [*columns.get(table, []), *names] for table, names in file.ledger.known.items()} | {
        table: [*names, *(old for old in file.ledger.known.get(table, []) if old not in names)]
        for table, names in columns.items()
    }
    known = {r.name: r for r in schema.relationships}
    values = Values(dict(raw)) if raw is not None else None
    found: dict[str, Relationship] = {}
    for said in file.relationships:
        with mistakes.kept():
            written = parse_relationship(said, every, file.path)
            sides = [(written.child, written.child_columns), (written.parent, written.parent_columns)]
            if any(not set(names) <= set(columns.get(table, [])) for table, names in sides):
                warnings.append(f"line {said.line}: {said.text}: a side of it is gone")
                continue
            link = known.get(written.name) or _checked(written, said, file, profiles, values, schema)
            found.setdefault(link.name, link)
    return list(found.values())


def _checked(
    link: Relationship,
    said: Said,
    file: TagsFile,
    profiles: Mapping[str, TableProfile],
    values: Values | None,
    schema: Schema,
) -> Relationship:
    child, parent = profiles[link.child], profiles[link.parent]
    own = [child.columns[name] for name in link.child_columns]
    other = [parent.columns[name] for name in link.parent_columns]
    if link.child == link.parent and link.child_columns == link.parent_columns:
        raise _impossible(said, file, "it leads from columns to themselves", "two different sides")
    for one, two in zip(own, other, strict=True):
        if not _comparable(one, two):
            raise _impossible(
                said, file, f"{one.name} is {one.dtype}, {two.name} is {two.dtype}", "columns of the same type"
            )
    if not child.rows or not parent.rows:
        return link.model_copy(update={"coverage": 0.0, "evidence": "said by a person"})
    repeated = len(other) == 1 and other[0].distinct < other[0].present
    if values is not None:
        counts = values.counts(link.parent, tuple(link.parent_columns))
        repeated = counts.height < int(counts["n"].sum())
    if repeated:
        where = f"the values of {link.parent}.{', '.join(link.parent_columns)} repeat"
        raise _impossible(said, file, where, "parent columns in which no two rows agree")
    single = len(own) == 1 and own[0].distinct == own[0].present
    changes: dict[str, object] = {"evidence": "said by a person"}
    if values is not None:
        share = values.containment((link.child, tuple(link.child_columns)), (link.parent, tuple(link.parent_columns)))
        if share.distinct < LEAST:
            raise _impossible(
                said,
                file,
                "the values do not match: next to none is found in the parent",
                "values in common",
                near=_matching(link, profiles, values, schema),
            )
        counts = values.counts(link.child, tuple(link.child_columns))
        single = counts.height == int(counts["n"].sum())
        changes["coverage"] = round(share.rows, 4)
    elif len(own) == 1 and _disjoint(own[0], other[0]):
        raise _impossible(
            said, file, "the values do not match: their ranges have nothing in common", "values in common"
        )
    return link.model_copy(update={**changes, "cardinality": "one_to_one" if single else "many_to_one"})


def _comparable(one: ColumnProfile, two: ColumnProfile) -> bool:
    pair = {one.dtype, two.dtype}
    return (
        len(pair) == 1
        or pair <= {"integer", "float"}
        or pair <= {"integer", "string"}
        or 0 in {one.present, two.present}
    )


def _disjoint(one: ColumnProfile, two: ColumnProfile) -> bool:
    if {one.dtype, two.dtype} - {"integer", "float"} or None in {one.minimum, two.minimum}:
        return False
    return bool(one.maximum < two.minimum or two.maximum < one.minimum)


MOST_TRIED = 40
"""Keys of other tables that are tried, to say what the values do match."""
WELL = 0.5
"""Share of the child's distinct values from which on a parent is proposed."""


def _matching(
    link: Relationship, profiles: Mapping[str, TableProfile], values: Values, schema: Schema
) -> Relationship | None:
    """The parent in which the child's values are found: one that is suggested, else the key that holds most."""
    child = (link.child, link.child_columns)
    suggested = [other for other in schema.relationships if (other.child, other.child_columns) == child]
    if suggested:
        return suggested[0]
    if len(link.child_columns) != 1:
        return None
    own = profiles[link.child].columns[link.child_columns[0]]
    keys = [key for key in schema.primary_keys if len(key.columns) == 1 and key.table in profiles]
    keys = [key for key in keys if _comparable(own, profiles[key.table].columns[key.columns[0]])]
    best: tuple[float, Relationship | None] = (WELL, None)
    for key in sorted(keys, key=lambda key: key.table != link.parent)[:MOST_TRIED]:
        if (key.table, key.columns) == child:
            continue
        share = values.containment((child[0], tuple(child[1])), (key.table, tuple(key.columns))).distinct
        if share > best[0]:
            best = share, link.model_copy(update={"parent": key.table, "parent_columns": key.columns})
    return best[1]


def _impossible(said: Said, file: TagsFile, found: str, expected: str, near: Relationship | None = None) -> TagError:
    return TagError(
        "RDX-TAG-009",
        f"{said.text}: {found}",
        expected=expected,
        hint=f"the values match those of {near.name.partition(' -> ')[2]}: write {near.name}"
        if near
        else "mend the line, or remove it",
        file=file.path,
        line=said.line,
    )
