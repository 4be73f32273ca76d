"""What the launchpad of a project's tags offers."""

import dagster as dg
from pydantic import Field


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
    semantic_type: str | None = Field(None, description="email, country, currency …: any word.")
    unit: str | None = Field(None, description="kg, EUR, %: any word.")


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
    primary_key: dict[str, list[str]] = Field({}, description="By table, the columns that tell its rows apart.")
    add_relationships: list[str] = Field([], description="Such as 'flights.carrier -> airlines.carrier'.")
    remove_relationships: list[str] = Field([], description="Written as they stand in tags.yaml.")
    by: str = Field("a person in the UI", description="Who says so; kept with the tags.")
    if_version: str | None = Field(
        None, description="The version of the file that you looked at (in the metadata): refused if it has changed."
    )
