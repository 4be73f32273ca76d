"""The data classes of rules and of their results."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel

from radix_resources.errors import StorageError

Kind = Literal["not_null", "unique", "range", "pattern", "set", "freshness", "row_count", "relationship"]
KINDS: Final[dict[Kind, str]] = {
    "not_null": "Columns that must hold a value in every row do.",
    "unique": "Values that must not repeat do not.",
    "range": "Values are within their limits.",
    "pattern": "Texts have their form.",
    "set": "Values are among those that are allowed.",
    "freshness": "The newest rows are recent enough.",
    "row_count": "Tables have as many rows as they should.",
    "relationship": "References find their row.",
}
"""Every kind of rule, and the asset check in which its rules are shown."""
RESULTS_FILE: Final = "rules.json"
BROKEN: Final = "broken rules"
"""The metadata with the broken rules in words."""


@dataclass(frozen=True)
class Rule:
    """One rule, as parsed from a line of `rules:`."""

    kind: Kind
    table: str
    columns: tuple[str, ...] = ()
    blocking: bool = False
    """Whether a batch that breaks it is set aside; otherwise it is a warning."""
    share: float = 1.0
    """The share of the rows, from 0 to 1, that must keep it."""
    low: str | None = None
    high: str | None = None
    """Limits of a range or of a number of rows, as written; None where there is none."""
    low_open: bool = False
    high_open: bool = False
    """Whether a limit itself is not allowed."""
    values: tuple[str, ...] = ()
    pattern: str = ""
    seconds: float = 0.0
    """The greatest age of the newest value."""
    parent: str = ""
    parent_columns: tuple[str, ...] = ()
    text: str = ""
    """As written, without `block:`; it may contain values of the data."""
    line: int = 0

    @property
    def shown(self) -> str:
        """The rule for logs and the UI: allowed values and patterns, which come from the data, are left out."""
        side = self.columns[0] if len(self.columns) == 1 else f"({', '.join(self.columns)})"
        if self.kind == "set":
            return f"{self.table}.{side} in (a list of {len(self.values)} values)"
        return f"{self.table}.{side} matches (a pattern)" if self.kind == "pattern" else self.text


class RuleResult(BaseModel):
    """The result of one rule on one batch. It holds no value of the data."""

    kind: Kind
    table: str
    columns: tuple[str, ...] = ()
    text: str
    blocking: bool = False
    passed: bool
    checked: int = 0
    """Rows that were checked."""
    broken: int = 0
    """Rows that break it."""
    note: str = ""
    """What was found, where a count of rows does not say it."""
    fresh_until: float | None = None
    """For a rule about freshness: seconds since 1970 from which on it is broken, without new data."""


class RuleResults(BaseModel):
    """The results of all rules of a project."""

    results: list[RuleResult] = []
    batch: str = ""
    """A digest of the data and of the blocking rules that they break; an acceptance names it."""

    @property
    def blocking(self) -> list[RuleResult]:
        """The broken rules that set the batch aside."""
        return [result for result in self.results if result.blocking and not result.passed]


def load_results(path: Path) -> RuleResults:
    """Load the results in a snapshot directory. Raise StorageError RDX-STO-011 if they cannot be read."""
    try:
        return RuleResults.model_validate_json((path / RESULTS_FILE).read_bytes())
    except (OSError, ValueError):
        raise StorageError(
            "RDX-STO-011",
            "the snapshot has no readable results of rules",
            expected=RESULTS_FILE,
            hint="materialize the rules again",
            directory=path.name,
        ) from None


def is_due(results: RuleResults, now: float | None = None) -> bool:
    """Return whether a rule about freshness has been broken by the time that has passed since it was checked."""
    moment = time.time() if now is None else now
    return any(
        result.passed and result.fresh_until is not None and result.fresh_until < moment for result in results.results
    )
