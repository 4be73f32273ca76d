"""The launchpad of a project's tags."""

import dagster as dg
from pydantic import Field


class ColumnEdit(dg.Config):
    """Correction of one column."""

    role: str | None = Field(
        None, description="feature, ignore, leak, primary_key, foreign_key, time_index, group, weight or target."
    )
    type: str | None = Field(
        None,
        description="numeric, categorical, datetime, sentence, url, embedded-number, list, not-generalizable or "
        "context-specific.",
    )
    sensitivity: str | None = Field(
        None, description="none, personal or sensitive; values of the latter two are never shown."
    )
    semantic_type: str | None = Field(None, description="Any word, such as email, country or currency.")
    unit: str | None = Field(None, description="Any word, such as kg, EUR or %.")
    was: str | None = Field(None, description="The earlier name of the column, if it was renamed in the data.")
    accept: str | None = Field(
        None, description="The change of the data that you accept: removed, or the type that the column has now."
    )


class TagEdits(dg.Config):
    """Corrections applied to tags.yaml itself; its comments and order stay as they are."""

    confirm: bool = Field(False, description="True confirms the tags, so that the project continues.")
    target: str | None = Field(None, description="What to predict: table.column, or 'flights.arr_delay > 15'.")
    columns: dict[str, ColumnEdit] = Field(
        {}, description="Corrections by column: {'flights.dep_delay': {role: leak}}."
    )
    time_index: dict[str, list[str]] = Field(
        {}, description="By table, the column with the creation time of a row, or its parts from year to minute."
    )
    primary_key: dict[str, list[str]] = Field({}, description="By table, the columns that identify a row.")
    add_relationships: list[str] = Field([], description="Relationships such as 'flights.carrier -> airlines.carrier'.")
    remove_relationships: list[str] = Field([], description="Relationships as written in tags.yaml.")
    add_rules: list[str] = Field([], description="Rules such as 'orders.amount >= 0' or 'block: orders.id is unique'.")
    remove_rules: list[str] = Field([], description="Rules as written in tags.yaml.")
    accept_batch: bool = Field(False, description="True accepts the batch that breaks a blocking rule.")
    by: str = Field("a person in the UI", description="Your name; stored with the tags.")
    why: str = Field("", description="Why the batch is accepted.")
    if_version: str | None = Field(
        None, description="The file version you saw (in the metadata); refused if the file has changed since."
    )
