"""Run featuretools' deep feature synthesis over the graph, and translate its definitions to Radix's nodes."""

import json
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radix_assets.asof.plan import Aggregation, Direct, Identity, Node, Reading, Transform, Where
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.describe import unique
from radix_assets.features.graph.schema import Graph, timed
from radix_assets.features.transforms import TRANSFORMS
from radix_resources.errors import FeatureError

_LOGICAL: dict[Reading, tuple[str, Any]] = {
    "numeric": ("Double", 0.0),
    "categorical": ("Categorical", "a"),
    "boolean": ("BooleanNullable", True),
    "datetime": ("Datetime", "2000-01-01"),
    "text": ("NaturalLanguage", "a b"),
    "place": ("LatLong", (1.0, 2.0)),
}


class Uncompilable(Exception):  # noqa: N818
    """Raised for a feature of featuretools that Radix cannot represent; the text gives the reason."""


@dataclass(frozen=True)
class EntitySetNames:
    """Names of columns in the entity set. Keys are row numbers there, so a composite key is a single column too."""

    links: list[str]
    """By relationship: the child's column with the parent's row number."""
    times: dict[str, str]
    """By table with a time index: the column that holds it."""
    index: str
    """The column with the row number, in every table."""
    places: dict[tuple[str, str], tuple[str, str]]
    """Latitude and longitude of a table's place, by table and column."""


def entity_set_names(graph: Graph) -> EntitySetNames:
    """Return names that collide with no raw column."""
    index = unique(["(row)"], (column for table in graph.tables.values() for column in table.columns))[0]
    taken = {table.name: [*table.columns, index] for table in graph.tables.values()}
    links = []
    for link in graph.links:
        links += unique([f"({link.label})"], taken[link.child])
        taken[link.child].append(links[-1])
    times, places = {}, {}
    for table in graph.tables.values():
        if table.time:
            times[table.name] = unique([table.time[0] if len(table.time) == 1 else "(time)"], taken[table.name])[0]
            taken[table.name].append(times[table.name])
        for place_name, pair in table.places.items():
            (name,) = unique([place_name], taken[table.name])
            taken[table.name].append(name)
            places[table.name, name] = pair
    return EntitySetNames(links, times, index, places)


def synthesize(
    graph: Graph,
    names: EntitySetNames,
    aggregations: Sequence[str],
    transforms: Sequence[str],
    depth: int,
    conditioned: Sequence[str] = (),
    target: str = "",
) -> list[Any]:
    """Return featuretools' definitions over an entity set with the graph's types and one placeholder row per table.

    `conditioned` are the aggregations that are also built with conditions. `target` defaults to the graph's.
    """
    with _quiet():
        import featuretools as ft

        entities = entity_set(graph, names)
        for table in graph.tables.values():
            if table.values and conditioned:
                entities.add_interesting_values(dataframe_name=table.name, values=table.values)
        try:
            features: list[Any] = ft.dfs(
                entityset=entities,
                target_dataframe_name=target or graph.target,
                agg_primitives=list(aggregations),
                trans_primitives=list(transforms),
                where_primitives=list(conditioned),
                max_depth=depth,
                features_only=True,
            )
            # Deep feature synthesis returns no text as it is.
            own = entities[target or graph.target].ww
            texts = [
                column for column, reading in graph.tables[target or graph.target].columns.items() if reading == "text"
            ]
            features += [ft.IdentityFeature(own[column]) for column in texts]
        except (AssertionError, KeyError, TypeError, ValueError) as error:
            raise FeatureError(
                "RDX-FEA-003",
                f"featuretools failed to build definitions: {type(error).__name__}",
                hint="tag fewer columns as features or remove relationships, and report the case",
                table=graph.target,
            ) from error
    return features


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppress featuretools' warnings about its imports, primitives that fit no column and repeated features."""
    logger = logging.getLogger("featuretools")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def entity_set(graph: Graph, names: EntitySetNames) -> Any:
    """Return the entity set of the graph's tables and relationships, with one placeholder row per table."""
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
        for name, column in names.places:
            if name == table.name:
                types[column], value = _LOGICAL["place"]
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
    return entities


def translate(feature: Any, graph: Graph, names: EntitySetNames) -> Node:
    """Translate a definition of featuretools to a tree of Radix. Raises Uncompilable if there is no node for it."""
    kind = type(feature).__name__
    if kind == "FeatureOutputSlice":
        whole = translate(feature.base_feature, graph, names)
        if not isinstance(whole, Aggregation):
            raise Uncompilable("there is no plan for one of several values of a row")
        return whole.model_copy(update={"part": feature.n})
    if kind == "IdentityFeature":
        return _identity(feature.dataframe_name, feature.column_name, graph, names)
    if kind == "DirectFeature":
        (_, relationship), *_ = feature.relationship_path
        return Direct(link=_link(relationship, graph, names), base=translate(feature.base_features[0], graph, names))
    if kind == "TransformFeature":
        bases = tuple(translate(base, graph, names) for base in feature.base_features)
        primitive, arguments = _primitive(feature, TRANSFORMS)
        return Transform(primitive=primitive, bases=bases, arguments=arguments)
    if kind == "AggregationFeature":
        return _aggregation(feature, graph, names)
    raise Uncompilable(f"there is no plan for a {kind}")


def _aggregation(feature: Any, graph: Graph, names: EntitySetNames) -> Aggregation:
    primitive, arguments = _primitive(feature, AGGREGATIONS)
    steps = tuple(_link(relationship, graph, names) for _, relationship in feature.relationship_path)
    base: Node | None = None
    others: tuple[Node, ...] = ()
    kind = None if arguments else AGGREGATIONS.get(primitive)
    if kind is not None and kind.timed:
        _check_order(feature, graph, names)
    if kind is None or not (kind.needs == "rows" and kind.type):
        base = translate(feature.base_features[0], graph, names)
    if kind is None:
        others = tuple(translate(other, graph, names) for other in feature.base_features[1:])
    where = None
    if feature.where is not None:
        condition = feature.where
        if type(condition.primitive).__name__ != "EqualScalar":
            raise Uncompilable("there is no plan for this condition")
        where = Where(base=translate(condition.base_features[0], graph, names), value=condition.primitive.value)
    window = None
    if feature.use_previous is not None:
        if not feature.use_previous.has_no_observations():
            raise Uncompilable("there is no plan for a number of rows")
        window = _microseconds(feature.use_previous)
    return Aggregation(
        primitive=primitive, path=steps, base=base, where=where, window=window, others=others, arguments=arguments
    )


def _check_order(feature: Any, graph: Graph, names: EntitySetNames) -> None:
    """Raise Uncompilable if the definition orders rows by a time that is not theirs.

    Rows are ordered by their own time, or by that of the single table that they belong to.
    """
    time, child = feature.base_features[-1], feature.relationship_path[-1][1].child_dataframe.ww.name
    if child in names.times:
        own = type(time).__name__ == "IdentityFeature" and time.column_name == names.times[child]
    else:
        above = [link.parent for link in graph.links if link.child == child and timed(link.parent, graph)]
        base = time.base_features[0] if type(time).__name__ == "DirectFeature" else time
        own = feature.primitive.name != "trend" and len(above) == 1 and base.dataframe_name == above[0]
    if not own:
        raise Uncompilable("there is no plan for the order of rows by a time that is not theirs")


def windowed(feature: Any, window: int) -> Any:
    """Return an aggregation, or a parent's, over a trailing window of this many microseconds."""
    import featuretools as ft

    if type(feature).__name__ == "DirectFeature":
        (_, relationship), *_ = feature.relationship_path
        base = windowed(feature.base_features[0], window)
        return ft.feature_base.DirectFeature(base, feature.dataframe_name, relationship=relationship)
    return ft.feature_base.AggregationFeature(
        feature.base_features,
        feature.dataframe_name,
        feature.primitive,
        relationship_path=feature.relationship_path,
        use_previous=ft.Timedelta(window // 1_000_000, "s"),
    )


def lifted(feature: Any, graph: Graph, names: EntitySetNames, link: int) -> Any:
    """Return a parent's feature as a feature of the child."""
    import featuretools as ft

    child, column = graph.links[link].child, names.links[link]
    entities = feature.entityset
    (relationship,) = [
        candidate
        for candidate in entities.relationships
        if candidate.child_dataframe.ww.name == child and candidate._child_column_name == column  # noqa: SLF001
    ]
    return ft.feature_base.DirectFeature(feature, child, relationship=relationship)


def _microseconds(span: Any) -> int:
    import pandas as pd

    try:
        return int(sum(pd.Timedelta(value, unit).value for unit, value in span.times.items())) // 1000
    except ValueError as error:
        raise Uncompilable("there is no plan for a calendar's months") from error


def _primitive(feature: Any, compiled: Mapping[str, object]) -> tuple[str, str]:
    """Return the primitive's name, and its arguments if it is not a compiled one."""
    primitive = feature.primitive
    arguments = {name: value for name, value in primitive.get_arguments() if value is not None}
    plain = not arguments or primitive.name == "n_most_common"
    return primitive.name, "" if primitive.name in compiled and plain else json.dumps(arguments or {}, default=str)


def save(features: list[Any], file: Path) -> None:
    """Write the features in featuretools' own serialization."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # featuretools imports pkg_resources
        import featuretools as ft

        # one of several values is stored as the feature that has them all
        whole = {id(base): base for f in features for base in [getattr(f, "base_feature", f)]}
        ft.save_features(list(whole.values()), str(file))


def _identity(table: str, column: str, graph: Graph, names: EntitySetNames) -> Identity:
    if column == names.times.get(table):
        return Identity(table=table, columns=graph.tables[table].time, reading="datetime")
    if (table, column) in names.places:
        return Identity(table=table, columns=names.places[table, column], reading="place")
    if column not in graph.tables[table].columns:
        raise Uncompilable("a key has no value of its own")
    return Identity(table=table, columns=(column,), reading=graph.tables[table].columns[column])


def _link(relationship: Any, graph: Graph, names: EntitySetNames) -> int:
    wanted = (relationship.child_dataframe.ww.name, relationship._child_column_name)  # noqa: SLF001  there is no public way
    return [(link.child, column) for link, column in zip(graph.links, names.links, strict=True)].index(wanted)
