"""Plans: a tree for each feature, as data, over the tables and the relationships between them.

A tree is featuretools' definition in the few node types that Radix compiles. It refers to a relationship by its
position in `Plan.links` and to columns by their raw names, so that it can be saved, loaded without featuretools, and
run by any engine on any rows.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from radix_assets.asof.matrix_columns import MatrixType

Reading = Literal["numeric", "categorical", "boolean", "datetime", "text", "place"]
"""How raw columns are read: Float64, String, Boolean, Datetime("us"), String; a place is latitude and longitude."""


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True)


class Identity(_Node):
    """A column unchanged; several columns are the parts of a time or of a place."""

    kind: Literal["identity"] = "identity"
    table: str
    columns: tuple[str, ...]
    reading: Reading


class Transform(_Node):
    """A function of values of the same row."""

    kind: Literal["transform"] = "transform"
    primitive: str
    bases: tuple["Node", ...]
    arguments: str = ""
    """Arguments of the primitive, as JSON, if featuretools computes it."""


class Direct(_Node):
    """A value of the parent's row; null if there is no row, or if it was not known before the cutoff."""

    kind: Literal["direct"] = "direct"
    link: int
    base: "Node"


class Where(_Node):
    """A condition: only rows whose value equals this one."""

    base: "Node"
    value: bool | float | str


class Aggregation(_Node):
    """One value over the descendant rows, reached by `path` from the ancestor downwards."""

    kind: Literal["aggregation"] = "aggregation"
    primitive: str
    path: tuple[int, ...]
    base: "Node | None" = None
    """What is aggregated; None if rows are counted."""
    where: Where | None = None
    window: int | None = None
    """Length of the window in microseconds: cutoff - window <= time < cutoff. None: all rows before the cutoff."""
    part: int = 0
    """Index of the value, if the primitive returns several."""
    others: tuple["Node", ...] = ()
    """Further inputs of the primitive, if featuretools computes it."""
    arguments: str = ""
    """Arguments of the primitive, as JSON, if featuretools computes it."""


Node = Annotated[Identity | Transform | Direct | Aggregation, Field(discriminator="kind")]

Transform.model_rebuild()
Direct.model_rebuild()
Where.model_rebuild()
Aggregation.model_rebuild()


class Link(_Node):
    """A usable relationship: each row of the child references one row of the parent."""

    child: str
    child_columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    folded: bool = False
    """Whether keys are compared without regard to capitals and leading zeros."""
    shared: bool = False
    """Whether there is another relationship between the two tables, so that names must include the columns."""

    @property
    def label(self) -> str:
        """The child's columns, as a user writes them."""
        return ", ".join(self.child_columns)


class Output(BaseModel):
    """One feature: its name, type and computation."""

    name: str
    type: MatrixType
    node: Node


class Input(BaseModel):
    """A raw column of the target's table that features read."""

    name: str
    dtype: str
    """Canonical: Int64, Float64, Boolean, String, Date, Datetime or Time."""
    required: bool
    """Whether every historical row has a value, so that a model never saw it missing."""
    examples: list[Any] = []
    """Frequent values, or the median of numbers. Empty for private columns."""


class Plan(BaseModel):
    """The computation of features from rows, given the snapshots of the tables.

    The rows are those of `table`, given by their raw columns. The table needs no snapshot if no path leads back to it,
    as with pairs of an entity and a time (see `entities_at`).
    """

    table: str
    """The table that the rows belong to."""
    times: dict[str, tuple[str, ...]]
    """The time index of the tables that have one. Without one for the rows' table, everything is static."""
    known: dict[str, tuple[str, ...]] = {}
    """Further times of the rows of these tables, such as when they were entered or closed: a row is known from the
    latest of all its times."""
    links: list[Link]
    outputs: list[Output]
    inputs: list[Input] = []
    copies: dict[str, str] = {}
    """Tables that repeat the rows of another table, as a step to the same table requires."""

    @property
    def static(self) -> bool:
        """Whether rows have no time of their own, so that everything in the snapshots counts."""
        return self.table not in self.times

    def source(self, table: str) -> str:
        """Return the table whose snapshot holds the rows."""
        return self.copies.get(table, table)


def walk(node: Node | None) -> Iterator[Node]:
    """Yield the node and all nodes below it, from the top, including those of conditions."""
    if node is None:
        return
    yield node
    for child in under(node):
        yield from walk(child)


def under(node: Node) -> tuple[Node, ...]:
    """Return the inputs of a node."""
    if isinstance(node, Transform):
        return node.bases
    if isinstance(node, Direct):
        return (node.base,)
    if isinstance(node, Aggregation):
        bases = node.others if node.base is None else (node.base, *node.others)
        return bases if node.where is None else (*bases, node.where.base)
    return ()


def table_of(node: Node, links: list[Link]) -> str:
    """Return the table whose rows the node has a value for."""
    if isinstance(node, Identity):
        return node.table
    if isinstance(node, Transform):
        return table_of(node.bases[0], links)
    if isinstance(node, Direct):
        return links[node.link].child
    return links[node.path[0]].parent


def reads(node: Node, links: list[Link]) -> set[str]:
    """Return the raw columns of the node's own table that it reads, keys included."""
    if isinstance(node, Identity):
        return set(node.columns)
    if isinstance(node, Transform):
        return {column for base in node.bases for column in reads(base, links)}
    if isinstance(node, Direct):
        return set(links[node.link].child_columns)
    return set(links[node.path[0]].parent_columns)


EARTH = 3958.7613
"""The earth's radius in miles, as in featuretools."""
