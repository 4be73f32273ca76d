"""featuretools: deep feature synthesis over the graph, and its definitions read into Radix' own shapes."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.graph import Graph
from radix_assets.features.plan import Aggregation, Direct, Identity, Node, Reading, Transform
from radix_assets.features.transforms import TRANSFORMS
from radix_assets.features.words import unique
from radix_resources.errors import FeatureError

_LOGICAL: dict[Reading, tuple[str, Any]] = {
    "numeric": ("Double", 0.0),
    "categorical": ("Categorical", "a"),
    "boolean": ("BooleanNullable", True),
    "datetime": ("Datetime", "2000-01-01"),
    "text": ("NaturalLanguage", "a b"),
}


class Uncompilable(Exception):  # noqa: N818
    """featuretools knows the feature, Radix has no plan for it; the text says why."""


@dataclass(frozen=True)
class Layout:
    """The names of columns in the entity set. Keys are row numbers there, so a composite key is one column too."""

    links: list[str]
    """Of each relationship: the child's column that holds the parent's row number."""
    times: dict[str, str]
    """Of each table with a time index: the column that holds it."""
    index: str
    """The row's number, in every table."""


def layout(graph: Graph) -> Layout:
    """Names that collide with no raw column."""
    index = unique(["(row)"], (column for table in graph.tables.values() for column in table.columns))[0]
    taken = {table.name: [*table.columns, index] for table in graph.tables.values()}
    links = []
    for link in graph.links:
        links += unique([f"({link.label})"], taken[link.child])
        taken[link.child].append(links[-1])
    times = {
        table.name: unique([table.time[0] if len(table.time) == 1 else "(time)"], taken[table.name])[0]
        for table in graph.tables.values()
        if table.time
    }
    return Layout(links, times, index)


def synthesize(
    graph: Graph, names: Layout, aggregations: Sequence[str], transforms: Sequence[str], depth: int
) -> list[Any]:
    """Featuretools' definitions over an entity set that has the graph's types and a made-up row in each table."""
    with warnings.catch_warnings():
        # featuretools imports pkg_resources, and warns of primitives that fit no column
        warnings.simplefilter("ignore")
        import featuretools as ft
        import pandas as pd
        import woodwork.logical_types as ww

        entities = ft.EntitySet("radix")
        for table in graph.tables.values():
            types: dict[str, str] = {names.index: "Integer"}
            values: dict[str, Any] = {names.index: [0]}
            for column, reading in table.columns.items():
                types[column], value = _LOGICAL[reading]
                values[column] = [value]
            if table.name in names.times:
                types[names.times[table.name]], value = _LOGICAL["datetime"]
                values[names.times[table.name]] = [value]
            for link, column in zip(graph.links, names.links, strict=True):
                if link.child == table.name:
                    types[column], values[column] = "Integer", [0]
            entities.add_dataframe(
                dataframe_name=table.name,
                dataframe=pd.DataFrame(values),
                index=names.index,
                time_index=names.times.get(table.name),
                logical_types={column: getattr(ww, kind) for column, kind in types.items()},
            )
        for link, column in zip(graph.links, names.links, strict=True):
            entities.add_relationship(link.parent, names.index, link.child, column)
        try:
            features: list[Any] = ft.dfs(
                entityset=entities,
                target_dataframe_name=graph.target,
                agg_primitives=list(aggregations),
                trans_primitives=list(transforms),
                max_depth=depth,
                features_only=True,
            )
        except (AssertionError, KeyError, TypeError, ValueError) as error:
            raise FeatureError(
                "RDX-FEA-003",
                f"featuretools could not make definitions: {type(error).__name__}",
                hint="tag fewer columns as features, or leave relationships out, and report the case",
                table=graph.target,
            ) from error
    return features


def translate(feature: Any, graph: Graph, names: Layout) -> Node:
    """A definition of featuretools as a tree of Radix. Raises Uncompilable where there is no shape for it."""
    kind = type(feature).__name__
    if kind == "IdentityFeature":
        return _identity(feature.dataframe_name, feature.column_name, graph, names)
    if kind == "DirectFeature":
        (_, relationship), *_ = feature.relationship_path
        return Direct(link=_link(relationship, graph, names), base=translate(feature.base_features[0], graph, names))
    primitive = feature.primitive.name
    if kind == "TransformFeature" and primitive in TRANSFORMS and len(feature.base_features) == 1:
        return Transform(primitive=primitive, bases=(translate(feature.base_features[0], graph, names),))
    if (
        kind == "AggregationFeature"
        and primitive in AGGREGATIONS
        and feature.where is None
        and not feature.use_previous
    ):
        steps = tuple(_link(relationship, graph, names) for _, relationship in feature.relationship_path)
        base = None if primitive == "count" else translate(feature.base_features[0], graph, names)
        return Aggregation(primitive=primitive, path=steps, base=base)
    raise Uncompilable(f"there is no plan for {primitive} in this form")


def save(features: list[Any], file: Path) -> None:
    """Write featuretools' own serialization."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # featuretools imports pkg_resources
        import featuretools as ft

        ft.save_features(features, str(file))


def _identity(table: str, column: str, graph: Graph, names: Layout) -> Identity:
    if column == names.times.get(table):
        return Identity(table=table, columns=graph.tables[table].time, reading="datetime")
    if column not in graph.tables[table].columns:
        raise Uncompilable("a key has no value of its own")
    return Identity(table=table, columns=(column,), reading=graph.tables[table].columns[column])


def _link(relationship: Any, graph: Graph, names: Layout) -> int:
    wanted = (relationship.child_dataframe.ww.name, relationship._child_column_name)  # noqa: SLF001  there is no public way
    return [(link.child, column) for link, column in zip(graph.links, names.links, strict=True)].index(wanted)
