"""What a profile says of a table, as data."""

from typing import Any, Literal

from pydantic import BaseModel

DType = Literal["integer", "float", "boolean", "string", "date", "datetime", "time"]
"""The canonical types of a raw snapshot."""


class ColumnProfile(BaseModel):
    """Exact statistics of one column over all rows."""

    name: str
    dtype: DType
    rows: int
    nulls: int
    distinct: int
    """Distinct values that are not null."""
    minimum: Any = None
    """Smallest value; text for dates; None for strings."""
    maximum: Any = None
    mean: float | None = None
    std: float | None = None
    skew: float | None = None
    """Fisher's moment coefficient, not corrected for bias."""
    quantiles: dict[str, float] = {}
    """Of numbers: "0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99"."""
    histogram: list[tuple[float, float, int]] = []
    """Of numbers: lower edge, upper edge, count."""
    timeline: list[tuple[str, str, int]] = []
    """Of dates and datetimes: lower edge, upper edge, count; empty where there is one value only."""
    top: list[tuple[Any, int]] = []
    """The ten most frequent values with their counts; empty where every value occurs once. Stays in the snapshot."""
    length_min: int | None = None
    length_mean: float | None = None
    length_max: int | None = None
    """Of strings, in characters."""
    zeros: int | None = None
    negatives: int | None = None
    monotonic: bool = False
    """Never falls from row to row."""

    @property
    def present(self) -> int:
        """Rows that hold a value."""
        return self.rows - self.nulls

    @property
    def unique(self) -> bool:
        """Every row holds a value and no two are the same."""
        return self.nulls == 0 and self.rows > 0 and self.distinct == self.rows

    @property
    def constant(self) -> bool:
        """No two values differ."""
        return self.distinct <= 1


class TableProfile(BaseModel):
    """Exact statistics of one table."""

    table: str
    rows: int
    columns: dict[str, ColumnProfile]
    """In the table's order."""
    duplicates: int = 0
    """Rows that repeat an earlier row."""
