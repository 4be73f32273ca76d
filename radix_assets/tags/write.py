"""`tags.yaml` as Radix writes it, once: every suggestion with its evidence, least certain first."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from radix_assets.profiles.model import TableProfile
from radix_assets.project import Project
from radix_assets.relationships.model import Schema
from radix_assets.suggestions.model import ColumnSuggestion, Suggestions, TableSuggestion
from radix_assets.tags.replace import create
from radix_assets.tags.yaml_text import LONGEST_KEY, aligned, listed, quoted, quoted_reference, remark

Lines = list[tuple[str, str]]
"""Lines and their comments."""

_HEAD = """\
# What the data of {name} mean, as Radix suggests it. This file is yours: nothing you write in it is ever changed.
# 1. Check the target: what is to be predicted, `table.column` or a comparison such as `table.column > 15`.
# 2. Check each table's top lines, the least certain ones; the comments say how sure Radix is, and why.
#    role: feature, ignore, leak (known too late), time_index, primary_key, foreign_key, group, weight.
#    type: numeric, categorical, datetime, sentence, url, embedded-number, list, not-generalizable, context-specific.
#    sensitivity: personal or sensitive; no value of such a column is ever shown.
# 3. Write `confirmed: true` and save. Radix goes on by itself.
"""


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
    return create(path, first_text(project, suggestions, schema, profiles))


def first_text(project: Project, suggestions: Suggestions, schema: Schema, profiles: Mapping[str, TableProfile]) -> str:
    """The whole text."""
    parts = [_HEAD.format(name=project.name) + "confirmed: false\n", "\n".join(_target(project, suggestions)) + "\n"]
    unsure = sorted(schema.relationships, key=lambda relationship: relationship.confidence)
    links = [relationship_line(r.name, r.confidence, r.evidence) for r in unsure]
    parts.append("\n".join(["relationships:" + (" []" if not links else ""), *aligned(links)]) + "\n")
    blocks = [
        "\n".join(table_lines(name, suggestions.tables[name], schema, profiles[name]))
        for name in _ordered(suggestions)
        if name in profiles
    ]
    parts.append("tables:\n" + "\n\n".join(blocks) + "\n")
    return "\n".join(parts)


def relationship_line(name: str, confidence: float, evidence: str) -> tuple[str, str]:
    """One item of `relationships`."""
    return f"  - {quoted_reference(name)}", _note(confidence, evidence)


def table_lines(name: str, table: TableSuggestion, schema: Schema, profile: TableProfile) -> list[str]:
    """One entry of `tables`."""
    key = next((key for key in schema.primary_keys if key.table == name), None)
    times = [table.columns[column] for column in table.time_index if column in table.columns]
    sure = next((column for column in times if column.role == "time_index"), None)
    head = [
        (f"  {quoted(name)}:", f"{profile.rows:,} rows"),
        (
            f"    primary_key: {listed(table.primary_key)}",
            _note(key.confidence, key.evidence) if key else "nothing found that tells the rows apart",
        ),
        (
            f"    time_index: {listed(table.time_index)}",
            _note(sure.role_confidence, sure.evidence)
            if sure
            else ""
            if times
            else "no moment at which a row came to be",
        ),
        ("    columns:" + ("" if table.columns else " {}"), ""),
    ]
    return [*aligned(head), *aligned(list(column_lines(table.columns, "      ")))]


def column_lines(columns: Mapping[str, ColumnSuggestion], indent: str, *, mark: str = "") -> Iterable[tuple[str, str]]:
    """One line a column, least certain first. A column whose name is too long for a YAML key has none."""
    for name, column in sorted(columns.items(), key=lambda item: item[1].confidence):
        key = quoted(name)
        if len(key) <= LONGEST_KEY:
            yield f"{indent}{key}: {column_value(column)}", mark + _note(column.confidence, column.evidence)


def column_value(column: ColumnSuggestion) -> str:
    """What stands behind a column's name. The target has a line of its own at the top, so here it is a feature."""
    role = "feature" if column.role == "target" else column.role
    private = f", sensitivity: {column.sensitivity}" if column.sensitivity != "none" else ""
    return f"{{role: {role}, type: {column.type}{private}}}"


def _target(project: Project, suggestions: Suggestions) -> list[str]:
    if not suggestions.targets:
        return aligned([("target:", "nothing found that looks like one; write table.column"), ("problem:", "")])
    first, *others = suggestions.targets
    text = project.goal.target or f"{first.table}.{first.column}"
    problem = project.goal.problem or first.problem
    also = "; or " + ", ".join(f"{t.table}.{t.column} ({t.confidence:.0%})" for t in others) if others else ""
    return aligned(
        [
            (f"target: {quoted_reference(text)}", _note(first.confidence, remark(first.evidence) + also)),
            (f"problem: {problem}", "binary, multiclass or regression"),
        ]
    )


def _ordered(suggestions: Suggestions) -> list[str]:
    """The target's table first."""
    first = suggestions.targets[0].table if suggestions.targets else None
    return sorted(suggestions.tables, key=lambda name: name != first)


def _note(confidence: float, evidence: str) -> str:
    return remark(f"{confidence * 100:.0f} %: {evidence}" if evidence else f"{confidence * 100:.0f} %")
