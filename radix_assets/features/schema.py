"""The feature matrix and what its columns mean, as data."""

from pydantic import BaseModel

from radix_assets.asof.names import CUTOFF, GROUP, ROW, TARGET, MatrixType
from radix_assets.common.vocabulary import Problem

__all__ = ["CUTOFF", "GROUP", "ROW", "TARGET", "Feature", "FeatureSet", "MatrixType"]


class Feature(BaseModel):
    """One column of the matrix."""

    name: str
    type: MatrixType
    explanation: str
    """One sentence for a person: 'mean of distance over the earlier flights of the same plane'."""
    tables: list[str]
    """The tables it goes over, the target's first."""
    columns: list[str]
    """The raw columns it is made of, as `table.column`; those of the keys on its way too."""
    path: str = ""
    """The way to its values: `flights → planes ← flights`."""


class FeatureSet(BaseModel):
    """All columns of the matrix `matrix.parquet`, beside ROW, CUTOFF, TARGET and GROUP."""

    table: str
    """The target's table."""
    key: list[str]
    """Its primary key, empty where it has none; these columns are in `keys.parquet`, row by row."""
    target: str
    """As a person writes it."""
    problem: Problem
    features: list[Feature]
    horizon: int = 0
    """Microseconds from a row's moment until its target is known, where it is something that will happen."""
    dropped: dict[str, str] = {}
    """Features that were considered and left out, with the reason."""
    foreign: list[str] = []
    """Primitives that featuretools' own functions compute, because Radix does not compile them: slow."""

    @property
    def names(self) -> list[str]:
        """The features' names, in the matrix' order."""
        return [feature.name for feature in self.features]
