"""The stage: write and refresh the file, wait at the gate, publish the tags in force."""

from collections.abc import Callable, Mapping
from pathlib import Path

from radix_assets.pipeline.output import Check, Output, Table
from radix_assets.profiles.schema import TableProfile
from radix_assets.project.settings import Project
from radix_assets.relationships.schema import Schema
from radix_assets.schema_changes.columns import columns_of, write_columns
from radix_assets.suggestions.schema import Suggestions
from radix_assets.tags.gate import waiting_for
from radix_assets.tags.resolve import resolve
from radix_assets.tags.schema import TAGS_JSON, Tags
from radix_assets.tags.sync import prepare_tags
from radix_assets.tags_file.file import TagsFile


def make_tags(
    project: Project,
    suggestions: Suggestions,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
    out: Path,
    raw: Mapping[str, Path] | None = None,
    *,
    may_go_on: Callable[[TagsFile], bool] = lambda _file: True,
) -> Output | None:
    """Write and refresh the tags file; unless a user must act first, apply it and write `tags.json` into `out`.

    Return None, with nothing published, while waiting for a user, or if `may_go_on` says no to the file. With `raw`,
    the raw snapshots' directories, relationships and comparisons are checked by their values. Raise what `read_tags`
    and `resolve` raise.
    """
    file = prepare_tags(project, suggestions, schema, profiles)
    if waiting_for(project, file) is not None or not may_go_on(file):
        return None
    tags, warnings = resolve(project, file, suggestions, schema, profiles, raw)
    (out / TAGS_JSON).write_text(tags.canonical().model_dump_json(indent=1), encoding="utf-8")
    if raw is not None:
        write_columns(columns_of(raw), out)
    human = [
        {"column": f"{table}.{name}", "role": tag.role, "type": tag.type, "sensitivity": tag.sensitivity}
        for table, block in tags.tables.items()
        for name, tag in block.columns.items()
        if tag.human
    ]
    by = (file.confirmed_by or "a user") if file.confirmed else "not confirmed: the project accepts suggestions"
    return Output(
        rows=sum(len(block.columns) for block in tags.tables.values()),
        shown={
            "target": tags.target.name,
            "problem": tags.target.problem,
            "confirmed by": by,
            "columns": sum(len(block.columns) for block in tags.tables.values()),
            "private columns": sum(len(block.private) for block in tags.tables.values()),
            "confirmed by a person": Table(human),
            "tables": Table([_row(name, tags) for name in tags.tables]),
            "warnings": Table([{"warning": text} for text in warnings]),
        },
        checks=[
            Check(
                "tags_apply",
                not warnings,
                "; ".join(warnings[:5]) if warnings else "every line of the file refers to something in the data",
                "WARN",
            )
        ],
    )


def load_tags(path: Path) -> Tags:
    """Load the tags of a snapshot directory."""
    return Tags.model_validate_json((path / TAGS_JSON).read_text(encoding="utf-8"))


def _row(name: str, tags: Tags) -> dict[str, str]:
    table = tags.tables[name]
    return {
        "table": name,
        "primary key": ", ".join(table.primary_key),
        "time index": ", ".join(table.time_index),
        "ignored or leaking": ", ".join(table.with_role("ignore", "leak")[:20]),
        "references": ", ".join(sorted({r.parent for r in tags.relationships if r.child == name})),
    }
