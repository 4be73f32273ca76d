"""What to compute: of everything featuretools can think of, what is worth its cost."""

from dataclasses import dataclass
from typing import Any

from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.graph import Graph, timed
from radix_assets.features.model import MatrixType
from radix_assets.features.plan import Aggregation, Direct, Identity, Node, Transform, walk
from radix_assets.features.synthesis import Uncompilable, layout, synthesize, translate
from radix_assets.features.transforms import TRANSFORMS
from radix_assets.features.words import name, unique

MAX_DEPTH = 2
MOST_FEATURES = 500
"""Of what is engineered; the target table's own columns always stay."""
AGGREGATED = ("count", "mean", "sum", "std", "min", "max", "num_unique", "percent_true", "mode", "last")
TRANSFORMED = ("year", "month", "weekday", "hour", "is_weekend", "num_characters", "num_words")
SIBLINGS = ("count", "mean", "std", "num_unique", "percent_true")
"""What is worth knowing of the rows that share a parent; the rest is nearly constant or follows from these."""
STACKED = ("mean", "max")
"""Aggregations that are worth stacking on another one."""

_UNWANTED = ""


@dataclass(frozen=True)
class Definition:
    """One feature: Radix' tree, and featuretools' definition of the same."""

    name: str
    type: MatrixType
    node: Node
    feature: Any


def define(
    graph: Graph, reserved: tuple[str, ...] = (), most: int = MOST_FEATURES
) -> tuple[list[Definition], dict[str, str]]:
    """The features worth computing, simplest first, and what was left out with the reason.

    `reserved` are names that no feature may have.
    """
    names = layout(graph)
    dropped: dict[str, str] = {}
    found: dict[Node, Any] = {}
    for feature in synthesize(graph, names, AGGREGATED, TRANSFORMED, MAX_DEPTH):
        try:
            node = translate(feature, graph, names)
        except Uncompilable:
            continue  # of what is asked for, these are keys only: their values are chosen in the graph
        reason = unfit(node, graph)
        if reason is None:
            found[node] = feature
        elif reason is not _UNWANTED:
            dropped[name(node, graph.links)] = reason
    places = {
        (table.name, column): place for table in graph.tables.values() for place, column in enumerate(table.columns)
    }
    ordered = sorted(found, key=lambda node: (*_simplicity(node, places), name(node, graph.links)))
    own = [node for node in ordered if isinstance(node, Identity)]
    made = [node for node in ordered if not isinstance(node, Identity)]
    dropped |= {name(node, graph.links): f"beyond the bound of {most} engineered features" for node in made[most:]}
    kept = own + made[:most]
    labels = unique((name(node, graph.links) for node in kept), reserved)
    return [
        # featuretools finds a raw column by its feature's name
        Definition(label, type_of(node), node, found[node] if isinstance(node, Identity) else found[node].rename(label))
        for label, node in zip(labels, kept, strict=True)
    ], dropped


def type_of(node: Node) -> MatrixType:
    """The type of the node's values. Datetimes and texts are no features: they count as categorical here."""
    if isinstance(node, Identity):
        return node.reading if node.reading in ("numeric", "boolean") else "categorical"
    if isinstance(node, Transform):
        return TRANSFORMS[node.primitive][1]
    if isinstance(node, Aggregation):
        kind = AGGREGATIONS[node.primitive].type
        if kind is not None or node.base is None:
            return kind or "numeric"
        return type_of(node.base)
    return type_of(node.base) if isinstance(node, Direct) else "numeric"


def unfit(node: Node, graph: Graph) -> str | None:
    """None where the feature is made, the reason where it could be wanted but is not, empty where nobody misses it."""
    inner = [part for part in walk(node) if isinstance(part, Aggregation)]
    transformed = any(isinstance(part, Transform) for part in walk(node))
    leaf = list(walk(node))[-1]
    unwanted = (
        (isinstance(leaf, Identity) and leaf.reading in ("datetime", "text") and not transformed)
        or (isinstance(leaf, Identity) and not _readable(leaf, graph))
        or (transformed and inner)
        or any(_keyed(part, graph) for part in inner)
        or any(_known_already(part, leaf, graph) for part in walk(node) if isinstance(part, Direct))
        or (isinstance(node, Direct) and any(part.primitive not in SIBLINGS for part in inner))
        or (len(inner) > 1 and inner[0].primitive not in STACKED)
    )
    if unwanted:
        return _UNWANTED
    return _impossible(inner, graph) if inner else None


def _impossible(inner: list[Aggregation], graph: Graph) -> str | None:
    static = not graph.tables[graph.target].time
    below = {graph.links[step].child for part in inner for step in part.path}
    above = {graph.links[part.link].parent for outer in inner for part in walk(outer.base) if isinstance(part, Direct)}
    if static and graph.target in below | above:
        return "not made: without a time index a row would be aggregated over itself"
    if not static and len(inner) > 1:
        return "not compiled: an aggregation of aggregations, when each row has its own cutoff"
    late = any(timed(table, graph) for table in above)
    if not static and late and inner[0].primitive in ("percent_true", "last"):
        return "not compiled: a row may be known before what it points to"
    return None


def _keyed(node: Aggregation, graph: Graph) -> bool:
    """Whether the values are part of the key that makes the groups, or were passed on the way down already."""
    if isinstance(node.base, Direct):
        return node.base.link == node.path[-1]
    link = graph.links[node.path[-1]]
    return isinstance(node.base, Identity) and set(node.base.columns) <= set(link.child_columns)


def _known_already(node: Direct, leaf: Node, graph: Graph) -> bool:
    """Whether the value is part of the key that the child's row has too."""
    link = graph.links[node.link]
    return isinstance(leaf, Identity) and leaf.table == link.parent and set(leaf.columns) <= set(link.parent_columns)


def _readable(leaf: Identity, graph: Graph) -> bool:
    table = graph.tables[leaf.table]
    return leaf.columns != table.time or leaf.columns[0] in table.columns or table.time_readable


def _simplicity(node: Node, places: dict[tuple[str, str], int]) -> tuple[int, int, int, int]:
    parts = list(walk(node))
    hops = sum(len(part.path) if isinstance(part, Aggregation) else isinstance(part, Direct) for part in parts)
    primitives = [part.primitive for part in parts if isinstance(part, Aggregation)]
    leaf = parts[-1]
    place = places.get((leaf.table, leaf.columns[0]), 0) if isinstance(leaf, Identity) else 0
    return len(parts), hops, max(map(AGGREGATED.index, primitives), default=0), place
