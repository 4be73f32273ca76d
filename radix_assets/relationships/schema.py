"""The data classes of keys and relationships."""

from typing import Literal

from pydantic import BaseModel

Cardinality = Literal["many_to_one", "one_to_one"]


class Relationship(BaseModel):
    """A foreign key: each row of the child references one row of the parent."""

    child: str
    child_columns: list[str]
    parent: str
    parent_columns: list[str]
    cardinality: Cardinality = "many_to_one"
    folded: bool = False
    """Whether keys are compared without regard to capitals and leading zeros, which differ between the tables."""
    coverage: float = 1.0
    """Share of the child's non-null rows that find their parent."""
    confidence: float = 1.0
    evidence: str = ""

    @property
    def name(self) -> str:
        """`flights.carrier -> airlines.carrier`; composite keys in brackets."""
        return f"{_side(self.child, self.child_columns)} -> {_side(self.parent, self.parent_columns)}"


class PrimaryKey(BaseModel):
    """The columns that identify the rows of a table."""

    table: str
    columns: list[str]
    confidence: float = 1.0
    evidence: str = ""
    duplicates: int = 0
    """Rows that repeat an earlier row's key; greater than 0 only for a column named like the key that has flaws."""


class GroupKey(BaseModel):
    """Rows of two tables that share a value which is unique in neither: not a relationship, but a way to join."""

    child: str
    child_column: str
    parent: str
    parent_column: str
    coverage: float
    """Share of the child's non-null rows whose value is in the parent."""
    evidence: str = ""


class Alternative(Relationship):
    """A link that finds the same rows as another through a second key of the parent: no second relationship."""

    repeats: str
    """Name of the relationship whose rows it finds."""


class Polymorphic(BaseModel):
    """A column that references one of several tables, as another column of the row says: no relationship."""

    table: str
    type_column: str
    id_column: str
    parents: list[str]
    """Tables whose keys hold the ids of at least one type."""
    evidence: str = ""


class NearMiss(BaseModel):
    """A pair of columns that was compared and rejected."""

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
    """Accepted relationships of one column."""
    ruled_out: dict[str, int] = {}
    """Numbers of pairs that were not compared, by the first reason that ruled them out."""
    near: list[NearMiss] = []
    """The most likely of the rejected pairs, most likely first."""


class Schema(BaseModel):
    """Keys and relationships of the tables of a project."""

    primary_keys: list[PrimaryKey] = []
    relationships: list[Relationship] = []
    group_keys: list[GroupKey] = []
    alternatives: list[Alternative] = []
    polymorphic: list[Polymorphic] = []
    probes: Probes = Probes()

    def key_of(self, table: str) -> list[str]:
        """Return the columns of a table's primary key; empty if it has none."""
        return next((key.columns for key in self.primary_keys if key.table == table), [])


def _side(table: str, columns: list[str]) -> str:
    return f"{table}.{columns[0]}" if len(columns) == 1 else f"{table}.({', '.join(columns)})"
