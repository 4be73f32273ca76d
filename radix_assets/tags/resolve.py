"""What a person wrote, joined with what Radix suggests, and checked against the data."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, cast

from radix_assets.profiles.model import TableProfile
from radix_assets.project import Project
from radix_assets.relationships.model import Schema
from radix_assets.suggestions.model import (
    ColumnSuggestion,
    FeatureType,
    Role,
    Sensitivity,
    Suggestions,
    TableSuggestion,
)
from radix_assets.suggestions.question import nearest
from radix_assets.tags.file import ColumnLine, Said, TableBlock, TagsFile
from radix_assets.tags.model import ColumnTag, TableTags, Tags
from radix_assets.tags.resolve_links import resolve_links
from radix_assets.tags.resolve_target import resolve_target
from radix_assets.tags.resolve_time import check_time
from radix_resources.errors import TagError


class Resolution(NamedTuple):
    """Valid tags, and what a person should look at all the same."""

    tags: Tags
    warnings: list[str]


def resolve(
    project: Project,
    file: TagsFile,
    suggestions: Suggestions,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
    raw: Mapping[str, Path] | None = None,
) -> Resolution:
    """The tags that hold: a person's word where there is one, the suggestion elsewhere.

    With `raw`, the raw snapshots' directories, relationships and comparisons are also checked by their values.

    Raises TagError or TargetError, with the line and the nearest valid name, where the target, a key, a time index or
    a relationship cannot be, and where a line names a table or a column that is not in the data: a misspelt `leak`
    must not let a leak in. A table that could not be read is a warning, as the others go on without it.
    """
    warnings: list[str] = []
    for name, block in file.tables.items():
        if name in project.tables and name not in profiles:
            warnings.append(f"line {block.line}: the table {name!r} could not be read")
        elif name not in profiles:
            near = nearest(name, list(profiles), 1)
            raise TagError(
                "RDX-TAG-007",
                f"there is no table {name!r}",
                expected="a table of the project file",
                hint=f"did you mean {near[0]}? Else remove its lines" if near else "remove its lines",
                file=file.path,
                line=block.line,
            )
    tables = {
        name: _table(name, file, suggestions.tables[name], profile, warnings)
        for name, profile in profiles.items()
        if name in suggestions.tables
    }
    target = resolve_target(project, file, suggestions, profiles, tables, raw)
    columns = tables[target.table].columns
    marked = [
        f"{table}.{name}"
        for table, block in tables.items()
        for name, tag in block.columns.items()
        if tag.role == "target" and (table, name) != (target.table, target.column)
    ]
    if marked:
        raise TagError(
            "RDX-TAG-010",
            f"{marked[0]} is marked as the target too; the target is {target.name}",
            expected="one target",
            hint=f"write target: {marked[0]}, or give the column another role",
            file=file.path,
            line=_line_of(file, marked[0]),
        )
    columns[target.column] = columns[target.column].model_copy(update={"role": "target"})
    links = resolve_links(file, schema, profiles, raw)
    by = "person" if file.confirmed else "auto"
    return Resolution(Tags(target=target, tables=tables, relationships=links, confirmed_by=by), warnings)


def _table(
    name: str, file: TagsFile, suggested: TableSuggestion, profile: TableProfile, warnings: list[str]
) -> TableTags:
    block = file.tables.get(name, TableBlock(0))
    for column, line in block.columns.items():
        if column not in profile.columns:
            near = nearest(column, list(profile.columns), 1)
            raise TagError(
                "RDX-TAG-007",
                f"the table {name!r} has no column {column!r}",
                expected="a column of the table",
                hint=f"did you mean {near[0]}? Else remove the line" if near else "remove the line",
                file=file.path,
                line=line.line,
                table=name,
            )
    columns = {
        column: _column(block.columns.get(column), suggested.columns[column])
        for column in profile.columns
        if column in suggested.columns
    }
    key = _said_of_key(block, suggested, columns)
    time = _said_of_time(name, file, block, suggested, columns)
    _all_there(file, profile, "primary_key", key, block.primary_key_line)
    _all_there(file, profile, "time_index", time, block.time_index_line)
    check_time(file, profile, time, block.time_index_line)
    if len(key) == 1 and profile.rows and not profile.columns[key[0]].unique:
        warnings.append(f"{name}.{key[0]} is the primary key but does not tell all rows apart")
    for column, tag in columns.items():
        columns[column] = tag.model_copy(update={"role": _final(column, tag.role, key, time)})
    return TableTags(primary_key=key, time_index=time, columns=columns)


def _final(column: str, role: Role, key: list[str], time: list[str]) -> Role:
    """The role that agrees with the table's lists. A key that also points elsewhere stays a foreign key."""
    if column in time:
        return "time_index"
    if column in key:
        return role if role in {"foreign_key", "target"} else "primary_key"
    return "feature" if role in {"time_index", "primary_key"} else role


def _column(line: ColumnLine | None, suggested: ColumnSuggestion) -> ColumnTag:
    role = _role(suggested)
    tag = ColumnTag(role=role, type=suggested.type, sensitivity=suggested.sensitivity)
    if line is None:
        return tag
    said = ColumnTag(
        role=cast("Role", line.role or role),
        type=cast("FeatureType", line.type or suggested.type),
        # Written without a sensitivity means as suggested: silence never makes a private column public.
        sensitivity=cast("Sensitivity", line.sensitivity or suggested.sensitivity),
    )
    return said.model_copy(update={"human": line.human or said != tag})


def _role(suggested: ColumnSuggestion) -> Role:
    return "feature" if suggested.role == "target" else suggested.role


def _said_of_key(block: TableBlock, suggested: TableSuggestion, columns: dict[str, ColumnTag]) -> list[str]:
    """The list, unless it is as suggested and the columns' lines say something else."""
    listed = suggested.primary_key if block.primary_key is None else block.primary_key
    if listed != suggested.primary_key:
        return listed
    kept = [name for name in listed if name not in columns or columns[name].role in _KEY_ROLES]
    return kept + [name for name, tag in columns.items() if tag.role == "primary_key" and name not in listed]


_KEY_ROLES = frozenset({"primary_key", "foreign_key", "time_index", "target"})


def _said_of_time(
    name: str, file: TagsFile, block: TableBlock, suggested: TableSuggestion, columns: dict[str, ColumnTag]
) -> list[str]:
    """The list, unless it is as suggested and the columns' lines say something else; both changed, they must agree."""
    listed = suggested.time_index if block.time_index is None else block.time_index
    marked = [column for column, tag in columns.items() if tag.role == "time_index"]
    own = [column for column in marked if suggested.columns[column].role != "time_index"]
    gone = [
        column
        for column, item in suggested.columns.items()
        if item.role == "time_index" and column in columns and column not in marked
    ]
    changed = listed != suggested.time_index
    if not own and not gone:
        return listed
    if changed:
        extra = [column for column in own if column not in listed]
        if extra:
            raise _two(name, file, block, listed, extra[0])
        return listed
    if own and marked != own:
        raise _two(name, file, block, [column for column in marked if column not in own], own[0])
    return marked if own else [column for column in listed if column not in gone]


def _two(name: str, file: TagsFile, block: TableBlock, listed: list[str], other: str) -> TagError:
    return TagError(
        "RDX-TAG-008",
        f"{name} has two time indexes: {', '.join(listed)}, and {other}",
        expected="one column, or its parts from year to minute",
        hint=f"write time_index: [{other}], or give {other} the role feature",
        file=file.path,
        line=block.columns[other].line if other in block.columns else block.time_index_line or None,
        table=name,
    )


def _all_there(file: TagsFile, profile: TableProfile, setting: str, names: list[str], line: int) -> None:
    for column in names:
        if column not in profile.columns:
            near = nearest(column, list(profile.columns), 1)
            raise TagError(
                "RDX-TAG-007",
                f"{setting} names {column!r}, which is not in the table",
                expected="a column of the table",
                hint=f"did you mean {near[0]}?" if near else "look at the columns below it",
                file=file.path,
                line=line or None,
                table=profile.table,
            )


def _line_of(file: TagsFile, name: str) -> int | None:
    table, _, column = name.partition(".")
    said: ColumnLine | Said | None = file.tables[table].columns.get(column) if table in file.tables else None
    return said.line if said else None
