"""The result of monitoring, as data."""

from pydantic import BaseModel


class ColumnDrift(BaseModel):
    """Drift of one feature, or of the target."""

    column: str
    """The feature's name; `(target)` for the target."""
    method: str
    """The test that Evidently chose."""
    score: float
    threshold: float
    drifted: bool
    times: float
    """Drift in multiples of the threshold: drifted from 1 on, comparable between tests, at most 1000."""


class Monitoring(BaseModel):
    """The drift of the newest rows from the training rows, and the model's scores on them."""

    reference: str
    """Description of the reference rows."""
    current: str
    reference_rows: int
    """Compared rows; a seeded sample if there are more."""
    current_rows: int
    columns: list[ColumnDrift] = []
    """Largest drift first."""
    scores: dict[str, float] = {}
    """Evidently's scores of the model on the current rows."""
    scores_before: dict[str, float] = {}
    """Scores on the earlier half of the test rows, if they have a time; `scores` is then of the later half."""
    left_out: dict[str, str] = {}
    """Features that were not compared, with the reason."""

    @property
    def drifted(self) -> list[str]:
        """Return the drifted columns, worst first."""
        return [each.column for each in self.columns if each.drifted]

    @property
    def share(self) -> float:
        """Return the share of the compared columns that drifted."""
        return len(self.drifted) / len(self.columns) if self.columns else 0.0
