"""What the data mean, as a person confirmed it (or as Radix suggested it and nobody objected)."""

import re
from typing import Literal

from pydantic import BaseModel

from radix_assets.common.vocabulary import FeatureType, Problem, Role, Sensitivity
from radix_assets.question.horizon import Future
from radix_assets.relationships.schema import Relationship

Operator = Literal[">", ">=", "<", "<=", "==", "!="]


def written(value: float | str | None) -> str:
    """A value of a comparison as a person writes it: text that could be a number, or has an end to lose, in quotes."""
    if isinstance(value, str):
        plain = re.fullmatch(r"[^\W\d]\w*", value)
        return value if plain else '"' + value.replace('"', '\\"') + '"'
    return f"{value:.15g}" if value is not None else ""


class Target(BaseModel):
    """What is predicted: a column, a comparison of a column with a value, or something that will happen."""

    table: str
    column: str
    operator: Operator | None = None
    value: float | str | None = None
    problem: Problem
    future: Future | None = None
    """Where it is something that will happen: the question. Table and column are then those of the label table."""

    @property
    def name(self) -> str:
        """As a person writes it: `flights.arr_delay > 15`."""
        if self.future is not None:
            return self.future.name
        if self.operator is None:
            return f"{self.table}.{self.column}"
        return f"{self.table}.{self.column} {self.operator} {written(self.value)}"


class ColumnTag(BaseModel):
    """One column."""

    role: Role
    type: FeatureType
    sensitivity: Sensitivity = "none"
    semantic_type: str = ""
    unit: str = ""
    human: bool = False
    """Whether a person wrote or confirmed this very line; a feature is then never taken for a leak."""


class TableTags(BaseModel):
    """One table."""

    primary_key: list[str] = []
    time_index: list[str] = []
    columns: dict[str, ColumnTag]

    def with_role(self, *roles: Role) -> list[str]:
        """Names of the columns that have one of these roles."""
        return [name for name, tag in self.columns.items() if tag.role in roles]

    @property
    def private(self) -> set[str]:
        """Columns whose values are never shown."""
        return {name for name, tag in self.columns.items() if tag.sensitivity != "none"}


class Tags(BaseModel):
    """All of a project, valid against the data it was confirmed for."""

    target: Target
    tables: dict[str, TableTags]
    relationships: list[Relationship]
    confirmed_by: str = ""
    """`person`, or `auto` where the project accepts suggestions. Not kept in the snapshot: it changes nothing."""

    def law(self) -> "Tags":
        """What other stages may depend on: who said it, and how well a relationship is covered, change nothing."""
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
        """The tables that hang together with the target's, and their relationships; the others have no bearing."""
        reached, before = {self.target.table}, 0
        while len(reached) > before:
            before = len(reached)
            for link in self.relationships:
                if reached & {link.child, link.parent}:
                    reached |= {link.child, link.parent}
        links = [link for link in self.relationships if link.child in reached]
        tables = {name: table for name, table in self.tables.items() if name in reached}
        return self.model_copy(update={"tables": tables, "relationships": links})
