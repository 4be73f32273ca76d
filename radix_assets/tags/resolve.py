"""Merge the user's tags with Radix's suggestions and check them against the data."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, cast

from radix_assets.common.vocabulary import FeatureType, Role, Sensitivity
from radix_assets.profiles.schema import TableProfile
from radix_assets.project.settings import Project
from radix_assets.question.target import nearest
from radix_assets.relationships.schema import Schema
from radix_assets.rules.stage import rules_of
from radix_assets.suggestions.schema import ColumnSuggestion, Suggestions, TableSuggestion
from radix_assets.tags.continued import with_answers
from radix_assets.tags.resolve_links import resolve_links
from radix_assets.tags.resolve_question import resolve_question
from radix_assets.tags.resolve_roles import check_roles
from radix_assets.tags.resolve_target import resolve_target
from radix_assets.tags.resolve_time import check_time
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import TagsFile
from radix_assets.tags_file.lines import key_text
from radix_assets.tags_file.schema import ColumnLine, TableBlock
from radix_resources.errors import TagError


class Resolution(NamedTuple):
    """Valid tags, and warnings for the user."""

    tags: Tags
    warnings: list[str]


def resolve(
    project: Project,
    file: TagsFile,
    suggestions: Suggestions,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
    raw: Mapping[str, Path] | None = None,
    mistakes: Mistakes | None = None,
) -> Resolution:
    """Return the tags in force: the user's setting where there is one, the suggestion elsewhere.

    With `raw`, the raw snapshots' directories, keys, relationships and comparisons are also checked by their values.
    `mistakes` may hold those of the file's form, to be reported together with these.

    Raise TagError or TargetError, with the line and the nearest valid name, if the target, a role, a key, a time index,
    a relationship or a rule is not possible, or if a line names a table or a column that was never in the data: a
    misspelt `leak` must not let a leak in. Several mistakes are raised together as TagsError. What was in the data and
    is now missing, and a table that could not be read, give warnings, since the rest can continue without them.
    """
    collected = mistakes or Mistakes()
    warnings: list[str] = []
    file = with_answers(file, suggestions, profiles, warnings, collected)
    for name, block in file.tables.items():
        with collected.collect():
            _check_table_exists(name, block, project, file, profiles, warnings)
    tables: dict[str, TableTags] = {}
    for name, profile in profiles.items():
        if name in suggestions.tables:
            tables[name] = _table(name, file, suggestions.tables[name], profile, warnings, collected)
            directory = raw.get(name) if raw is not None else None
            check_roles(file, profile, tables[name], suggestions.tables[name], directory, warnings, collected)
    links = resolve_links(file, schema, profiles, raw, warnings, collected)
    collected.errors += rules_of(file.rules or [], profiles, file.ledger.columns_seen, file.path)[1]
    target: Target | None = None
    with collected.collect():
        if file.question is not None:
            target = resolve_question(file.question, file, tables, links, raw)
        else:
            target = resolve_target(project, file, suggestions, profiles, tables, raw)
        _check_single_target(target, file, tables, collected)
    collected.raise_if_any()
    assert target is not None  # noqa: S101 a mistake was raised above otherwise
    if target.future is None:
        columns = tables[target.table].columns
        columns[target.column] = columns[target.column].model_copy(update={"role": "target"})
    by = "person" if file.confirmed else "auto"
    return Resolution(Tags(target=target, tables=tables, relationships=links, confirmed_by=by), warnings)


def _check_table_exists(
    name: str,
    block: TableBlock,
    project: Project,
    file: TagsFile,
    profiles: Mapping[str, TableProfile],
    warnings: list[str],
) -> None:
    if name in profiles:
        return
    if name in project.tables:
        warnings.append(f"line {block.line}: the table {name!r} could not be read")
    elif file.ledger.was_in_data(name):
        warnings.append(f"line {block.line}: the table {name!r} is no longer in the data")
    else:
        near = nearest(name, list(profiles), 1)
        raise TagError(
            "RDX-TAG-007",
            f"the table {name!r} is not in the project",
            expected="a table of the project file",
            hint=f"did you mean {near[0]}? Else remove its lines" if near else "remove its lines",
            file=file.path,
            line=block.line,
        )


def _check_single_target(target: Target, file: TagsFile, tables: Mapping[str, TableTags], mistakes: Mistakes) -> None:
    """Check that no other column is marked as the target and that the target's own line does not contradict it."""
    for table, block in tables.items():
        for name, tag in block.columns.items():
            line = file.tables[table].columns.get(name) if table in file.tables else None
            is_target = (table, name) == (target.table, target.column)
            if tag.role == "target" and not is_target:
                with mistakes.collect():
                    raise TagError(
                        "RDX-TAG-010",
                        f"{table}.{name} is also marked as the target; the target is {target.name}",
                        expected="one target",
                        hint=f"write target: {table}.{name}, or give the column another role",
                        file=file.path,
                        line=line.line if line else None,
                    )
            if is_target and tag.human and line is not None and line.role in {"leak", "ignore", "weight", "group"}:
                with mistakes.collect():
                    raise TagError(
                        "RDX-TAG-013",
                        f"{table}.{name} is the target, but its role is {line.role}",
                        expected="role: target, or another target",
                        hint=f"write role: target on its line, or another column in target: (now {target.name})",
                        file=file.path,
                        line=line.line,
                    )


def _table(
    name: str,
    file: TagsFile,
    suggested: TableSuggestion,
    profile: TableProfile,
    warnings: list[str],
    mistakes: Mistakes,
) -> TableTags:
    block = file.tables.get(name, TableBlock(0))
    for column, line in block.columns.items():
        with mistakes.collect():
            _check_column_exists(column, line, file, profile, warnings)
    columns = {
        column: _column(file, name, column, suggested.columns[column])
        for column in profile.columns
        if column in suggested.columns
    }
    key = _key_columns(block, suggested, columns)
    time: list[str] = []
    with mistakes.collect():
        time = _time_columns(name, file, block, suggested, columns)
        _check_columns_exist(file, profile, "time_index", time, block.time_index_line)
        check_time(file, profile, time, block.time_index_line)
    with mistakes.collect():
        _check_columns_exist(file, profile, "primary_key", key, block.primary_key_line)
    for column, tag in columns.items():
        columns[column] = tag.model_copy(update={"role": _final_role(column, tag.role, key, time)})
    return TableTags(primary_key=key, time_index=time, columns=columns)


def _check_column_exists(
    column: str, line: ColumnLine, file: TagsFile, profile: TableProfile, warnings: list[str]
) -> None:
    if column in profile.columns:
        return
    near = nearest(column, list(profile.columns), 1)
    if file.ledger.was_in_data(profile.table, column):
        similar = f"; the most similar column is {near[0]}" if near else ""
        warnings.append(f"line {line.line}: {profile.table}.{column} is no longer in the data{similar}")
        return
    raise TagError(
        "RDX-TAG-007",
        f"the column {column!r} is not in table {profile.table!r}",
        expected="a column of the table",
        hint=f"did you mean {near[0]}? Else remove the line" if near else "remove the line",
        file=file.path,
        line=line.line,
        table=profile.table,
    )


def _final_role(column: str, role: Role, key: list[str], time: list[str]) -> Role:
    """Return the role that agrees with the table's lists. A key that also references a table stays a foreign key."""
    if column in time:
        return "time_index"
    if column in key:
        return role if role in {"foreign_key", "target"} else "primary_key"
    return "feature" if role in {"time_index", "primary_key"} else role


def _column(file: TagsFile, table: str, column: str, suggested: ColumnSuggestion) -> ColumnTag:
    role: Role = "feature" if suggested.role == "target" else suggested.role
    tag = ColumnTag(
        role=role,
        type=suggested.type,
        sensitivity=suggested.sensitivity,
        semantic_type=suggested.semantic_type,
        unit=str(getattr(suggested, "unit", None) or ""),
    )
    line = file.tables[table].columns.get(column) if table in file.tables else None
    if line is None:
        return tag
    key = ("tables", table, "columns", column)
    entry = file.ledger.written.get(key_text(key))
    written_role = line.role
    if line.role == "target" and file.untouched(key):
        written_role = None  # Radix wrote it, to match the target at that time
    merged = ColumnTag(
        role=cast("Role", written_role or role),
        type=cast("FeatureType", line.type or tag.type),
        # Without a sensitivity the suggestion applies: an omission never makes a private column public.
        sensitivity=cast("Sensitivity", line.sensitivity or suggested.sensitivity),
        semantic_type=tag.semantic_type if line.semantic_type is None else line.semantic_type,
        unit=tag.unit if line.unit is None else line.unit,
    )
    differs = merged != tag
    if entry is not None:
        settings = {name: value for name, value in line.settings.items() if name != "human"}
        differs = not file.untouched(key) and settings != entry.settings
    return merged.model_copy(update={"human": line.human or differs})


def _key_columns(block: TableBlock, suggested: TableSuggestion, columns: dict[str, ColumnTag]) -> list[str]:
    """Return the list, unless it is as suggested and the columns' lines differ from it."""
    listed = suggested.primary_key if block.primary_key is None else block.primary_key
    if listed != suggested.primary_key:
        return listed
    remaining = [name for name in listed if name not in columns or columns[name].role in _KEY_ROLES]
    return remaining + [name for name, tag in columns.items() if tag.role == "primary_key" and name not in listed]


_KEY_ROLES = frozenset({"primary_key", "foreign_key", "time_index", "target"})


def _time_columns(
    name: str, file: TagsFile, block: TableBlock, suggested: TableSuggestion, columns: dict[str, ColumnTag]
) -> list[str]:
    """Return the list, unless it is as suggested and the columns' lines differ; if both changed, they must agree."""
    listed = suggested.time_index if block.time_index is None else block.time_index
    marked = [column for column, tag in columns.items() if tag.role == "time_index"]
    added = [column for column in marked if suggested.columns[column].role != "time_index"]
    dropped = [
        column
        for column, item in suggested.columns.items()
        if item.role == "time_index" and column in columns and column not in marked
    ]
    changed = listed != suggested.time_index
    if not added and not dropped:
        return listed
    if changed:
        extra = [column for column in added if column not in listed]
        if extra:
            raise _two_time_indexes(name, file, block, listed, extra[0])
        return listed
    if added and marked != added:
        raise _two_time_indexes(name, file, block, [column for column in marked if column not in added], added[0])
    return marked if added else [column for column in listed if column not in dropped]


def _two_time_indexes(name: str, file: TagsFile, block: TableBlock, listed: list[str], second: str) -> TagError:
    return TagError(
        "RDX-TAG-008",
        f"{name} has two time indexes: {', '.join(listed)} and {second}",
        expected="one column, or its parts from year to minute",
        hint=f"write time_index: [{second}], or give {second} the role feature",
        file=file.path,
        line=block.columns[second].line if second in block.columns else block.time_index_line or None,
        table=name,
    )


def _check_columns_exist(file: TagsFile, profile: TableProfile, setting: str, names: list[str], line: int) -> None:
    for column in names:
        if column not in profile.columns:
            near = nearest(column, list(profile.columns), 1)
            raise TagError(
                "RDX-TAG-007",
                f"{setting} names {column!r}, which is not a column of {profile.table!r}",
                expected="a column of the table",
                hint=f"did you mean {near[0]}?" if near else "use a column listed below it",
                file=file.path,
                line=line or None,
                table=profile.table,
            )
