"""Edits of `tags.yaml` on a person's behalf, and the columns that are new in the data."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from radix_assets.profiles.model import TableProfile
from radix_assets.relationships.model import Schema
from radix_assets.suggestions.model import Suggestions
from radix_assets.suggestions.question import nearest, parse_target
from radix_assets.tags import nodes
from radix_assets.tags.file import COLUMN_SETTINGS, ColumnLine, TagsFile, not_allowed, parse_tags
from radix_assets.tags.references import plain
from radix_assets.tags.replace import rewrite
from radix_assets.tags.splices import Splices
from radix_assets.tags.write import column_lines, relationship_line, table_lines
from radix_assets.tags.yaml_text import aligned, listed, quoted, quoted_reference
from radix_resources.errors import TagError


def set_tags(
    path: Path,
    columns: Mapping[str, Mapping[str, str]] | None = None,
    *,
    target: str | None = None,
    time_index: Mapping[str, Sequence[str]] | None = None,
    add_relationships: Sequence[str] = (),
    remove_relationships: Sequence[str] = (),
    expected: str | None = None,
) -> bool:
    """Carry out corrections in the file itself; what they do not concern stays byte for byte.

    `columns` maps `table.column` to what is to be set: role, type, sensitivity. The role `target` sets the target. A
    correction to what stands there already confirms the line (`human: true`). `expected` is the sha256 of the text the
    caller saw. False where nothing changed.

    Raises TagError RDX-TAG-004 (no such role …), RDX-TAG-006 (changed meanwhile), RDX-TAG-007 (no such column),
    RDX-TAG-009 (no such relationship), RDX-TAG-011 (cannot be edited without changing more); then nothing is written.
    """
    for name, settings in (columns or {}).items():
        _check_settings(name, settings)

    def change(text: str) -> str:
        file = parse_tags(text, path)
        wanted, asked, times = _plan(file, columns or {}, target, time_index or {})
        splices = Splices(text, path)
        if asked is not None and (file.target is None or asked != file.target.text):
            _set_top(splices, "target", quoted_reference(asked))
            if file.problem is not None:
                _set_top(splices, "problem", "")
        for table, names in times.items():
            _set_in_table(splices, table, "time_index", listed(list(names)))
        for (table, name), settings in wanted.items():
            _set_column(splices, file, table, name, settings)
        _relate(splices, file, add_relationships, remove_relationships)
        return _checked(splices, file, touched=set(wanted))

    return rewrite(path, change, expected=expected)


def confirm(path: Path, who: str, *, expected: str | None = None) -> bool:
    """Write that a person, named by `who`, has confirmed the tags. False where that stands there already."""

    def change(text: str) -> str:
        file = parse_tags(text, path)
        splices = Splices(text, path)
        if not file.confirmed:
            _set_top(splices, "confirmed", "true")
        if file.confirmed_by != who and not (file.confirmed and file.confirmed_by):
            _set_top(splices, "confirmed_by", quoted(who), after="confirmed")
        return _checked(splices, file)

    return rewrite(path, change, expected=expected)


def refresh_tags(path: Path, suggestions: Suggestions, schema: Schema, profiles: Mapping[str, TableProfile]) -> bool:
    """Append what is new in the data, as suggested; no line that is there already changes. False if nothing is new."""

    def change(text: str) -> str:
        file = parse_tags(text, path)
        splices = Splices(text, path)
        for name, table in suggestions.tables.items():
            known = file.tables.get(name)
            if known is None:
                continue
            fresh = {column: item for column, item in table.columns.items() if column not in known.columns}
            lines = list(column_lines(fresh, "", mark="new, "))
            if lines:
                _append_columns(splices, name, lines)
        added = [name for name in suggestions.tables if name not in file.tables and name in profiles]
        if added:
            _append_tables(
                splices, [table_lines(name, suggestions.tables[name], schema, profiles[name]) for name in added]
            )
            new = [r for r in schema.relationships if {r.child, r.parent} & set(added)] if file.tables else []
            _relate(splices, file, [r.name for r in new], (), {r.name: (r.confidence, r.evidence) for r in new})
        return _checked(splices, file)

    return rewrite(path, change)


def _plan(
    file: TagsFile,
    columns: Mapping[str, Mapping[str, str]],
    target: str | None,
    time_index: Mapping[str, Sequence[str]],
) -> tuple[dict[tuple[str, str], dict[str, str]], str | None, dict[str, Sequence[str]]]:
    """What to set in which line, the target, and the time index of tables; names checked."""
    known = {table: list(block.columns) for table, block in file.tables.items()}
    if target is not None:
        parse_target(target, known)
    wanted: dict[tuple[str, str], dict[str, str]] = {}
    times: dict[str, Sequence[str]] = {_table(table, known, file): names for table, names in time_index.items()}
    for name, given in columns.items():
        table, column = _column(name, known, file)
        settings = dict(given)
        if settings.get("role") == "target":
            target = f"{table}.{column}"
            del settings["role"]
        elif settings.get("role") == "time_index":
            times.setdefault(table, [column])
        if settings:
            wanted[table, column] = settings
    for table, names in times.items():
        for name in names:
            _column(f"{table}.{name}", known, file)
            wanted.setdefault((table, name), {}).setdefault("role", "time_index")
        for name, line in file.tables[table].columns.items():
            if line.role == "time_index" and name not in names:
                wanted.setdefault((table, name), {}).setdefault("role", "feature")
    return wanted, target, times


def _check_settings(name: str, settings: Mapping[str, str]) -> None:
    for setting, value in settings.items():
        if setting not in COLUMN_SETTINGS:
            raise TagError(
                "RDX-TAG-005",
                f"{setting!r} is no setting of a column",
                expected=f"one of {', '.join(COLUMN_SETTINGS)}",
                hint="; ".join(f"did you mean {near}?" for near in nearest(setting, list(COLUMN_SETTINGS), 1)),
                column=name,
            )
        if value not in COLUMN_SETTINGS[setting]:
            raise not_allowed(setting, value, COLUMN_SETTINGS[setting], column=name)


def _column(name: str, known: Mapping[str, Sequence[str]], file: TagsFile) -> tuple[str, str]:
    try:
        table, column, operator, _ = parse_target(name, known)
    except TagError:
        table, column, operator = "", "", ">"
    if operator is not None:
        near = nearest(name, [f"{table}.{column}" for table, names in known.items() for column in names])
        raise TagError(
            "RDX-TAG-007",
            f"{name!r} is not in the tags file",
            expected="table.column",
            hint=f"did you mean {' or '.join(near)}?" if near else "look it up in the file",
            file=file.path,
        )
    return table, column


def _table(name: str, known: Mapping[str, Sequence[str]], file: TagsFile) -> str:
    if name not in known:
        near = nearest(name, list(known), 1)
        hint = f"did you mean {near[0]}?" if near else "look it up in the file"
        raise TagError("RDX-TAG-007", f"the table {name!r} is not in the tags file", hint=hint, file=file.path)
    return name


def _set_top(splices: Splices, key: str, value: str, after: str = "") -> None:
    pair, before = splices.find(key), splices.find(after) if after else None
    if pair is not None:
        splices.set(pair, value)
    elif before is not None and not splices.root.flow_style:  # type: ignore[union-attr]
        splices.lines_after(nodes.end(before[1]), [f"{' ' * before[0].start_mark.column}{key}: {value}"])
    else:
        splices.add(None, [(key, value, "")])


def _set_in_table(splices: Splices, table: str, key: str, value: str) -> None:
    pair = splices.find("tables", table, key)
    if pair is not None:
        splices.set(pair, value)
    else:
        splices.add(splices.find("tables", table), [(key, value, "")], indent=4)


def _set_column(splices: Splices, file: TagsFile, table: str, name: str, settings: dict[str, str]) -> None:
    pair = splices.find("tables", table, "columns", name)
    assert pair is not None  # noqa: S101 names were checked against the same text
    line = file.tables[table].columns[name]
    if all(_held(line, key) == value for key, value in settings.items()):
        settings = {"human": "true"}
        if line.human:
            return
    if not nodes.is_mapping(pair[1]):
        merged = {"role": line.role, **settings} if line.role else settings
        splices.set(pair, f"{{{', '.join(f'{key}: {value}' for key, value in merged.items())}}}")
        return
    missing = []
    for key, value in settings.items():
        own = nodes.child(pair[1], key)
        if own is not None:
            splices.set(own, value)
        else:
            missing.append((key, value, ""))
    if missing:
        splices.add(pair, missing, indent=8)


def _held(line: ColumnLine, key: str) -> str | None:
    value: Any = getattr(line, key)
    return str(value).lower() if key == "human" else value


def _append_columns(splices: Splices, table: str, lines: list[tuple[str, str]]) -> None:
    pair, block = splices.find("tables", table, "columns"), splices.find("tables", table)
    if pair is None:
        splices.add(block, [("columns", "", "")], indent=4)
        splices.block(block, ["  " + line for line in aligned(lines)], indent=4)
    elif nodes.is_mapping(pair[1]) and pair[1].flow_style and pair[1].value:
        splices.into_flow(pair[1], ", ".join(line for line, _ in lines))
    elif nodes.is_mapping(pair[1]) and pair[1].flow_style:
        splices.set(pair, "")
        splices.block((pair[0], pair[0]), aligned(lines), indent=pair[0].start_mark.column + 2)
    else:
        splices.block(pair, aligned(lines), indent=pair[0].start_mark.column + 2)


def _append_tables(splices: Splices, blocks: list[list[str]]) -> None:
    pair = splices.find("tables")
    lines = [line[2:] for block in blocks for line in ["", *block]]
    if pair is None:
        splices.add(None, [("tables", "", "")])
        splices.block(None, ["  " + line if line else "" for line in lines])
    else:
        splices.block(pair, lines, indent=2)


def _relate(
    splices: Splices,
    file: TagsFile,
    add: Sequence[str],
    remove: Sequence[str],
    why: Mapping[str, tuple[float, str]] | None = None,
) -> None:
    held = [plain(said.text) for said in file.relationships or []]
    pair = splices.find("relationships")
    for name in remove:
        if plain(name) not in held or pair is None:
            near = nearest(name, [said.text for said in file.relationships or []], 1)
            raise TagError(
                "RDX-TAG-009",
                f"{name!r} is no relationship of the file",
                hint=f"did you mean {near[0]}?" if near else "write it as it stands there",
                file=file.path,
            )
        splices.remove_item(pair[1], held.index(plain(name)))
    new = [name for name in add if plain(name) not in held]
    if not new:
        return
    lines = aligned(
        [relationship_line(name, *why[name]) if why else (f"  - {quoted_reference(name)}", "") for name in new]
    )
    if pair is None:
        splices.add(None, [("relationships", "", "")])
        splices.block(None, lines)
    elif nodes.is_sequence(pair[1]) and pair[1].flow_style:
        splices.into_flow(pair[1], ", ".join(f'"{name}"' if '"' not in name else quoted(name) for name in new))
    else:
        splices.block(pair, [line[2:] for line in lines], indent=2)


def _checked(splices: Splices, before: TagsFile, touched: Collection[tuple[str, str]] = ()) -> str:
    """The new text, if it reads as the old one does in all that was not to be changed."""
    text = splices.applied()
    try:
        after = parse_tags(text, before.path)
    except TagError:
        after = TagsFile(before.path, text)
    for table, block in before.tables.items():
        for name, line in block.columns.items():
            now = after.tables[table].columns.get(name) if table in after.tables else None
            if (table, name) not in touched and (now is None or replace(now, line=line.line) != line):
                raise TagError(
                    "RDX-TAG-011",
                    "Radix cannot edit this file without changing more than was asked for",
                    expected="one line a column, as Radix writes it",
                    hint="edit the file by hand",
                    file=before.path,
                    line=line.line,
                )
    return text
