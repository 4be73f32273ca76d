"""What Radix thinks the data mean, before a person has looked."""

from typing import Literal

from pydantic import BaseModel

from radix_assets.common.vocabulary import FeatureType, Problem, Role, Sensitivity

Structure = Literal["independent", "grouped", "temporal"]
"""How rows hang together. `grouped`: several rows belong to one entity. `temporal`: they come one after another."""


class ColumnSuggestion(BaseModel):
    """One column."""

    role: Role
    role_confidence: float
    type: FeatureType
    type_confidence: float
    semantic_type: str = ""
    """email, phone, country, currency, latitude …; empty where nothing shows."""
    unit: str = ""
    """Of numbers, where name or text shows it: kg, USD, %."""
    sensitivity: Sensitivity = "none"
    evidence: str = ""
    """In words that a person can check; no value of a column that may be private."""

    @property
    def confidence(self) -> float:
        """Of the line as a whole."""
        return min(self.role_confidence, self.type_confidence)


class TargetSuggestion(BaseModel):
    """One question that the data may be meant to answer."""

    table: str
    column: str
    problem: Problem
    confidence: float
    """That this is what people who made the data wanted to know."""
    metric: str = ""
    """What to judge answers by."""
    structure: Structure = "independent"
    """What an honest split has to respect."""
    evidence: str = ""


class TableSuggestion(BaseModel):
    """One table."""

    primary_key: list[str] = []
    time_index: list[str] = []
    """The column that says when a row came to be; several are parts (year, month, day, hour, minute) in that order."""
    time_confidence: float = 0.0
    unread_time: list[str] = []
    """What says when better than the time index, or in its place, in a form that has to be converted before anything
    can be computed with it: 20240131, 2024Q1, dates of which some lack the day."""
    row: str = ""
    """What one row is, in words."""
    structure: Structure = "independent"
    group: list[str] = []
    """The columns that say which entity a row belongs to, where rows are grouped or are series side by side."""
    columns: dict[str, ColumnSuggestion]


class Suggestions(BaseModel):
    """All of a project."""

    tables: dict[str, TableSuggestion]
    targets: list[TargetSuggestion] = []
    """Likeliest first, three at most."""
