"""The stage: the file written and kept up to date, the gate, the tags that hold."""

from collections.abc import Mapping
from pathlib import Path

from radix_assets.pipeline.output import Check, Output, Table
from radix_assets.profiles.schema import TableProfile
from radix_assets.project.settings import Project
from radix_assets.relationships.schema import Schema
from radix_assets.suggestions.schema import Suggestions
from radix_assets.tags.gate import waiting_for
from radix_assets.tags.resolve import resolve
from radix_assets.tags.schema import Tags
from radix_assets.tags.sync import prepare_tags

TAGS = "tags.json"


def make_tags(
    project: Project,
    suggestions: Suggestions,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
    out: Path,
    raw: Mapping[str, Path] | None = None,
) -> Output | None:
    """Write and refresh the tags file; where nobody is waited for, apply it and write `tags.json` into `out`.

    None, and nothing published, while a person is waited for. `raw`, the raw snapshots' directories, lets relationships
    and comparisons be checked by their values. Raises what `read_tags` and `resolve` raise.
    """
    file = prepare_tags(project, suggestions, schema, profiles)
    if waiting_for(project, file) is not None:
        return None
    tags, warnings = resolve(project, file, suggestions, schema, profiles, raw)
    (out / TAGS).write_text(tags.law().model_dump_json(indent=1), encoding="utf-8")
    human = [
        {"column": f"{table}.{name}", "role": tag.role, "type": tag.type, "sensitivity": tag.sensitivity}
        for table, block in tags.tables.items()
        for name, tag in block.columns.items()
        if tag.human
    ]
    by = (file.confirmed_by or "a person") if file.confirmed else "nobody: the project accepts suggestions"
    return Output(
        rows=sum(len(block.columns) for block in tags.tables.values()),
        shown={
            "target": tags.target.name,
            "problem": tags.target.problem,
            "confirmed by": by,
            "columns": sum(len(block.columns) for block in tags.tables.values()),
            "private columns": sum(len(block.private) for block in tags.tables.values()),
            "said by a person": Table(human),
            "tables": Table([_row(name, tags) for name in tags.tables]),
            "to look at": Table([{"warning": text} for text in warnings]),
        },
        checks=[
            Check(
                "tags_apply",
                not warnings,
                "; ".join(warnings[:5]) if warnings else "every line of the file names something that is in the data",
                "WARN",
            )
        ],
    )


def load_tags(path: Path) -> Tags:
    """The tags of a snapshot directory."""
    return Tags.model_validate_json((path / TAGS).read_text(encoding="utf-8"))


def _row(name: str, tags: Tags) -> dict[str, str]:
    table = tags.tables[name]
    return {
        "table": name,
        "primary key": ", ".join(table.primary_key),
        "time index": ", ".join(table.time_index),
        "ignored or leaking": ", ".join(table.with_role("ignore", "leak")[:20]),
        "points to": ", ".join(sorted({r.parent for r in tags.relationships if r.child == name})),
    }
