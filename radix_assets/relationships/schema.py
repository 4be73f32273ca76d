"""Keys and relationships, as data."""

from typing import Literal

from pydantic import BaseModel

Cardinality = Literal["many_to_one", "one_to_one"]


class Relationship(BaseModel):
    """Each row of the child points to one row of the parent."""

    child: str
    child_columns: list[str]
    parent: str
    parent_columns: list[str]
    cardinality: Cardinality = "many_to_one"
    coverage: float = 1.0
    """Share of the child's rows with a value that find their parent."""
    confidence: float = 1.0
    evidence: str = ""

    @property
    def name(self) -> str:
        """`flights.carrier -> airlines.carrier`; composite keys in brackets."""
        return f"{_side(self.child, self.child_columns)} -> {_side(self.parent, self.parent_columns)}"


class PrimaryKey(BaseModel):
    """What tells the rows of a table apart."""

    table: str
    columns: list[str]
    confidence: float = 1.0
    evidence: str = ""
    duplicates: int = 0
    """Rows that repeat an earlier row's key. Not 0 only where a column is named as the key but holds flaws."""


class GroupKey(BaseModel):
    """Rows of two tables that share a value which is unique in neither: no relationship, but a way to join."""

    child: str
    child_column: str
    parent: str
    parent_column: str
    coverage: float
    """Share of the child's rows with a value that is found in the parent."""
    evidence: str = ""


class NearMiss(BaseModel):
    """A pair of columns that was compared and is not believed."""

    child: str
    child_column: str
    parent: str
    parent_column: str
    coverage: float
    probability: float
    reason: str


class Probes(BaseModel):
    """Which pairs of columns were compared, and why the others were not."""

    considered: int = 0
    """Ordered pairs of different columns."""
    compared: int = 0
    """Pairs whose values were compared in full."""
    believed: int = 0
    """Relationships of one column."""
    ruled_out: dict[str, int] = {}
    """Pairs that were not, by the first reason that ruled them out."""
    near: list[NearMiss] = []
    """The likeliest of those that were compared in vain, likeliest first."""


class Schema(BaseModel):
    """How the tables of a project hang together."""

    primary_keys: list[PrimaryKey] = []
    relationships: list[Relationship] = []
    group_keys: list[GroupKey] = []
    probes: Probes = Probes()

    def key_of(self, table: str) -> list[str]:
        """The columns of a table's primary key; empty where it has none."""
        return next((key.columns for key in self.primary_keys if key.table == table), [])


def _side(table: str, columns: list[str]) -> str:
    return f"{table}.{columns[0]}" if len(columns) == 1 else f"{table}.({', '.join(columns)})"
