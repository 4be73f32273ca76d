"""What monitoring found, as data."""

from pydantic import BaseModel


class ColumnDrift(BaseModel):
    """One feature, or the target, now against before."""

    column: str
    """The feature's name; `(target)` for the target."""
    method: str
    """The test that Evidently chose for it."""
    score: float
    threshold: float
    drifted: bool
    times: float
    """How far beyond the threshold: from 1 on it has drifted. Comparable between tests; 1000 at most."""


class Monitoring(BaseModel):
    """How the newest rows differ from those the model learned from, and how the model does on them."""

    reference: str
    """Which rows are the reference, in words."""
    current: str
    reference_rows: int
    """Rows that were compared; a seeded sample where there are more."""
    current_rows: int
    columns: list[ColumnDrift] = []
    """Furthest beyond its threshold first."""
    scores: dict[str, float] = {}
    """How the model does on the current rows, by Evidently."""
    scores_before: dict[str, float] = {}
    """The same on the earlier half of the test rows, where they have a time and the later half is `scores`."""
    left_out: dict[str, str] = {}
    """Features that were not compared, with the reason."""

    @property
    def drifted(self) -> list[str]:
        """Columns that have drifted, worst first."""
        return [each.column for each in self.columns if each.drifted]

    @property
    def share(self) -> float:
        """Share of the compared columns that have drifted."""
        return len(self.drifted) / len(self.columns) if self.columns else 0.0
