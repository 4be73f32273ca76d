"""Check the relationships of a tags file: columns, types and values."""

from collections.abc import Mapping
from pathlib import Path

from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.relationships.references import parse_relationship
from radix_assets.relationships.schema import Relationship, Schema
from radix_assets.relationships.values import Values
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import TagsFile
from radix_assets.tags_file.schema import Located
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
    """Return the relationships of the file; the suggested ones if it has no such list.

    Collects TagError RDX-TAG-009 if a side was never in the data, the types cannot be compared, the parent's values
    repeat, or almost no value of the child is among the parent's; its hint names the parent that the values do match.
    A relationship whose columns are missing gives a warning.
    """
    if file.relationships is None:
        return [r for r in schema.relationships if {r.child, r.parent} <= set(profiles)]
    columns = {table: list(profile.columns) for table, profile in profiles.items()}
    all_columns = {table: [*columns.get(table, []), *names] for table, names in file.ledger.columns_seen.items()} | {
        table: [*names, *(old for old in file.ledger.columns_seen.get(table, []) if old not in names)]
        for table, names in columns.items()
    }
    suggested = {r.name: r for r in schema.relationships}
    values = Values(dict(raw)) if raw is not None else None
    links: dict[str, Relationship] = {}
    for reference in file.relationships:
        with mistakes.collect():
            parsed = parse_relationship(reference, all_columns, file.path)
            sides = [(parsed.child, parsed.child_columns), (parsed.parent, parsed.parent_columns)]
            if any(not set(names) <= set(columns.get(table, [])) for table, names in sides):
                warnings.append(f"line {reference.line}: {reference.text}: a column of it is no longer in the data")
                continue
            link = suggested.get(parsed.name) or _check_link(parsed, reference, file, profiles, values, schema)
            links.setdefault(link.name, link)
    return list(links.values())


def _check_link(
    link: Relationship,
    reference: Located,
    file: TagsFile,
    profiles: Mapping[str, TableProfile],
    values: Values | None,
    schema: Schema,
) -> Relationship:
    child, parent = profiles[link.child], profiles[link.parent]
    child_columns = [child.columns[name] for name in link.child_columns]
    parent_columns = [parent.columns[name] for name in link.parent_columns]
    if link.child == link.parent and link.child_columns == link.parent_columns:
        raise _impossible(reference, file, "both sides are the same columns", "two different sides")
    for child_column, parent_column in zip(child_columns, parent_columns, strict=True):
        if not _comparable(child_column, parent_column):
            raise _impossible(
                reference,
                file,
                f"{child_column.name} is {child_column.dtype}, {parent_column.name} is {parent_column.dtype}",
                "columns of the same type",
            )
    if not child.rows or not parent.rows:
        return link.model_copy(update={"coverage": 0.0, "evidence": "confirmed by a user"})
    repeated = len(parent_columns) == 1 and parent_columns[0].distinct < parent_columns[0].present
    if values is not None:
        counts = values.counts(link.parent, tuple(link.parent_columns))
        repeated = counts.height < int(counts["n"].sum())
    if repeated:
        problem = f"the values of {link.parent}.{', '.join(link.parent_columns)} are not unique"
        raise _impossible(reference, file, problem, "unique parent columns")
    unique_child = len(child_columns) == 1 and child_columns[0].distinct == child_columns[0].present
    changes: dict[str, object] = {"evidence": "confirmed by a user"}
    if values is not None:
        share = values.containment((link.child, tuple(link.child_columns)), (link.parent, tuple(link.parent_columns)))
        if share.distinct < LEAST:
            raise _impossible(
                reference,
                file,
                "the values do not match: almost none is found in the parent",
                "values in common",
                near=_matching(link, profiles, values, schema),
            )
        counts = values.counts(link.child, tuple(link.child_columns))
        unique_child = counts.height == int(counts["n"].sum())
        changes["coverage"] = round(share.rows, 4)
    elif len(child_columns) == 1 and _disjoint(child_columns[0], parent_columns[0]):
        raise _impossible(reference, file, "the values do not match: their ranges do not overlap", "values in common")
    return link.model_copy(update={**changes, "cardinality": "one_to_one" if unique_child else "many_to_one"})


def _comparable(child: ColumnProfile, parent: ColumnProfile) -> bool:
    pair = {child.dtype, parent.dtype}
    return (
        len(pair) == 1
        or pair <= {"integer", "float"}
        or pair <= {"integer", "string"}
        or 0 in {child.present, parent.present}
    )


def _disjoint(child: ColumnProfile, parent: ColumnProfile) -> bool:
    if {child.dtype, parent.dtype} - {"integer", "float"} or None in {child.minimum, parent.minimum}:
        return False
    return bool(child.maximum < parent.minimum or parent.maximum < child.minimum)


MOST_TRIED = 40
"""Keys of other tables that are tried, to find what the values do match."""
WELL = 0.5
"""Minimum share of the child's distinct values for a parent to be proposed."""


def _matching(
    link: Relationship, profiles: Mapping[str, TableProfile], values: Values, schema: Schema
) -> Relationship | None:
    """Return the link to the parent that holds the child's values: a suggested one, else the key that holds most."""
    child = (link.child, link.child_columns)
    suggested = [candidate for candidate in schema.relationships if (candidate.child, candidate.child_columns) == child]
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


def _impossible(
    reference: Located, file: TagsFile, problem: str, expected: str, near: Relationship | None = None
) -> TagError:
    return TagError(
        "RDX-TAG-009",
        f"{reference.text}: {problem}",
        expected=expected,
        hint=f"the values match those of {near.name.partition(' -> ')[2]}: write {near.name}"
        if near
        else "fix the line, or remove it",
        file=file.path,
        line=reference.line,
    )
