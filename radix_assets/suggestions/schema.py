"""The data classes of suggestions."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator

from radix_assets.common.vocabulary import RENAMED_METRICS, FeatureType, Problem, Role, Sensitivity

Structure = Literal["independent", "grouped", "temporal"]
"""The structure of the rows. `grouped`: several rows belong to one entity. `temporal`: they are ordered in time."""


class ColumnSuggestion(BaseModel):
    """The suggestions for one column."""

    role: Role
    role_confidence: float
    type: FeatureType
    type_confidence: float
    semantic_type: str = ""
    """email, phone, country, currency, latitude …; empty if unknown."""
    unit: str = ""
    """The unit of numbers, if name or text shows it: kg, USD, %."""
    sensitivity: Sensitivity = "none"
    evidence: str = ""
    """Reasons in words that a user can check; no value of a column that may be private."""

    @property
    def confidence(self) -> float:
        """The confidence in all suggestions for the column together."""
        return min(self.role_confidence, self.type_confidence)


class TargetSuggestion(BaseModel):
    """A target that the data may be intended for."""

    table: str
    column: str
    problem: Problem
    other_problem: Problem | None = None
    """The second candidate, where the values allow two: codes or amounts."""
    confidence: float
    """The probability that the data was collected for this target."""
    metric: Annotated[str, BeforeValidator(lambda name: RENAMED_METRICS.get(name, name))] = ""
    """The metric to read first; a name of `models.metrics.METRICS`."""
    structure: Structure = "independent"
    """The structure that a valid split must respect."""
    evidence: str = ""


class TableSuggestion(BaseModel):
    """The suggestions for one table."""

    primary_key: list[str] = []
    time_index: list[str] = []
    """The column with the time of a row; several are its parts (year, month, day, hour, minute) in that order."""
    time_confidence: float = 0.0
    unread_time: list[str] = []
    """Columns with a more precise time than the time index, or instead of one, in a form that must be converted before
    use: 20240131, 2024Q1, dates of which some lack the day."""
    row: str = ""
    """The meaning of one row, in words."""
    structure: Structure = "independent"
    group: list[str] = []
    """The columns that identify the entity of a row, if rows are grouped or form several series."""
    columns: dict[str, ColumnSuggestion]


class Suggestions(BaseModel):
    """The suggestions for a project."""

    tables: dict[str, TableSuggestion]
    targets: list[TargetSuggestion] = []
    """Most likely first, at most three."""
