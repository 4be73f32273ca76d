"""Whether relationships can be: their columns, their types, their values."""

from collections.abc import Mapping
from pathlib import Path

from radix_assets.profiles.model import ColumnProfile, TableProfile
from radix_assets.relationships.model import Relationship, Schema
from radix_assets.relationships.values import Values
from radix_assets.tags.file import Said, TagsFile
from radix_assets.tags.references import parse_relationship
from radix_resources.errors import TagError

LEAST = 0.01
"""Share of the child's distinct values that must be among the parent's."""


def resolve_links(
    file: TagsFile,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
    raw: Mapping[str, Path] | None,
) -> list[Relationship]:
    """The relationships of the file; those suggested where it has no such list.

    Raises TagError RDX-TAG-009 where a side is not in the data, the types cannot be compared, the parent's values
    repeat, or next to no value of the child is found in the parent.
    """
    if file.relationships is None:
        return [r for r in schema.relationships if {r.child, r.parent} <= set(profiles)]
    columns = {table: list(profile.columns) for table, profile in profiles.items()}
    known = {r.name: r for r in schema.relationships}
    values = Values(dict(raw)) if raw is not None else None
    found: dict[str, Relationship] = {}
    for said in file.relationships:
        written = parse_relationship(said, columns, file.path)
        link = known.get(written.name) or _checked(written, said, file, profiles, values)
        found.setdefault(link.name, link)
    return list(found.values())


def _checked(
    link: Relationship, said: Said, file: TagsFile, profiles: Mapping[str, TableProfile], values: Values | None
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
                said, file, "the values do not match: next to none is found in the parent", "values in common"
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


def _impossible(said: Said, file: TagsFile, found: str, expected: str) -> TagError:
    return TagError(
        "RDX-TAG-009",
        f"{said.text}: {found}",
        expected=expected,
        hint="mend the line, or remove it",
        file=file.path,
        line=said.line,
    )
