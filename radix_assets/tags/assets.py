"""Tags: what the data mean, as a person confirmed it."""

import hashlib

import dagster as dg
from pydantic import Field

from radix_assets.graph import Stage, Work
from radix_assets.output import Output
from radix_assets.profiles import load_profiles
from radix_assets.relationships import load_schema
from radix_assets.suggestions import load_suggestions
from radix_assets.tags import confirm, make_tags, prepare_tags, read_tags, set_tags, waiting_for


class ColumnEdit(dg.Config):
    """A correction of one column."""

    role: str | None = Field(
        None, description="feature, ignore, leak, primary_key, foreign_key, time_index, group, weight or target."
    )
    type: str | None = Field(
        None,
        description="numeric, categorical, datetime, sentence, url, embedded-number, list, not-generalizable or "
        "context-specific.",
    )
    sensitivity: str | None = Field(
        None, description="none, personal or sensitive: no value is shown of the latter two."
    )


class TagEdits(dg.Config):
    """Corrections of tags.yaml, carried out in the file itself; comments and order stay as they are."""

    confirm: bool = Field(False, description="True: the tags are right; go on.")
    target: str | None = Field(None, description="What to predict: table.column, or 'flights.arr_delay > 15'.")
    columns: dict[str, ColumnEdit] = Field(
        {}, description="Corrections by column: {'flights.dep_delay': {role: leak}}."
    )
    time_index: dict[str, list[str]] = Field(
        {}, description="By table, the column that says when a row came to be, or its parts from year to minute."
    )
    add_relationships: list[str] = Field([], description="Such as 'flights.carrier -> airlines.carrier'.")
    remove_relationships: list[str] = Field([], description="Written as they stand in tags.yaml.")
    by: str = Field("a person in the UI", description="Who says so; kept with the tags.")


def _before(work: Work, edits: TagEdits | None) -> None:
    path = work.project.tags_path
    prepare_tags(
        work.project,
        load_suggestions(work.input("suggestions")),
        load_schema(work.input("relationships")),
        load_profiles(work.profiles(), work.raw()),
    )
    if edits is None:
        return
    set_tags(
        path,
        {name: edit.model_dump(exclude_none=True) for name, edit in edits.columns.items()},
        target=edits.target,
        time_index=edits.time_index,
        add_relationships=edits.add_relationships,
        remove_relationships=edits.remove_relationships,
    )
    if edits.confirm:
        confirm(path, edits.by)


def _compute(work: Work) -> Output | None:
    return make_tags(
        work.project,
        load_suggestions(work.input("suggestions")),
        load_schema(work.input("relationships")),
        load_profiles(work.profiles(), work.raw()),
        work.out,
        raw=work.raw(),
    )


def _outside(work: Work) -> str | None:
    path = work.project.tags_path
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _asks(work: Work) -> str | None:
    path = work.project.tags_path
    return waiting_for(work.project, read_tags(path)) if path.exists() else None


TAGS = Stage(
    name="tags",
    action="tag",
    description="What the data mean, as confirmed in `projects/{project}/tags.yaml`. All that follows waits for it. "
    "Edit the file, or open this asset's launchpad: it corrects columns, sets the target, and confirms.",
    kinds=("yaml",),
    needs=("raw", "profile", "relationships", "suggestions"),
    checks={"tags_apply": "Every tag names something that is in the data."},
    compute=_compute,
    settings=lambda project, _table: [project.goal.model_dump(), project.policy.tags, project.policy.accept_above],
    outside=_outside,
    asks=_asks,
    launchpad=TagEdits,
    before=_before,
)
