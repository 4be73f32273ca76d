"""The first `tags.yaml`: every suggestion with its evidence, least certain first."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from radix_assets.common.plural import counted
from radix_assets.profiles.schema import TableProfile
from radix_assets.project.settings import Project
from radix_assets.question.horizon import Future
from radix_assets.relationships.schema import Schema
from radix_assets.rules.suggest import suggest_rules
from radix_assets.schemas.shipped import publish_schemas, schema_line
from radix_assets.suggestions.schema import ColumnSuggestion, Suggestions, TableSuggestion
from radix_assets.tags.target import target_column, target_text, target_value
from radix_assets.tags.unconfirmed import accepted_part
from radix_assets.tags_file.atomic import create
from radix_assets.tags_file.diff import Change, nested, settings_in
from radix_assets.tags_file.file import parse_tags, sha_of
from radix_assets.tags_file.ledger import Ledger, ledger_path
from radix_assets.tags_file.lines import Key
from radix_assets.tags_file.yaml_text import LONGEST_KEY, aligned, listed, quoted, quoted_reference, remark

_PERCENT = re.compile(r"^(\d+)%")
"""The confidence at the start of a comment; an earlier version wrote `97 %`."""
UNSURE = 0.65
"""Confidence below which a line should be checked."""
SURE = 0.8
AT_ONCE = 200
"""Columns per action in the log."""
_LONG = 20
"""Columns of a table from which on a comment separates the confident suggestions from the others."""
_PROBLEM_NOTE = "problem type; it follows from the target if empty"
_OTHER_PROBLEM = {
    "regression": "or regression, if its numbers are amounts",
    "multiclass": "or multiclass, if its numbers are codes",
}

_HEAD = """\
# The meaning of the data of {name}, as suggested by Radix. This file is yours: Radix never changes what you write.
# {count}
# 1. Check the target, what to predict: `table.column`, or a comparison such as `table.column > 15`.
# 2. Check the top lines of each table, the least certain ones; the comments give the confidence and the evidence.
#    role: feature, ignore, leak (known too late to be used), time_index, primary_key, foreign_key, group, weight.
#    type: numeric, categorical, datetime, sentence, url, embedded-number (12 kg), list,
#          not-generalizable (keys, constants), context-specific (needs knowledge of the data).
#    sensitivity: personal or sensitive; values of such a column are never shown.
# 3. Write `confirmed: true` and save. Radix then continues by itself.
# A line that you edit, or that has `human: true`, is yours; Radix updates the others when the data change.
"""
_RULES = """\
# What must hold of every new batch. A broken rule warns; with `block:` before it, as in `- block: orders.id is unique`,
# the batch is set aside and what serves stays as it is.
"""
_ORDER = "; the least certain columns are listed first in each table"


class SuggestedLine(NamedTuple):
    """One line as Radix would write it now."""

    body: str
    """The line with its indentation, without the comment."""
    note: str
    settings: dict[str, str]
    """The settings in it."""


def write_tags(
    path: Path,
    project: Project,
    suggestions: Suggestions,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
) -> bool:
    """Write the file, durably and as a whole. Return False, with nothing done, if it already exists."""
    if path.exists():
        return False
    suggestions, schema = accepted_part(project, suggestions, schema)
    text = first_text(project, suggestions, schema, profiles)
    lines = suggested_lines(suggestions, schema, profiles, project)
    file = parse_tags(text, path)
    ledger = Ledger(sha=sha_of(text), content=settings_in(file), new=False)
    for key, line in lines.items():
        if key in file.lines:
            ledger.write(key, file.fingerprint(key), line.settings)
    ledger.columns_seen = {name: list(profile.columns) for name, profile in profiles.items()}
    columns = [(key, line) for key, line in lines.items() if key[2:3] == ("columns",)]
    for start in range(0, len(columns), AT_ONCE):
        settings = nested(
            [
                Change((*key, name), None, value)
                for key, line in columns[start : start + AT_ONCE]
                for name, value in line.settings.items()
            ]
        )
        ledger.record("suggest", "Radix", f"wrote {path.name} with suggestions", {}, settings[1])
    created = create(path, text, (ledger_path(path), ledger.to_bytes()))
    if created:
        publish_schemas(path.parent.parent)
    return created


def first_text(project: Project, suggestions: Suggestions, schema: Schema, profiles: Mapping[str, TableProfile]) -> str:
    """Return the text of the first file."""
    lines = suggested_lines(suggestions, schema, profiles, project)
    tables = [name for name in _ordered(suggestions) if name in profiles]
    columns = [column for name in tables for column in suggestions.tables[name].columns.values()]
    unsure = sum(1 for column in columns if column.confidence < UNSURE)
    doubtful = counted(unsure, "column has", "columns have") if unsure else "no column has"
    count = (
        f"{counted(len(columns), 'column')} in {counted(len(tables), 'table')}; "
        f"{doubtful} a confidence below {UNSURE:.0%}{_ORDER if unsure else ''}."
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
    rules = [(line.body, line.note) for key, line in lines.items() if key[0] == "rules"]
    parts.append(_RULES + "\n".join(["rules:" + (" []" if not rules else ""), *aligned(rules)]) + "\n")
    return "\n".join(parts)


def suggested_lines(
    suggestions: Suggestions,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
    project: Project | None = None,
    target: str | None = None,
) -> dict[Key, SuggestedLine]:
    """Return every line as Radix would write it, in the file's order; the least certain first within a table.

    `target` is the file's target, if it is not the suggested one. Without a project the lines of the target and the
    problem type are left out.
    """
    lines: dict[Key, SuggestedLine] = {}
    if project is not None:
        lines.update(_top(project, suggestions))
    unsure = sorted(schema.relationships, key=lambda relationship: relationship.confidence)
    for link in unsure:
        body, note = relationship_line(link.name, link.confidence, link.evidence)
        lines["relationships", link.name] = SuggestedLine(body, note, {})
    asked = target_column(target or (target_text(project) if project else ""), suggestions, profiles)
    for name in _ordered(suggestions):
        if name in profiles:
            lines.update(_table(name, suggestions.tables[name], schema, profiles[name], asked))
    for rule in suggest_rules(profiles, schema, suggestions):
        lines["rules", rule.text] = SuggestedLine(f"  - {quoted_reference(rule.text)}", remark(rule.evidence), {})
    return lines


def relationship_line(name: str, confidence: float, evidence: str) -> tuple[str, str]:
    """Return line and comment of one item of `relationships`."""
    return f"  - {quoted_reference(name)}", note_of(confidence, evidence)


def table_lines(name: str, table: TableSuggestion, lines: Mapping[Key, SuggestedLine]) -> list[str]:
    """Return the lines of one entry of `tables`."""
    keys: list[Key] = [("tables", name), ("tables", name, "primary_key"), ("tables", name, "time_index")]
    head = [(lines[key].body, lines[key].note) for key in keys]
    head.append(("    columns:" + ("" if table.columns else " {}"), ""))
    column_lines: list[tuple[str, str]] = []
    separated = len(table.columns) < _LONG or all(column.confidence >= SURE for column in table.columns.values())
    for key, line in lines.items():
        if key[:3] != ("tables", name, "columns"):
            continue
        if not separated and table.columns[key[3]].confidence >= SURE:
            column_lines.append(
                (f"      # when written, the confidence was at least {SURE:.0%} for all lines below", "")
            )
            separated = True
        column_lines.append((line.body, line.note))
    return [*aligned(head), *aligned(column_lines)]


def column_value(column: ColumnSuggestion, *, target: bool = False) -> tuple[str, dict[str, str]]:
    """Return a column's value as YAML text and as settings."""
    role = "target" if target else "feature" if column.role == "target" else column.role
    settings = {"role": role, "type": str(column.type)}
    for name in ("semantic_type", "unit"):
        value = str(getattr(column, name, None) or "")
        if value:
            settings[name] = value
    if column.sensitivity != "none":
        settings["sensitivity"] = column.sensitivity
    return f"{{{', '.join(f'{name}: {quoted(value)}' for name, value in settings.items())}}}", settings


def note_of(confidence: float, evidence: str) -> str:
    """Return the comment with confidence and evidence."""
    return remark(f"{confidence:.0%}: {evidence}" if evidence else f"{confidence:.0%}")


_EARLIER_NOTES = {
    "set in the project": "asked for in the project",
    "no candidate found; write table.column": "nothing found that looks like one; write table.column",
    _PROBLEM_NOTE: "what kind of answer; it follows from the target where nothing stands here",
    "no unique columns found": "nothing found that tells the rows apart",
    "no creation time found": "no moment at which a row came to be",
}
"""Comments, and their earlier wording."""


def earlier_note(note: str) -> str:
    """Return a comment as an earlier version wrote it, by which its lines are recognized without a ledger."""
    note = remark(_PERCENT.sub(r"\1 %", note))  # the space cost the last character of a comment that was cut
    for new, old in _EARLIER_NOTES.items():
        if note.startswith(new):
            return old + note.removeprefix(new)
    return note


def _table(
    name: str, table: TableSuggestion, schema: Schema, profile: TableProfile, target_column: tuple[str, str] | None
) -> Iterable[tuple[Key, SuggestedLine]]:
    key = next((key for key in schema.primary_keys if key.table == name), None)
    times = [table.columns[column] for column in table.time_index if column in table.columns]
    time_column = next((column for column in times if column.role == "time_index"), None)
    no_time = "" if times else "no creation time found"
    rows = f"{profile.rows:,} rows" + (f"; {table.row}" if table.row else "")
    yield ("tables", name), SuggestedLine(f"  {quoted(name)}:", remark(rows), {})
    yield (
        ("tables", name, "primary_key"),
        SuggestedLine(
            f"    primary_key: {listed(table.primary_key)}",
            note_of(key.confidence, key.evidence) if key else "no unique columns found",
            {},
        ),
    )
    yield (
        ("tables", name, "time_index"),
        SuggestedLine(
            f"    time_index: {listed(table.time_index)}",
            note_of(time_column.role_confidence, time_column.evidence) if time_column else no_time,
            {},
        ),
    )
    for column, item in sorted(table.columns.items(), key=lambda pair: pair[1].confidence):
        name_text = quoted(column)
        if len(name_text) <= LONGEST_KEY:  # a longer name cannot be a YAML key
            value, settings = column_value(item, target=(name, column) == target_column)
            note = note_of(item.confidence, item.evidence)
            yield ("tables", name, "columns", column), SuggestedLine(f"      {name_text}: {value}", note, settings)


def _top(project: Project, suggestions: Suggestions) -> dict[Key, SuggestedLine]:
    text, problem = target_text(project), str(project.goal.problem or "")
    note = "set in the project" if text else "no candidate found; write table.column"
    problem_note = _PROBLEM_NOTE
    if isinstance(project.goal.target, Future):
        note = f"set in the project: {project.goal.target.name}"
    elif suggestions.targets:
        first, *others = suggestions.targets
        alternatives = (
            "; or " + ", ".join(f"{t.table}.{t.column} ({t.confidence:.0%})" for t in others) if others else ""
        )
        text, problem = text or f"{first.table}.{first.column}", problem or str(first.problem)
        note = note_of(first.confidence, remark(first.evidence) + alternatives)
        if first.other_problem and problem == first.problem:
            problem_note = f"{_OTHER_PROBLEM[first.other_problem]}; {problem_note}"
    return {
        ("target",): SuggestedLine(f"target: {target_value(text)}".rstrip(), remark(note), {}),
        ("problem",): SuggestedLine(f"problem: {problem}".rstrip(), problem_note if problem else "", {}),
    }


def _ordered(suggestions: Suggestions) -> list[str]:
    """Return the tables, the target's first."""
    first = suggestions.targets[0].table if suggestions.targets else None
    return sorted(suggestions.tables, key=lambda name: name != first)
