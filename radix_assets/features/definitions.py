"""Decide which of featuretools' definitions are worth computing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from radix_assets.asof.matrix_columns import MatrixType
from radix_assets.asof.plan import Aggregation, Direct, Identity, Node, Transform, under, walk
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.budget import trim
from radix_assets.features.describe import name, unique
from radix_assets.features.fallback import timed
from radix_assets.features.graph.schema import Graph
from radix_assets.features.synthesis import (
    EntitySetNames,
    Uncompilable,
    entity_set_names,
    lifted,
    synthesize,
    translate,
    windowed,
)
from radix_assets.features.transforms import TRANSFORMS

MOST_FEATURES = 500
"""Maximum engineered features; the target table's own columns always stay."""
AGGREGATED = (
    "count",
    "mean",
    "sum",
    "std",
    "min",
    "max",
    "num_unique",
    "percent_true",
    "mode",
    "last",
    "time_since_last",
)
TRANSFORMED = (
    "year",
    "month",
    "weekday",
    "hour",
    "is_weekend",
    "time_since",
    "num_characters",
    "num_words",
    "haversine",
)
CONDITIONED = ("count", "mean")
"""Aggregations that are also built with conditions."""
WINDOWED = ("count", "mean", "sum", "max", "num_unique", "percent_true")
"""Aggregations that are also built over trailing windows."""
SIBLINGS = ("count", "mean", "std", "num_unique", "percent_true", "time_since_last")
"""Aggregations that are useful over rows sharing a parent; others are nearly constant or follow from these."""
STACKED = ("mean", "max")
"""Aggregations that are useful on top of another one."""

_UNWANTED = ""


@dataclass(frozen=True)
class Definition:
    """One feature: Radix's tree and featuretools' equivalent definition."""

    name: str
    type: MatrixType
    node: Node
    feature: Any


def define(
    graph: Graph,
    reserved: tuple[str, ...] = (),
    most: int = MOST_FEATURES,
    windows: Mapping[tuple[int, ...], Sequence[int]] | None = None,
    aggregations: Sequence[str] = AGGREGATED,
    transforms: Sequence[str] = TRANSFORMED,
) -> tuple[list[Definition], dict[str, str]]:
    """Return the features worth computing, simplest first, and the excluded ones with the reason.

    `reserved` are names that no feature may have, `windows` the trailing windows by path, in microseconds. A primitive
    that is not compiled is computed by featuretools' own function, for that feature alone.
    """
    graph, depth, dropped = trim(graph, aggregations, transforms)
    names = entity_set_names(graph)
    entity = graph.entity
    dfs_target = graph.target if entity is None else graph.links[entity].parent
    features: dict[Node, Any] = {}
    for feature in synthesize(graph, names, aggregations, transforms, depth, CONDITIONED, dfs_target):
        for part in _columns_of(feature):
            _consider(part, graph, names, windows or {}, features, dropped)
    if entity is not None:
        features = {Direct(link=entity, base=node): lifted(f, graph, names, entity) for node, f in features.items()}
        own = synthesize(graph, names, (), transforms, 1)
        features |= {node: f for f in own if isinstance((node := _plain(f, graph, names)), Transform)}
    places = {
        (table.name, column): place for table in graph.tables.values() for place, column in enumerate(table.columns)
    }
    ordered = sorted(features, key=lambda node: (*_simplicity(node, places), name(node, graph.links)))
    own = [node for node in ordered if isinstance(node, Identity)]
    engineered = [node for node in ordered if not isinstance(node, Identity)]
    dropped |= {
        name(node, graph.links): f"beyond the bound of {most} engineered features" for node in engineered[most:]
    }
    chosen = own + engineered[:most]
    labels = unique((name(node, graph.links) for node in chosen), reserved)
    return [
        # featuretools looks up a raw column by its feature's name
        Definition(
            label,
            type_of(node),
            node,
            features[node] if isinstance(node, Identity) else _renamed(features[node], label),
        )
        for label, node in zip(labels, chosen, strict=True)
    ], dropped


def _consider(
    feature: Any,
    graph: Graph,
    names: EntitySetNames,
    windows: Mapping[tuple[int, ...], Sequence[int]],
    features: dict[Node, Any],
    dropped: dict[str, str],
) -> None:
    try:
        node = translate(feature, graph, names)
    except Uncompilable:
        return  # only keys: their values are chosen in the graph
    reason = unfit(node, graph)
    if reason is None:
        features[node] = feature
        for window in _lengths(node, windows):
            features[_with(node, window)] = windowed(feature, window)
    elif reason is not _UNWANTED:
        dropped[name(node, graph.links)] = reason


def _columns_of(feature: Any) -> list[Any]:
    """Return the feature, or each of its columns if it has several."""
    several = feature.number_output_features
    return [feature] if several == 1 else [feature[i] for i in range(several)]


def _renamed(feature: Any, label: str) -> Any:
    return feature if type(feature).__name__ == "FeatureOutputSlice" else feature.rename(label)


def _plain(feature: Any, graph: Graph, names: EntitySetNames) -> Node | None:
    try:
        node = translate(feature, graph, names)
    except Uncompilable:
        return None
    return None if unfit(node, graph) is not None else node


def _lengths(node: Node, windows: Mapping[tuple[int, ...], Sequence[int]]) -> Sequence[int]:
    inner = node.base if isinstance(node, Direct) else node
    if not isinstance(inner, Aggregation) or inner.primitive not in WINDOWED or inner.where is not None:
        return ()
    if any(isinstance(part, Aggregation) for part in walk(inner.base)):
        return ()
    return windows.get(inner.path, ())


def _with(node: Node, window: int) -> Node:
    if isinstance(node, Direct):
        return node.model_copy(update={"base": _with(node.base, window)})
    return node.model_copy(update={"window": window})


def type_of(node: Node) -> MatrixType:
    """Return the type of the node's values. Dates are not features: they count as categorical here."""
    if isinstance(node, Identity):
        return node.reading if node.reading in ("numeric", "boolean", "text") else "categorical"
    if isinstance(node, Transform):
        transform_kind = TRANSFORMS.get(node.primitive)
        return transform_kind[1] if transform_kind else "numeric"
    if isinstance(node, Aggregation):
        kind = AGGREGATIONS.get(node.primitive)
        if kind is None or node.arguments:
            return "numeric"
        return kind.type or ("numeric" if node.base is None else type_of(node.base))
    return type_of(node.base)


def unfit(node: Node, graph: Graph) -> str | None:
    """Return None if the feature is built, else the reason; the reason is empty if the feature would be of no use."""
    parts = list(walk(node))
    inner = [part for part in parts if isinstance(part, Aggregation)]
    transformed = any(isinstance(part, Transform) for part in parts)
    leaves = [part for part in parts if isinstance(part, Identity)]
    own_text = isinstance(node, Identity) and node.reading == "text" and node.table == graph.target
    unwanted = (
        (any(leaf.reading in ("datetime", "text", "place") for leaf in leaves) and not transformed and not own_text)
        or any(not _readable(leaf, graph) for leaf in leaves)
        or (transformed and inner)
        or any(_keyed(part, graph) for part in inner)
        or any(_known_already(part, graph) for part in parts if isinstance(part, Direct))
        or (isinstance(node, Direct) and any(part.primitive not in SIBLINGS for part in inner))
        or (len(inner) > 1 and (inner[0].primitive not in STACKED or any(part.where for part in inner)))
        or any(part.primitive == "time_since_last" and part is not inner[0] for part in inner)
        or any(timed(part) and _no_moment(part, graph) for part in parts)
    )
    if unwanted:
        return _UNWANTED
    return _impossible(inner, graph) if inner else None


def _no_moment(node: Node, graph: Graph) -> bool:
    """Return whether the row has no time to count from, or the value is that time itself."""
    time = graph.tables[graph.target].time
    return not time or any(leaf.table == graph.target and leaf.columns == time for leaf in under(node))  # type: ignore[union-attr]


def _impossible(inner: list[Aggregation], graph: Graph) -> str | None:
    below = {graph.links[step].child for part in inner for step in part.path}
    above = {graph.links[part.link].parent for outer in inner for part in walk(outer.base) if isinstance(part, Direct)}
    if graph.entity is not None and graph.target in below | above:
        return _UNWANTED  # earlier questions about an entity carry no information about it
    if graph.tables[graph.target].time:
        return None
    if graph.target in below | above:
        return "not made: without a time index a row would be aggregated over itself"
    if any(part.primitive == "time_since_last" for part in inner):
        return _UNWANTED
    return None


def _keyed(node: Aggregation, graph: Graph) -> bool:
    """Return whether the values are part of the grouping key, or come from a table on the path."""
    if isinstance(node.base, Direct):
        return node.base.link == node.path[-1]
    link = graph.links[node.path[-1]]
    return isinstance(node.base, Identity) and set(node.base.columns) <= set(link.child_columns)


def _known_already(node: Direct, graph: Graph) -> bool:
    """Return whether the value is part of the key that the child's row also holds."""
    link, leaf = graph.links[node.link], node.base
    return isinstance(leaf, Identity) and leaf.table == link.parent and set(leaf.columns) <= set(link.parent_columns)


def _readable(leaf: Identity, graph: Graph) -> bool:
    table = graph.tables[leaf.table]
    return leaf.columns != table.time or leaf.columns[0] in table.columns or table.time_readable


def _simplicity(node: Node, places: dict[tuple[str, str], int]) -> tuple[int, int, int, int, int]:
    parts = list(walk(node))
    inner = [part for part in parts if isinstance(part, Aggregation)]
    hops = sum(len(part.path) if isinstance(part, Aggregation) else isinstance(part, Direct) for part in parts)
    leaf = next((part for part in reversed(parts) if isinstance(part, Identity)), None)
    column_position = places.get((leaf.table, leaf.columns[0]), 0) if leaf else 0
    ranks = [AGGREGATED.index(part.primitive) if part.primitive in AGGREGATED else len(AGGREGATED) for part in inner]
    return (
        len(parts),
        hops,
        max(ranks, default=0),
        column_position,
        max((part.window or 0 for part in inner), default=0),
    )
