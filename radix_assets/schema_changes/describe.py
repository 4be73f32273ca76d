"""Describe schema changes to the person who decides about them."""

import json
from collections.abc import Sequence
from typing import Any

from radix_assets.common.plural import counted
from radix_assets.pipeline.output import Markdown, Shown, Table
from radix_assets.pipeline.reads import Reads, RequestField
from radix_assets.schema_changes.schema import Change

_WORDS = {
    "integer": "whole numbers",
    "float": "numbers",
    "decimal": "decimal numbers",
    "boolean": "true or false",
    "string": "text",
    "date": "dates",
    "datetime": "points in time",
    "time": "times of day",
}
_BLANKS = {
    "Int64": "<whole number>",
    "Float64": "<number>",
    "Boolean": "<true or false>",
    "String": "<text>",
    "Date": "<date>",
    "Datetime": "<point in time>",
    "Time": "<time of day>",
    "integer": "<whole number>",
    "float": "<number>",
    "decimal": "<number>",
    "boolean": "<true or false>",
    "string": "<text>",
    "date": "<date>",
    "datetime": "<point in time>",
    "time": "<time of day>",
}
_MOST = 3
_MOST_FIELDS = 12


def what(change: Change) -> str:
    """Return what changed in one column, in words."""
    before, after = _WORDS.get(change.before, change.before), _WORDS.get(change.after, change.after)
    match change.kind:
        case "added":
            return f"{change.name} is new ({after})"
        case "renamed" if change.candidate:
            return f"{change.name} is called {change.candidate.column} now"
        case "removed" if change.candidate:
            candidate = change.candidate
            return (
                f"{change.name} is no longer in the data, but probably continues as {candidate.column} "
                f"({candidate.confidence:.0%}: {candidate.evidence})"
            )
        case "removed":
            return f"{change.name} is no longer in the data"
        case "emptied":
            return f"{change.name} holds no value any more; it held {before}"
        case _:
            return f"{change.name} held {before} and holds {after} now"


def task(changes: Sequence[Change], reader: str, project: str) -> str:
    """Return what a person must do about changes that block, in one line."""
    names = ", ".join(change.name for change in changes[:_MOST])
    more = f" and {len(changes) - _MOST} more" if len(changes) > _MOST else ""
    first = changes[0]
    detail = f" ({what(first)})" if len(changes) > 1 else ""
    happened = f"it {what(first).removeprefix(f'{first.name} ')}" if len(changes) == 1 else f"the data changed{detail}"
    return (
        f"decide about {names}{more}: {happened}; {reader} depends on it and serves on as it is; "
        f"see the answers with: radix tags {project}"
    )


def answers(change: Change, project: str) -> list[tuple[str, str]]:
    """Return the possible answers to a change that blocks: what each means, and the command that gives it."""
    command = f"radix tags {project} --set"
    accepted = "removed" if change.kind == "removed" else change.after
    meaning = (
        "accept: train without the column" if change.kind == "removed" else "accept: train with the column as it is now"
    )
    possible = [(meaning, f"{command} {_quoted(f'{change.name}.accept={accepted}')}")]
    if change.candidate:
        renamed = f"{change.table}.{change.candidate.column}.was={change.column}"
        possible.insert(
            0, ("declare the rename: the new column continues the old one", f"{command} {_quoted(renamed)}")
        )
    elif change.kind == "removed":
        renamed = f"{change.table}.NEW.was={change.column}"
        possible.append(("declare a rename: the column NEW continues it", f"{command} {_quoted(renamed)}"))
    return possible


def details(changes: Sequence[Change], reads: Reads, project: str) -> dict[str, Shown]:
    """Return everything that a person needs to decide about changes that block, for the UI."""
    requests = {change.name: requests_text(change, reads) for change in changes[:_MOST]}
    return {
        "changed columns": Table(
            [
                {"column": change.name, "change": what(change), "depends on it": depends(change, reads)}
                for change in changes
            ]
        ),
        "answers": Table(
            [
                {"column": change.name, "answer": meaning, "command": command}
                for change in changes
                for meaning, command in answers(change, project)
            ]
            + [{"column": "", "answer": "keep waiting: the old version serves on; new data are kept", "command": ""}]
        ),
        "requests": Markdown("\n\n".join(f"**{name}**  \n{text}" for name, text in requests.items())),
    }


def depends(change: Change, reads: Reads) -> str:
    """Return what depends on a changed column, in words."""
    return f"{reads.reader}: {', '.join(change.uses)}"


def requests_text(change: Change, reads: Reads) -> str:
    """Return what requests to the endpoint look like now and after each answer, as Markdown, a line for each."""
    if not reads.request:
        return "no endpoint depends on it"
    if change.table != reads.table or change.column not in {field.name for field in reads.request}:
        return "requests to the endpoint keep their fields"
    lines = [f"now: `{_json(reads.request)}`"]
    rest = [field for field in reads.request if field.name != change.column]
    (own,) = [field for field in reads.request if field.name == change.column]
    if change.kind == "removed":
        lines.append(f"accepted: `{_json(rest)}`; the field {change.column} is then refused")
    else:
        retyped = RequestField(own.name, change.after, required=own.required)
        lines.append(f"accepted: `{_json([retyped if field is own else field for field in reads.request])}`")
    if change.candidate:
        renamed = RequestField(change.candidate.column, own.dtype, own.required, own.example)
        lines.append(f"renamed: `{_json([renamed if field is own else field for field in reads.request])}`")
    return "  \n".join(lines)


def to_rows(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return changes as rows of a table, for commit records and programs."""
    return [
        {
            "column": change.name,
            "kind": change.kind,
            "before": change.before,
            "after": change.after,
            "change": what(change),
            "depends on it": ", ".join(change.uses),
        }
        for change in changes
    ]


def to_json(changes: Sequence[Change], reads: Reads, project: str) -> list[dict[str, Any]]:
    """Return changes that block, with the possible answers and what requests look like, for programs."""
    return [
        {
            **row,
            "reader": reads.reader,
            "continues_as": change.candidate and change.candidate.column,
            "confidence": change.candidate and round(change.candidate.confidence, 4),
            "answers": [{"answer": meaning, "command": command} for meaning, command in answers(change, project)],
            "requests": requests_text(change, reads).splitlines(),
        }
        for change, row in zip(changes, to_rows(changes), strict=True)
    ]


def summary(changes: Sequence[Change]) -> str:
    """Return changes on one line, for `radix status`."""
    kinds = [
        ("added", "new column", "new columns"),
        ("removed", "column removed", "columns removed"),
        ("renamed", "column renamed", "columns renamed"),
        ("retyped", "column of another type", "columns of another type"),
        ("emptied", "column emptied", "columns emptied"),
        ("widened", "column with a wider type", "columns with wider types"),
    ]
    renamed = {(change.table, change.candidate.column) for change in changes if change.candidate and change.answered}
    parts = []
    for kind, single, several in kinds:
        names = [
            f"{change.name} → {change.candidate.column}" if kind == "renamed" and change.candidate else change.name
            for change in changes
            if change.kind == kind and not (kind == "added" and (change.table, change.column) in renamed)
        ]
        if names:
            more = " …" if len(names) > _MOST else ""
            parts.append(f"{counted(len(names), single, several)}: {', '.join(names[:_MOST])}{more}")
    return "; ".join(parts)


def _json(fields: Sequence[RequestField]) -> str:
    shown = {
        field.name: _BLANKS.get(field.dtype, "<value>") if field.example is None else field.example
        for field in fields[:_MOST_FIELDS]
    }
    text = json.dumps(shown, ensure_ascii=False, default=str)
    return f"{text[:-1]}, …}}" if len(fields) > _MOST_FIELDS else text


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
