"""What a profile says of a table, as data."""

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
    patterns: list[tuple[str, int]] = []
    """Of strings: the ten most frequent shapes (A capital, a small letter, 9 digit, all else as it is) with their
    counts; … is every string of more than 40 characters. Like `top` they tell of the values."""
    errors: dict[str, float] = {}
    """What is estimated, and how far it may be off. `distinct`: relative, exceeded once in twenty times. `quantiles`:
    ranks, as a share of the values, never exceeded; so too the counts of `histogram` and `timeline`. `top` and
    `patterns`: counts are short by so many at most, and what is not there occurs twice as often as that at most."""
    private: bool = False
    """Its statistics by value are left out."""

    @property
    def present(self) -> int:
        """Rows that hold a value."""
        return self.rows - self.nulls

    @property
    def unique(self) -> bool:
        """Every row holds a value and no two are the same."""
        return self.nulls == 0 and self.rows > 0 and self.distinct == self.rows and "distinct" not in self.errors

    @property
    def constant(self) -> bool:
        """No two values differ."""
        return self.distinct <= 1


Matrix = list[list[float | None]]


class Associations(BaseModel):
    """How columns go together: of the first columns of numbers and of categories (text and booleans of few values).

    Each is over the rows that hold both values; None where it is not defined, such as of a constant column.
    """

    numbers: list[str] = []
    categories: list[str] = []
    pearson: Matrix = []
    """Number by number."""
    spearman: Matrix = []
    """Number by number: of ranks, over a sample of the rows."""
    spearman_rows: int = 0
    """Rows of that sample; all rows where they are so few."""
    cramers_v: Matrix = []
    """Category by category, corrected for bias (Bergsma 2013)."""
    theils_u: Matrix = []
    """Category by category: the share of the row's entropy that the column tells."""
    eta: Matrix = []
    """Category by number: the correlation ratio."""
    left_out: list[str] = []
    """Columns of numbers or categories beyond the first ones."""

    def without(self, columns: Collection[str]) -> "Associations":
        """Without some columns."""
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
    """`duplicates` is off by so many rows at most, nineteen times in twenty; 0: it is exact."""
    associations: Associations = Associations()
    carried: int = 0
    """Rows whose statistics were carried over from the profile before; the others are new."""
