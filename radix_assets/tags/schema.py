"""The meaning of the data, as confirmed by a user or, where the project accepts them, as suggested."""

import re
from typing import Literal

from pydantic import BaseModel

from radix_assets.common.vocabulary import FeatureType, Problem, Role, Sensitivity
from radix_assets.question.horizon import Future
from radix_assets.relationships.schema import Relationship

TAGS_JSON = "tags.json"
"""File of a snapshot of the tags."""
Operator = Literal[">", ">=", "<", "<=", "==", "!="]


def literal(value: float | str | None) -> str:
    """Return the value of a comparison as a user writes it; text that is not a plain word is quoted."""
    if isinstance(value, str):
        plain = re.fullmatch(r"[^\W\d]\w*", value)
        return value if plain else '"' + value.replace('"', '\\"') + '"'
    return f"{value:.15g}" if value is not None else ""


class Target(BaseModel):
    """The target: a column, a comparison of a column with a value, or a question about the future."""

    table: str
    column: str
    operator: Operator | None = None
    value: float | str | None = None
    problem: Problem
    future: Future | None = None
    """The question about the future, if it is one. Table and column are then those of the label table."""

    @property
    def name(self) -> str:
        """The target as a user writes it: `flights.arr_delay > 15`."""
        if self.future is not None:
            return self.future.name
        if self.operator is None:
            return f"{self.table}.{self.column}"
        return f"{self.table}.{self.column} {self.operator} {literal(self.value)}"


class ColumnTag(BaseModel):
    """Tag of one column."""

    role: Role
    type: FeatureType
    sensitivity: Sensitivity = "none"
    semantic_type: str = ""
    unit: str = ""
    human: bool = False
    """Whether a user wrote or confirmed this line; such a feature is never treated as a leak."""


class TableTags(BaseModel):
    """Tags of one table."""

    primary_key: list[str] = []
    time_index: list[str] = []
    columns: dict[str, ColumnTag]

    def with_role(self, *roles: Role) -> list[str]:
        """Return the names of the columns that have one of these roles."""
        return [name for name, tag in self.columns.items() if tag.role in roles]

    @property
    def private(self) -> set[str]:
        """Columns whose values are never shown."""
        return {name for name, tag in self.columns.items() if tag.sensitivity != "none"}


class Tags(BaseModel):
    """All tags of a project, valid for the data they were confirmed for."""

    target: Target
    tables: dict[str, TableTags]
    relationships: list[Relationship]
    confirmed_by: str = ""
    """`person`, or `auto` if the project accepts suggestions. Not stored in the snapshot: no stage depends on it."""

    def canonical(self) -> "Tags":
        """Return what other stages may depend on: without who confirmed it and how well a relationship is covered."""
        tables = {
            name: table.model_copy(
                update={
                    "columns": {
                        column: tag.model_copy(update={"human": tag.human and tag.role == "feature"})
                        for column, tag in table.columns.items()
                    }
                }
            )
            for name, table in self.tables.items()
        }
        plain = [
            link.model_copy(update={"coverage": 1.0, "confidence": 1.0, "evidence": ""}) for link in self.relationships
        ]
        return self.model_copy(update={"tables": tables, "relationships": plain, "confirmed_by": ""})

    def connected(self) -> "Tags":
        """Return the tags of the tables connected to the target's, with their relationships; others are irrelevant."""
        reached, before = {self.target.table}, 0
        while len(reached) > before:
            before = len(reached)
            for link in self.relationships:
                if reached & {link.child, link.parent}:
                    reached |= {link.child, link.parent}
        links = [link for link in self.relationships if link.child in reached]
        tables = {name: table for name, table in self.tables.items() if name in reached}
        return self.model_copy(update={"tables": tables, "relationships": links})
