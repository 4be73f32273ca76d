"""`tags.yaml` as Radix writes it, once: every suggestion with its evidence, least certain first."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from radix_assets.profiles.schema import TableProfile
from radix_assets.project.settings import Project
from radix_assets.question.horizon import Future
from radix_assets.question.target import parse_target
from radix_assets.relationships.schema import Schema
from radix_assets.schemas.shipped import publish_schemas, schema_line
from radix_assets.suggestions.schema import ColumnSuggestion, Suggestions, TableSuggestion
from radix_assets.tags_file.atomic import create
from radix_assets.tags_file.diff import Change, nested, said_in
from radix_assets.tags_file.file import parse_tags, sha_of
from radix_assets.tags_file.ledger import Ledger, ledger_path
from radix_assets.tags_file.lines import Key
from radix_assets.tags_file.yaml_text import LONGEST_KEY, aligned, listed, quoted, quoted_reference, remark
from radix_resources.errors import TagError

UNSURE = 0.65
"""Confidence below which a line is worth a look."""
SURE = 0.8
AT_ONCE = 200
"""Columns in one action of the log."""
_LONG = 20
"""Columns of a table from which on a line divides what is sure from what is not."""

_HEAD = """\
# What the data of {name} mean, as Radix suggests it. This file is yours: nothing you write in it is ever changed.
# {count}
# 1. Check the target: what is to be predicted, `table.column` or a comparison such as `table.column > 15`.
# 2. Check each table's top lines, the least certain ones; the comments say how sure Radix is, and why.
#    role: feature, ignore, leak (known too late), time_index, primary_key, foreign_key, group, weight.
#    type: numeric, categorical, datetime, sentence, url, embedded-number (12 kg), list,
#          not-generalizable (keys, constants), context-specific (only who knows the data can tell).
#    sensitivity: personal or sensitive; no value of such a column is ever shown.
# 3. Write `confirmed: true` and save. Radix goes on by itself.
# A line that still reads as Radix wrote it is brought up to date when the data change; a line you touched is yours.
"""


class Wanted(NamedTuple):
    """One line as Radix would write it now."""

    body: str
    """With its indentation, without the comment."""
    note: str
    said: dict[str, str]
    """The settings that it holds."""


def write_tags(
    path: Path,
    project: Project,
    suggestions: Suggestions,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
) -> bool:
    """Write the file where there is none, durably and as a whole; False, and nothing done, where there is one."""
    if path.exists():
        return False
    text = first_text(project, suggestions, schema, profiles)
    lines = wanted(suggestions, schema, profiles, project)
    file = parse_tags(text, path)
    ledger = Ledger(sha=sha_of(text), held=said_in(file), new=False)
    for key, line in lines.items():
        if key in file.lines:
            ledger.write(key, file.print_of(key), line.said)
    ledger.known = {name: list(profile.columns) for name, profile in profiles.items()}
    columns = [(key, line) for key, line in lines.items() if key[2:3] == ("columns",)]
    for place in range(0, len(columns), AT_ONCE):
        said = nested(
            [
                Change((*key, name), None, value)
                for key, line in columns[place : place + AT_ONCE]
                for name, value in line.said.items()
            ]
        )
        ledger.tell("suggest", "Radix", f"wrote {path.name}, pre-filled", {}, said[1])
    written = create(path, text, (ledger_path(path), ledger.to_bytes()))
    if written:
        publish_schemas(path.parent.parent)
    return written


def first_text(project: Project, suggestions: Suggestions, schema: Schema, profiles: Mapping[str, TableProfile]) -> str:
    """The whole text."""
    lines = wanted(suggestions, schema, profiles, project)
    tables = [name for name in _ordered(suggestions) if name in profiles]
    columns = [column for name in tables for column in suggestions.tables[name].columns.values()]
    unsure = sum(1 for column in columns if column.confidence < UNSURE)
    few = f"{unsure:,} of them" if unsure else "none of them"
    count = (
        f"{len(columns):,} columns in {len(tables):,} tables; "
        f"Radix is less than {UNSURE:.0%} sure of {few}{', which stand first in their tables' if unsure else ''}."
    )
    top = [(lines[key].body, lines[key].note) for key in (("target",), ("problem",))]
    links = [(line.body, line.note) for key, line in lines.items() if key[0] == "relationships"]
    parts = [
        schema_line("tags") + _HEAD.format(name=project.name, count=count) + "confirmed: false\n",
        "\n".join(aligned(top)) + "\n",
        "\n".join(["relationships:" + (" []" if not links else ""), *aligned(links)]) + "\n",
    ]
    blocks = ["\n".join(table_lines(name, suggestions.tables[name], lines)) for name in tables]
    parts.append("tables:\n" + "\n\n".join(blocks) + "\n")
    return "\n".join(parts)


def wanted(
    suggestions: Suggestions,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
    project: Project | None = None,
    target: str | None = None,
) -> dict[Key, Wanted]:
    """Every line as Radix would write it, in the file's order; the least certain first within a table.

    `target` is what the file names as the target, where it is not the suggested one. Without a project the lines of
    the target and the problem are not among them.
    """
    found: dict[Key, Wanted] = {}
    if project is not None:
        found.update(_top(project, suggestions))
    unsure = sorted(schema.relationships, key=lambda relationship: relationship.confidence)
    for link in unsure:
        body, note = relationship_line(link.name, link.confidence, link.evidence)
        found["relationships", link.name] = Wanted(body, note, {})
    asked = _asked(target or (target_text(project) if project else ""), suggestions, profiles)
    for name in _ordered(suggestions):
        if name in profiles:
            found.update(_table(name, suggestions.tables[name], schema, profiles[name], asked))
    return found


def relationship_line(name: str, confidence: float, evidence: str) -> tuple[str, str]:
    """One item of `relationships`."""
    return f"  - {quoted_reference(name)}", note_of(confidence, evidence)


def table_lines(name: str, table: TableSuggestion, lines: Mapping[Key, Wanted]) -> list[str]:
    """One entry of `tables`."""
    keys: list[Key] = [("tables", name), ("tables", name, "primary_key"), ("tables", name, "time_index")]
    head = [(lines[key].body, lines[key].note) for key in keys]
    head.append(("    columns:" + ("" if table.columns else " {}"), ""))
    own: list[tuple[str, str]] = []
    divided = len(table.columns) < _LONG or all(column.confidence >= SURE for column in table.columns.values())
    for key, line in lines.items():
        if key[:3] != ("tables", name, "columns"):
            continue
        if not divided and table.columns[key[3]].confidence >= SURE:
            own.append((f"      # Radix was at least {SURE:.0%} sure of all below when it wrote this", ""))
            divided = True
        own.append((line.body, line.note))
    return [*aligned(head), *aligned(own)]


def column_value(column: ColumnSuggestion, *, target: bool = False) -> tuple[str, dict[str, str]]:
    """What stands behind a column's name, as text and as settings."""
    role = "target" if target else "feature" if column.role == "target" else column.role
    said = {"role": role, "type": str(column.type)}
    for name in ("semantic_type", "unit"):
        value = str(getattr(column, name, None) or "")
        if value:
            said[name] = value
    if column.sensitivity != "none":
        said["sensitivity"] = column.sensitivity
    return f"{{{', '.join(f'{name}: {quoted(value)}' for name, value in said.items())}}}", said


def note_of(confidence: float, evidence: str) -> str:
    """The comment that says how sure Radix is, and why."""
    return remark(f"{confidence * 100:.0f} %: {evidence}" if evidence else f"{confidence * 100:.0f} %")


def _table(
    name: str, table: TableSuggestion, schema: Schema, profile: TableProfile, asked: tuple[str, str] | None
) -> Iterable[tuple[Key, Wanted]]:
    key = next((key for key in schema.primary_keys if key.table == name), None)
    times = [table.columns[column] for column in table.time_index if column in table.columns]
    sure = next((column for column in times if column.role == "time_index"), None)
    unknown = "" if times else "no moment at which a row came to be"
    rows = f"{profile.rows:,} rows" + (f"; {table.row}" if table.row else "")
    yield ("tables", name), Wanted(f"  {quoted(name)}:", remark(rows), {})
    yield (
        ("tables", name, "primary_key"),
        Wanted(
            f"    primary_key: {listed(table.primary_key)}",
            note_of(key.confidence, key.evidence) if key else "nothing found that tells the rows apart",
            {},
        ),
    )
    yield (
        ("tables", name, "time_index"),
        Wanted(
            f"    time_index: {listed(table.time_index)}",
            note_of(sure.role_confidence, sure.evidence) if sure else unknown,
            {},
        ),
    )
    for column, item in sorted(table.columns.items(), key=lambda pair: pair[1].confidence):
        own = quoted(column)
        if len(own) <= LONGEST_KEY:  # a longer name cannot be a YAML key
            value, said = column_value(item, target=(name, column) == asked)
            note = note_of(item.confidence, item.evidence)
            yield ("tables", name, "columns", column), Wanted(f"      {own}: {value}", note, said)


def target_text(project: Project) -> str:
    """The target that a project asks for, as text; empty where it names none."""
    said = project.goal.target
    return said.text if isinstance(said, Future) else said or ""


def target_value(text: str) -> str:
    """A target as it stands behind its key: a question as YAML, a reference in quotes where it needs them."""
    return text if text.startswith("{") or not text else quoted_reference(text)


def _top(project: Project, suggestions: Suggestions) -> dict[Key, Wanted]:
    text, problem = target_text(project), str(project.goal.problem or "")
    why = "asked for in the project" if text else "nothing found that looks like one; write table.column"
    if isinstance(project.goal.target, Future):
        why = f"asked for in the project: {project.goal.target.name}"
    elif suggestions.targets:
        first, *others = suggestions.targets
        also = "; or " + ", ".join(f"{t.table}.{t.column} ({t.confidence:.0%})" for t in others) if others else ""
        text, problem = text or f"{first.table}.{first.column}", problem or str(first.problem)
        why = note_of(first.confidence, remark(first.evidence) + also)
    kinds = "what kind of answer; it follows from the target where nothing stands here"
    return {
        ("target",): Wanted(f"target: {target_value(text)}".rstrip(), remark(why), {}),
        ("problem",): Wanted(f"problem: {problem}".rstrip(), kinds if problem else "", {}),
    }


def _asked(text: str, suggestions: Suggestions, profiles: Mapping[str, TableProfile]) -> tuple[str, str] | None:
    """Table and column of the target, where it is in the data."""
    if text.startswith("{"):
        return None
    if not text:
        first = suggestions.targets[0] if suggestions.targets else None
        return (first.table, first.column) if first else None
    try:
        table, column, *_ = parse_target(text, {name: list(profile.columns) for name, profile in profiles.items()})
    except TagError:
        return None
    return table, column


def _ordered(suggestions: Suggestions) -> list[str]:
    """The target's table first."""
    first = suggestions.targets[0].table if suggestions.targets else None
    return sorted(suggestions.tables, key=lambda name: name != first)
