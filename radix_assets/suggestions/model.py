"""What Radix thinks the data mean, before a person has looked."""

from typing import Literal

from pydantic import BaseModel

Role = Literal["target", "primary_key", "foreign_key", "time_index", "group", "weight", "feature", "ignore", "leak"]
"""What a column is for. `leak`: known too late to be used. `ignore`: of no use. `group`: rows that belong together."""

FeatureType = Literal[
    "numeric",
    "categorical",
    "datetime",
    "sentence",
    "url",
    "embedded-number",
    "list",
    "not-generalizable",
    "context-specific",
]
"""How a column is read when features are made: the nine classes of the SortingHat benchmark (Shah et al., SIGMOD 2021).

`embedded-number`: text around a number, such as 12 kg. `not-generalizable`: keys, constants, nearly nothing. It tells
rows apart or says nothing. `context-specific`: only a codebook, or somebody who knows, tells what it means.
"""

Sensitivity = Literal["none", "personal", "sensitive"]
"""`personal`: tells who somebody is. `sensitive`: harms somebody when known. Either way no value is ever shown."""

Problem = Literal["binary", "multiclass", "regression", "count", "ordinal", "forecasting"]
"""`count`: whole numbers from nought, mostly small. `ordinal`: grades in an order, as numbers. `forecasting`: numbers
over time, known up to now. These three are learnt as a regression is; they differ in how they are split and judged."""

NUMERIC: frozenset[Problem] = frozenset({"regression", "count", "ordinal", "forecasting"})
"""Problems whose answer is a number."""

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
