"""The data classes of schema changes."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["added", "removed", "renamed", "retyped", "emptied", "widened"]
"""`renamed`: a person has said so. `emptied`: the column is there, but no row has a value, so its type is unknown.
`widened`: each value of the old type is of the new type too, such as whole numbers among which there are fractions."""


@dataclass(frozen=True)
class Candidate:
    """A new column that may continue a removed one."""

    column: str
    confidence: float
    evidence: str
    """What they have in common, in words; no values."""


@dataclass(frozen=True)
class Change:
    """What changed in one column."""

    kind: Kind
    table: str
    column: str
    before: str = ""
    """The canonical type in the snapshot of which the tags are in force; empty if unknown."""
    after: str = ""
    """The canonical type now; empty if the column was removed."""
    uses: list[str] = field(default_factory=list)
    """What depends on the column, such as `12 features` or `the primary key`."""
    candidate: Candidate | None = None
    """The new column that is this one (`renamed`), or probably is (`removed`)."""
    answered: bool = False
    """Whether a person has decided about it in tags.yaml."""

    @property
    def name(self) -> str:
        """The column as a user writes it."""
        return f"{self.table}.{self.column}"

    @property
    def blocks(self) -> bool:
        """Whether a person must decide before the project continues."""
        return self.kind in {"removed", "retyped", "emptied"} and bool(self.uses) and not self.answered
