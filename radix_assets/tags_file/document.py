"""The form of `tags.yaml` as a model, for its JSON Schema.

Radix reads the file with `radix_assets.tags_file.file`, which keeps lines and comments and reports every mistake. A
test checks that both allow the same settings and values.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from radix_assets.common.vocabulary import FeatureType, Problem, Role, Sensitivity
from radix_assets.question.horizon import Future
from radix_assets.sources.schema import DType

Name = str | int | float
"""The name of a column; YAML reads `2024` as a number."""
Flag = bool | Literal["yes", "no"] | None
PlainType = Literal["boolean", "text", "identifier", "other"]
"""Plain words that are accepted for feature types (see `radix_assets.tags_file.schema.ALIASES`)."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnTags(_Strict):
    """The tags of a column."""

    role: Role | None = Field(None, description="What the column is for.")
    type: FeatureType | PlainType | None = Field(None, description="How the column is read when features are built.")
    sensitivity: Sensitivity | None = Field(
        None, description="personal: identifies a person; sensitive: harms a person when known. No value is ever shown."
    )
    semantic_type: Name | None = Field(None, description="What the values name or measure, such as duration.")
    unit: Name | None = Field(None, description="The unit of the values, such as km.")
    human: Flag = Field(None, description="true: keep the column although it looks like a leak.")
    was: Name | None = Field(None, description="The earlier name of the column, if it was renamed in the data.")
    accept: Literal["removed"] | DType | None = Field(
        None,
        description="The change of the data that is accepted: removed, or the type of the values that are there now.",
    )


class TableTags(_Strict):
    """The tags of a table."""

    primary_key: list[Name] | Name | None = Field(None, description="Columns whose values identify a row.")
    time_index: list[Name] | Name | None = Field(
        None, description="The column with the creation time of a row, or its parts from year to minute."
    )
    columns: dict[str, ColumnTags | Role | None] | None = Field(
        None, description="Columns by name; a role alone, or a mapping of tags."
    )


class BlockingRule(_Strict):
    """A rule whose batch is set aside if it is broken."""

    block: str | None = Field(None, description="The rule, such as 'orders.id is unique'.")
    warn: str | None = Field(None, description="The rule, as a warning; the same as its text alone.")


class TagsDocument(_Strict):
    """The meaning of a project's data."""

    confirmed: Flag = Field(None, description="true: a person has checked the tags, and the project goes on.")
    confirmed_by: Name | None = Field(None, description="Who confirmed the tags.")
    target: str | Future | None = Field(
        None,
        description="table.column, a comparison such as 'flights.arr_delay > 15', or a question about the future.",
    )
    problem: Problem | None = Field(None, description="The kind of problem; follows from the target if left out.")
    relationships: list[str] | str | None = Field(
        None, description="Foreign keys, each as 'orders.customer_id -> customers.id'."
    )
    tables: dict[str, TableTags | None] | None = Field(None, description="Tables by name.")
    rules: list[str | BlockingRule] | str | None = Field(
        None,
        description="What must hold of every batch, such as 'orders.amount >= 0' or 'orders.id is unique'; a broken "
        "rule warns. {block: 'orders.id is unique'} sets the batch aside instead.",
    )
