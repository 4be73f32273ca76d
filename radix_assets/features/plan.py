"""What is computed, as data: a tree for each feature, over the tables and the relationships between them.

A tree is featuretools' definition in the few shapes that Radix compiles. It refers to a relationship by its position
in `Plan.links` and to columns by their raw names, so that it can be saved, read back without featuretools, and run on
any rows of the target's table.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from radix_assets.features.model import MatrixType

Reading = Literal["numeric", "categorical", "boolean", "datetime", "text"]
"""How a raw column's values are read: Float64, String, Boolean, Datetime("us") and String."""


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True)


class Identity(_Node):
    """A column as it is; several columns are the parts of a point in time."""

    kind: Literal["identity"] = "identity"
    table: str
    columns: tuple[str, ...]
    reading: Reading


class Transform(_Node):
    """A function of one value, row by row."""

    kind: Literal["transform"] = "transform"
    primitive: str
    base: "Node"


class Direct(_Node):
    """A value of the parent's row; null where there is none, or where it was not known before the cutoff."""

    kind: Literal["direct"] = "direct"
    link: int
    base: "Node"


class Aggregation(_Node):
    """One number or value over the rows below, reached by `path` from the ancestor downwards."""

    kind: Literal["aggregation"] = "aggregation"
    primitive: str
    path: tuple[int, ...]
    base: "Node | None" = None
    """What is aggregated; None where rows are counted."""


Node = Annotated[Identity | Transform | Direct | Aggregation, Field(discriminator="kind")]

Transform.model_rebuild()
Direct.model_rebuild()
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
    """Everything that turns rows of the target's table into features, given the snapshots of the other tables."""

    table: str
    """The target's table."""
    times: dict[str, tuple[str, ...]]
    """The time index of the tables that have one. Where the target's table is not among them, all is static."""
    links: list[Link]
    outputs: list[Output]
    inputs: list[Input] = []

    @property
    def static(self) -> bool:
        """Whether rows have no moment of their own, so that everything in the snapshots counts."""
        return self.table not in self.times


def walk(node: "Node | None") -> "list[Node]":
    """The node and all below it, from the top."""
    if node is None:
        return []
    return [node] if isinstance(node, Identity) else [node, *walk(node.base)]


def table_of(node: "Node", links: list[Link]) -> str:
    """The table whose rows the node has a value for."""
    if isinstance(node, Identity):
        return node.table
    if isinstance(node, Transform):
        return table_of(node.base, links)
    return links[node.link].child if isinstance(node, Direct) else links[node.path[0]].parent


def reads(node: Node, links: list[Link]) -> set[str]:
    """The raw columns of the node's own table that its value is made of, keys included."""
    if isinstance(node, Identity):
        return set(node.columns)
    if isinstance(node, Transform):
        return reads(node.base, links)
    return set(links[node.link].child_columns if isinstance(node, Direct) else links[node.path[0]].parent_columns)
