"""The data classes of a profile."""

from collections.abc import Collection
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

DType = Literal["integer", "float", "boolean", "string", "date", "datetime", "time"]
"""The canonical types of a raw snapshot."""


class ColumnProfile(BaseModel):
    """Statistics of one column over all rows, exact except those named in `errors`.

    Each is defined in `profiles.statistics`; one that is registered there without a field here is an extra.
    """

    model_config = ConfigDict(extra="allow")

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
    kurtosis: float | None = None
    """Fisher's, 0 of a normal distribution; not corrected for bias."""
    quantiles: dict[str, float] = {}
    """Numeric columns: "0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99"."""
    histogram: list[tuple[float, float, int]] = []
    """Numeric columns: lower edge, upper edge, count."""
    timeline: list[tuple[str, str, int]] = []
    """Dates and datetimes: lower edge, upper edge, count; empty if there is only one value."""
    top: list[tuple[Any, int]] = []
    """The ten most frequent values with their counts; empty if every value occurs once. Stays in the snapshot."""
    length_min: int | None = None
    length_mean: float | None = None
    length_max: int | None = None
    """Strings, in characters."""
    zeros: int | None = None
    negatives: int | None = None
    monotonic: bool = False
    """Whether the values never fall from row to row."""
    patterns: list[tuple[str, int]] = []
    """Strings: the ten most frequent patterns (A upper case, a lower case, 9 digit, others unchanged) with their
    counts; … is every string of more than 40 characters. Like `top` they reveal values."""
    errors: dict[str, float] = {}
    """Error bounds of the estimated statistics. `distinct`: relative, exceeded once in twenty times. `quantiles`:
    ranks, as a share of the values, never exceeded; also for the counts of `histogram` and `timeline`. `top` and
    `patterns`: counts are at most this much too low, and a value that is not listed occurs at most twice as often."""
    private: bool = False
    """Whether the statistics that reveal values are left out."""

    @property
    def present(self) -> int:
        """Rows that are not null."""
        return self.rows - self.nulls

    @property
    def unique(self) -> bool:
        """Whether no row is null and no two values are equal."""
        return self.nulls == 0 and self.rows > 0 and self.distinct == self.rows and "distinct" not in self.errors

    @property
    def constant(self) -> bool:
        """Whether no two values differ."""
        return self.distinct <= 1


Matrix = list[list[float | None]]


class Associations(BaseModel):
    """Associations between the first numeric and the first categorical columns (strings and booleans with few values).

    Each is over the rows where both values are present; None where it is undefined, such as for a constant column.
    """

    numbers: list[str] = []
    categories: list[str] = []
    pearson: Matrix = []
    """(numbers, numbers)."""
    spearman: Matrix = []
    """(numbers, numbers): rank correlations over a sample of the rows."""
    spearman_rows: int = 0
    """Rows of that sample; all rows if there are fewer."""
    cramers_v: Matrix = []
    """(categories, categories), corrected for bias (Bergsma 2013)."""
    theils_u: Matrix = []
    """(categories, categories): the share of the row's entropy that the column explains."""
    eta: Matrix = []
    """(categories, numbers): the correlation ratio."""
    left_out: list[str] = []
    """Numeric or categorical columns beyond the first ones."""

    def without(self, columns: Collection[str]) -> "Associations":
        """Return the associations without some columns."""
        numbers = [place for place, name in enumerate(self.numbers) if name not in columns]
        categories = [place for place, name in enumerate(self.categories) if name not in columns]

        def part(matrix: Matrix, high: list[int], wide: list[int]) -> Matrix:
            return [[matrix[row][column] for column in wide] for row in high]

        return Associations(
            numbers=[self.numbers[place] for place in numbers],
            categories=[self.categories[place] for place in categories],
            pearson=part(self.pearson, numbers, numbers),
            spearman=part(self.spearman, numbers, numbers),
            spearman_rows=self.spearman_rows,
            cramers_v=part(self.cramers_v, categories, categories),
            theils_u=part(self.theils_u, categories, categories),
            eta=part(self.eta, categories, numbers),
            left_out=[name for name in self.left_out if name not in columns],
        )


class TableProfile(BaseModel):
    """Statistics of one table over all rows."""

    table: str
    rows: int
    columns: dict[str, ColumnProfile]
    """In the table's order."""
    duplicates: int = 0
    """Rows that repeat an earlier row."""
    duplicates_error: int = 0
    """The error bound of `duplicates` in rows, exceeded once in twenty times; 0 if it is exact."""
    associations: Associations = Associations()
    carried: int = 0
    """Rows whose statistics were carried over from the previous profile; the others are new."""
