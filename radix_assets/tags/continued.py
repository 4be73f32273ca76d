"""Apply a person's answers to schema changes: columns that continue others, and columns that were dropped."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from radix_assets.profiles.schema import TableProfile
from radix_assets.question.target import nearest, parse_target
from radix_assets.relationships.references import parse_relationship
from radix_assets.suggestions.schema import Suggestions, TableSuggestion
from radix_assets.tags.schema import literal
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import TagsFile
from radix_assets.tags_file.schema import ColumnLine, Located, TableBlock
from radix_resources.errors import TagError

_OF_TYPE = {
    "numeric": {"integer", "float", "boolean"},
    "datetime": {"date", "datetime", "time", "string", "integer"},
    "sentence": {"string"},
    "url": {"string"},
    "embedded-number": {"string"},
    "list": {"string"},
}
"""By feature type, the types of values that it can be; others can be of any."""
_PRIVACY = ("none", "personal", "sensitive")
Renames = dict[str, dict[str, str]]
"""By table, the old name of each column to its new one."""


def with_answers(
    file: TagsFile,
    suggestions: Suggestions,
    profiles: Mapping[str, TableProfile],
    warnings: list[str],
    mistakes: Mistakes,
) -> TagsFile:
    """Return the file as if it named the new columns: `was` and `accept` are applied. The file itself stays.

    Collect TagError RDX-TAG-007 if a column continues one that was never in the data. One that continues a column
    that is still there gives a warning.
    """
    renames: Renames = {}
    blocks = dict(file.tables)
    for table, block in file.tables.items():
        profile = profiles.get(table)
        if profile is None or not any(line.was or line.accept for line in block.columns.values()):
            continue
        names = _renamed(table, block, file, profile, warnings, mistakes)
        renames[table] = names
        blocks[table] = _block(block, names, profile, suggestions.tables.get(table, TableSuggestion(columns={})))
    if not renames:
        return file
    changed = replace(file, tables=blocks)
    columns = {
        table: list(dict.fromkeys([*profiles[table].columns, *block.columns] if table in profiles else block.columns))
        for table, block in file.tables.items()
    }
    if file.target is not None:
        changed.target = Located(_target(file.target.text, columns, renames), file.target.line)
    if file.relationships is not None:
        changed.relationships = [_link(item, columns, renames) for item in file.relationships]
    return changed


def _renamed(
    table: str,
    block: TableBlock,
    file: TagsFile,
    profile: TableProfile,
    warnings: list[str],
    mistakes: Mistakes,
) -> dict[str, str]:
    names: dict[str, str] = {}
    for column, line in block.columns.items():
        if not line.was or column not in profile.columns:
            continue
        if line.was in profile.columns:
            warnings.append(f"line {line.line}: {table}.{line.was} is still in the data, so `was` has no effect")
        elif file.ledger.was_in_data(table, line.was) or line.was in block.columns:
            names[line.was] = column
        else:
            near = nearest(line.was, file.ledger.columns_seen.get(table, []), 1)
            with mistakes.collect():
                raise TagError(
                    "RDX-TAG-007",
                    f"`was` names {line.was!r}, which was never a column of {table!r}",
                    expected="the earlier name of the column",
                    hint=f"did you mean {near[0]}?" if near else "remove `was`",
                    file=file.path,
                    line=line.line,
                    table=table,
                )
    return names


def _block(
    block: TableBlock, names: Mapping[str, str], profile: TableProfile, suggested: TableSuggestion
) -> TableBlock:
    dropped = {
        column
        for column, line in block.columns.items()
        if line.accept == "removed" and column not in profile.columns and column not in names
    }
    columns: dict[str, ColumnLine] = {}
    for column, line in block.columns.items():
        if column in dropped or column in names:
            continue
        own = suggested.columns.get(column)
        old = block.columns.get(line.was) if line.was and names.get(line.was) == column else None
        merged = _merged(line, old, own) if old else line
        if merged.accept and column in profile.columns and not _fits(merged.type, profile.columns[column].dtype):
            merged = replace(merged, type=None)
        columns[column] = merged

    def current(listed: list[str] | None) -> list[str] | None:
        return None if listed is None else [names.get(name, name) for name in listed if name not in dropped]

    return replace(block, columns=columns, primary_key=current(block.primary_key), time_index=current(block.time_index))


def _merged(line: ColumnLine, old: ColumnLine, suggested: object) -> ColumnLine:
    """Return the line of a column that continues another: the old settings, unless a person has given others."""

    def chosen(setting: str) -> str | None:
        own, earlier = getattr(line, setting), getattr(old, setting)
        given = own is not None and own != str(getattr(suggested, setting, "") or "")
        return cast("str | None", own if given or earlier is None else earlier)

    private = [line.sensitivity or "none", old.sensitivity or "none", str(getattr(suggested, "sensitivity", "none"))]
    return ColumnLine(
        line.line,
        role=chosen("role"),
        type=chosen("type"),
        semantic_type=chosen("semantic_type"),
        unit=chosen("unit"),
        sensitivity=max(private, key=_PRIVACY.index),
        human=line.human or old.human,
        was=line.was,
        accept=line.accept,
    )


def _fits(kind: str | None, dtype: str) -> bool:
    return kind is None or dtype in _OF_TYPE.get(kind, {dtype})


def _target(text: str, columns: Mapping[str, list[str]], renames: Renames) -> str:
    if text.startswith("{"):  # a question about the future
        for table, names in renames.items():
            for old, new in names.items():
                text = re.sub(rf"(?<!\w){re.escape(table)}\.{re.escape(old)}(?!\w)", f"{table}.{new}", text)
        return text
    try:
        table, column, operator, value = parse_target(text, columns)
    except TagError:
        return text
    continued = renames.get(table, {}).get(column)
    if continued is None:
        return text
    return f"{table}.{continued}" if operator is None else f"{table}.{continued} {operator} {literal(value)}"


def _link(item: Located, columns: Mapping[str, list[str]], renames: Renames) -> Located:
    try:
        link = parse_relationship(item, columns)
    except TagError:
        return item
    sides = {
        "child_columns": [renames.get(link.child, {}).get(name, name) for name in link.child_columns],
        "parent_columns": [renames.get(link.parent, {}).get(name, name) for name in link.parent_columns],
    }
    changed = link.model_copy(update=sides)
    return item if changed == link else Located(changed.name, item.line)
