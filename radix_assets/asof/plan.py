"""What is computed, as data: a tree for each feature, over the tables and the relationships between them.

A tree is featuretools' definition in the few shapes that Radix compiles. It refers to a relationship by its position
in `Plan.links` and to columns by their raw names, so that it can be saved, read back without featuretools, and run by
any engine on any rows.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from radix_assets.asof.names import MatrixType

Reading = Literal["numeric", "categorical", "boolean", "datetime", "text", "place"]
"""How raw columns are read: Float64, String, Boolean, Datetime("us"), String; a place is latitude and longitude."""


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True)


class Identity(_Node):
    """A column as it is; several columns are the parts of a point in time, or of a place."""

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
    """Of the primitive, as JSON, where it is one that featuretools computes."""


class Direct(_Node):
    """A value of the parent's row; null where there is none, or where it was not known before the cutoff."""

    kind: Literal["direct"] = "direct"
    link: int
    base: "Node"


class Where(_Node):
    """Only rows in which a value is this one."""

    base: "Node"
    value: bool | float | str


class Aggregation(_Node):
    """One number or value over the rows below, reached by `path` from the ancestor downwards."""

    kind: Literal["aggregation"] = "aggregation"
    primitive: str
    path: tuple[int, ...]
    base: "Node | None" = None
    """What is aggregated; None where rows are counted."""
    where: Where | None = None
    window: int | None = None
    """Only rows of the last so many microseconds: cutoff - window <= time < cutoff. None: all before the cutoff."""
    part: int = 0
    """Which value, where the primitive gives several."""
    others: tuple["Node", ...] = ()
    """What else the primitive takes, where it is one that featuretools computes."""
    arguments: str = ""
    """Of the primitive, as JSON, where it is one that featuretools computes."""


Node = Annotated[Identity | Transform | Direct | Aggregation, Field(discriminator="kind")]

Transform.model_rebuild()
Direct.model_rebuild()
Where.model_rebuild()
Aggregation.model_rebuild()


class Link(_Node):
    """A usable relationship: each row of the child points to one row of the parent."""

    child: str
    child_columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    shared: bool = False
    """Whether there is another relationship between the same two tables, so that names must tell them apart."""

    @property
    def label(self) -> str:
        """The child's columns, as a person writes them."""
        return ", ".join(self.child_columns)


class Output(BaseModel):
    """One feature: its name, its type and how it is computed."""

    name: str
    type: MatrixType
    node: Node


class Input(BaseModel):
    """A raw column of the target's table that features read."""

    name: str
    dtype: str
    """Canonical: Int64, Float64, Boolean, String, Date, Datetime or Time."""
    required: bool
    """Whether every historical row has a value; a model never saw it missing."""
    examples: list[Any] = []
    """Frequent values, or the median of numbers. Empty for private columns."""


class Plan(BaseModel):
    """Everything that turns rows into features, given the snapshots of the tables.

    The rows are those of `table`, given by their raw columns. The table need not have a snapshot where no path leads
    back to it: pairs of an entity and a moment are such rows, see `moments_of`.
    """

    table: str
    """What the rows are of."""
    times: dict[str, tuple[str, ...]]
    """The time index of the tables that have one. Where the rows' table is not among them, all is static."""
    links: list[Link]
    outputs: list[Output]
    inputs: list[Input] = []
    copies: dict[str, str] = {}
    """Tables that are another table's rows once more, as a step to the same table needs them."""

    @property
    def static(self) -> bool:
        """Whether rows have no moment of their own, so that everything in the snapshots counts."""
        return self.table not in self.times

    def source(self, table: str) -> str:
        """The table whose snapshot holds the rows."""
        return self.copies.get(table, table)


def walk(node: Node | None) -> Iterator[Node]:
    """The node and all below it, from the top, those of conditions too."""
    if node is None:
        return
    yield node
    for below in under(node):
        yield from walk(below)


def under(node: Node) -> tuple[Node, ...]:
    """The nodes that this one is made of."""
    if isinstance(node, Transform):
        return node.bases
    if isinstance(node, Direct):
        return (node.base,)
    if isinstance(node, Aggregation):
        bases = node.others if node.base is None else (node.base, *node.others)
        return bases if node.where is None else (*bases, node.where.base)
    return ()


def table_of(node: Node, links: list[Link]) -> str:
    """The table whose rows the node has a value for."""
    if isinstance(node, Identity):
        return node.table
    if isinstance(node, Transform):
        return table_of(node.bases[0], links)
    if isinstance(node, Direct):
        return links[node.link].child
    return links[node.path[0]].parent


def reads(node: Node, links: list[Link]) -> set[str]:
    """The raw columns of the node's own table that its value is made of, keys included."""
    if isinstance(node, Identity):
        return set(node.columns)
    if isinstance(node, Transform):
        return {column for base in node.bases for column in reads(base, links)}
    if isinstance(node, Direct):
        return set(links[node.link].child_columns)
    return set(links[node.path[0]].parent_columns)


EARTH = 3958.7613
"""The earth's radius in miles, as featuretools has it."""
