"""What the second exploration found, as data."""

from typing import Literal

from pydantic import BaseModel

from radix_assets.common.vocabulary import Problem
from radix_assets.tags.schema import Tags

Severity = Literal["strong", "weak"]
"""`strong`: left out of the features unless a person says otherwise. `weak`: shown, and used."""

Measure = Literal["auc", "r2"]

Code = Literal[
    "predictive",
    "recode",
    "near_copy",
    "sibling",
    "arithmetic",
    "missing_with_target",
    "missingness",
    "later",
    "duration",
    "child_rows",
    "child_values",
    "name",
    "as_of_now",
]
"""Which signal it was.

predictive           the column alone predicts the target nearly perfectly
recode               the column and the target tell each other
near_copy            the column follows the target in nearly all rows
sibling              the same measurement under another name
arithmetic           the target can be computed from columns of the same row
missing_with_target  empty where the target is empty: recorded when the outcome is
missingness          filled, or empty, in one class only
later                a moment after the row's own
duration             measures the time up to a later moment
child_rows           rows of a related table exist for one outcome only
child_values         values of a related table determine the target
name                 a related table repeats the target, or records the event it tells of
as_of_now            of a question about the future: it tells how the entity is now, or how its story ended
"""


class Association(BaseModel):
    """How much of the target one column tells by itself, out of fold."""

    table: str
    column: str
    measure: Measure
    score: float
    """`auc`: area under the ROC curve, the mean over the classes. `r2`: share of the variance of the target's ranks."""
    strength: float
    """The same from 0 (nothing) to 1 (everything), to compare columns by."""
    rows: int
    """Rows it was measured on."""


class Suspect(BaseModel):
    """A column that may be known only when the outcome is."""

    table: str
    column: str
    """`*` for all columns of a related table."""
    code: Code
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
    """`class 1`, `class 2` … where the target is private."""
    rows: int
    share: float


class Balance(BaseModel):
    """What the target looks like, over all rows."""

    rows: int
    unknown: int
    """Rows whose target is not known."""
    distinct: int
    classes: list[ClassShare] = []
    """Of a classification, most frequent first, 50 at most."""
    quantiles: dict[str, float] = {}
    """Of a regression: "0", "0.05", "0.25", "0.5", "0.75", "0.95", "1"; empty where the target is private."""
    mean: float | None = None
    std: float | None = None


class Period(BaseModel):
    """One stretch of time."""

    start: str
    rows: int
    mean: float | None
    """Mean of the target, or the share of its rarest class of two; None with several classes or no known row."""


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
    """One column of the target's table that is not always filled."""

    column: str
    share: float
    """Of the rows, from 0 to 1."""
    auc: float | None
    """How well being empty tells the target (0.5: not at all); of a regression, high values from low."""


class Exploration(BaseModel):
    """Everything known of the data given the target."""

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
        """Columns that must not become features, as `table.column`, sorted.

        Every strong suspect that no person has confirmed as a feature, and every column tagged as a leak. The
        target's own column and keys that hold the tables together are not listed: their roles say enough.
        """
        found = {f"{table}.{column}" for table, each in tags.tables.items() for column in each.with_role("leak")}
        for suspect in self.suspects:
            if suspect.severity != "strong" or suspect.table not in tags.tables:
                continue
            columns = tags.tables[suspect.table].columns
            for column in columns if suspect.column == "*" else [suspect.column]:
                tag = columns.get(column)
                if tag is None or not (tag.human and tag.role == "feature"):
                    found.add(f"{suspect.table}.{column}")
        return sorted(found - {f"{tags.target.table}.{tags.target.column}"})

    def kept(self, tags: Tags) -> list[str]:
        """Strong suspects that a person confirmed as features all the same, as `table.column`, sorted."""
        found = set()
        for suspect in self.suspects:
            if suspect.severity != "strong" or suspect.table not in tags.tables:
                continue
            columns = tags.tables[suspect.table].columns
            for column in columns if suspect.column == "*" else [suspect.column]:
                tag = columns.get(column)
                if tag is not None and tag.human and tag.role == "feature":
                    found.add(f"{suspect.table}.{column}")
        return sorted(found)
