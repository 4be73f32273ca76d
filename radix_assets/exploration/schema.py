"""The results of the exploration with the target, as data."""

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel

from radix_assets.common.vocabulary import Problem
from radix_assets.tags.schema import Tags

Severity = Literal["strong", "weak"]
"""`strong`: excluded from the features unless a user keeps it. `weak`: shown, but used."""

Measure = Literal["auc", "r2"]


class Association(BaseModel):
    """Strength of the association of one column with the target, out of fold."""

    table: str
    column: str
    measure: Measure
    score: float
    """`auc`: area under the ROC curve, the mean over the classes. `r2`: share of the variance of the target's ranks."""
    strength: float
    """The score scaled from 0 (none) to 1 (perfect), to compare columns."""
    rows: int
    """Rows that it was measured on."""


class Suspect(BaseModel):
    """A column that may be known only when the outcome is."""

    table: str
    column: str
    """`*` for all columns of a related table."""
    code: str
    """The kind of evidence, as the signals of `radix_assets/exploration/leaks/` declare it."""
    score: float
    severity: Severity
    reason: str

    @property
    def name(self) -> str:
        """`table.column`."""
        return f"{self.table}.{self.column}"


class ClassShare(BaseModel):
    """One class of the target."""

    name: str
    """`class 1`, `class 2` … if the target is private."""
    rows: int
    share: float


class Balance(BaseModel):
    """The distribution of the target over all rows."""

    rows: int
    unknown: int
    """Rows whose target is null."""
    distinct: int
    classes: list[ClassShare] = []
    """For classification: most frequent first, at most 50."""
    quantiles: dict[str, float] = {}
    """For regression: "0", "0.05", "0.25", "0.5", "0.75", "0.95", "1"; empty if the target is private."""
    mean: float | None = None
    std: float | None = None


class Period(BaseModel):
    """One period of time."""

    start: str
    rows: int
    mean: float | None
    """Mean of the target, or share of the rarer of two classes; None with more classes or no known row."""


class Coverage(BaseModel):
    """The target over time."""

    column: str
    start: str
    end: str
    every: str
    """Length of a period as Polars writes it: 1h, 1d, 1w, 1mo, 1q, 1y."""
    periods: list[Period]
    undated: int = 0
    """Rows without a time."""


class Missingness(BaseModel):
    """Missing values of one column of the target's table."""

    column: str
    share: float
    """Share of the rows, from 0 to 1."""
    auc: float | None
    """AUC of being null as a predictor of the target (0.5: none); for regression, of high values against low."""


class Exploration(BaseModel):
    """All results of the exploration."""

    target: str
    table: str
    problem: Problem
    rows: int
    sampled: int
    """Rows the associations and signals were measured on."""
    associations: list[Association] = []
    """Strongest first; columns of the target's table and of its parents."""
    suspects: list[Suspect] = []
    """Strong ones first."""
    balance: Balance
    coverage: Coverage | None = None
    missingness: list[Missingness] = []
    warnings: list[str] = []

    @property
    def strong(self) -> set[str]:
        """`table.column` or `table.*` of the strong suspects."""
        return {suspect.name for suspect in self.suspects if suspect.severity == "strong"}

    def excluded(self, tags: Tags) -> list[str]:
        """Return the columns that must not become features, as `table.column`, sorted.

        These are every strong suspect that no user has confirmed as a feature, and every column tagged as a leak. The
        target's own column and the keys that connect tables are not listed: their roles are enough.
        """
        leaks = {f"{table}.{column}" for table, each in tags.tables.items() for column in each.with_role("leak")}
        suspected = {name for name, confirmed in self._strong_columns(tags) if not confirmed}
        return sorted((leaks | suspected) - {f"{tags.target.table}.{tags.target.column}"})

    def kept(self, tags: Tags) -> list[str]:
        """Return the strong suspects that a user has confirmed as features, as `table.column`, sorted."""
        return sorted({name for name, confirmed in self._strong_columns(tags) if confirmed})

    def _strong_columns(self, tags: Tags) -> Iterator[tuple[str, bool]]:
        """Yield the strong suspects as `table.column`, and whether a user has confirmed each as a feature."""
        for suspect in self.suspects:
            if suspect.severity != "strong" or suspect.table not in tags.tables:
                continue
            columns = tags.tables[suspect.table].columns
            for column in columns if suspect.column == "*" else [suspect.column]:
                tag = columns.get(column)
                yield f"{suspect.table}.{column}", tag is not None and tag.human and tag.role == "feature"
