"""The columns of the feature matrix, as data."""

from pydantic import BaseModel

from radix_assets.asof.matrix_columns import CUTOFF, GROUP, ROW, TARGET, MatrixType
from radix_assets.common.vocabulary import Problem

__all__ = ["CUTOFF", "GROUP", "LEAK_REASON", "LEAST_ROWS", "ROW", "TARGET", "Feature", "FeatureSet", "MatrixType"]

LEAK_REASON = "never used: known too late, it would leak the answer"
"""Why a column that leaks, or is suspected to, is among `FeatureSet.dropped`."""
LEAST_ROWS = 20
"""Rows whose target is known that a model needs."""


class Feature(BaseModel):
    """One column of the matrix."""

    name: str
    type: MatrixType
    explanation: str
    """A sentence for users: 'mean of distance over the earlier flights of the same plane'."""
    tables: list[str]
    """The tables on its path, the target's first."""
    columns: list[str]
    """Its raw columns as `table.column`, including those of the keys on its path."""
    path: str = ""
    """The path to its values: `flights → planes ← flights`."""


class FeatureSet(BaseModel):
    """All columns of the matrix `matrix.parquet`, except ROW, CUTOFF, TARGET and GROUP."""

    table: str
    """The target's table."""
    key: list[str]
    """Its primary key, empty if it has none; these columns are in `keys.parquet`, row by row."""
    target: str
    """The target as a user writes it."""
    problem: Problem
    features: list[Feature]
    horizon: int = 0
    """Microseconds from a row's time until its target is known, for a question about the future."""
    dropped: dict[str, str] = {}
    """Features that were considered and excluded, with the reason."""
    foreign: list[str] = []
    """Primitives computed by featuretools' own functions, which is slow, because Radix does not compile them."""

    @property
    def names(self) -> list[str]:
        """The features' names, in the matrix's order."""
        return [feature.name for feature in self.features]
