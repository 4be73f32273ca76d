"""featuretools as the oracle: the same definitions, its own calculation, on an entity set built with pandas."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

from radix_assets.asof.parsing import moment, read
from radix_assets.asof.plan import Aggregation, Direct, Identity, Node, Output, Plan, Transform
from radix_assets.features.graph.build import build_graph
from radix_assets.tags.schema import Tags

QUERY = "(query)"
"""The requested rows of the target table. Its history is a separate dataframe, which has a time."""
EARLY, LATE = pd.Timestamp("1700-01-01"), pd.Timestamp("2250-01-01")
LOGICAL = {
    "numeric": "Double",
    "categorical": "Categorical",
    "boolean": "BooleanNullable",
    "datetime": "Datetime",
    "text": "NaturalLanguage",
}


class Oracle:
    """An entity set over all rows, with row numbers as keys, and times inherited from parents."""

    def __init__(self, tags: Tags, tables: dict[str, Path], plan: Plan, excluded=()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import featuretools as ft
            import woodwork.logical_types as ww

            self.ft, self.plan = ft, plan
            self.graph = build_graph(tags, tables, excluded)
            assert plan.links == self.graph.links
            self.frames = {name: table.scan().collect() for name, table in self.graph.tables.items()}
            self.times: dict[str, pd.Series | None] = {}
            self.entities = ft.EntitySet("all")
            for name in self.graph.tables:
                frame, types = self.frame(name)
                logical = {column: getattr(ww, kind) for column, kind in types.items()}
                time = "known" if self.known(name) is not None else None
                self.add(name, frame, logical, time)
                if name == plan.table:
                    self.add(QUERY, frame, logical, None)
            for number, link in enumerate(plan.links):
                self.entities.add_relationship(link.parent, "(row)", link.child, f"link {number}")
                if link.child == plan.table:
                    self.entities.add_relationship(link.parent, "(row)", QUERY, f"link {number}")
                if link.parent == plan.table:
                    self.entities.add_relationship(QUERY, "(row)", link.child, f"link {number}")

    def add(self, name: str, frame: pd.DataFrame, logical: dict, time: str | None) -> None:
        self.entities.add_dataframe(
            dataframe_name=name, dataframe=frame.copy(), index="(row)", time_index=time, logical_types=logical
        )

    def frame(self, name: str) -> tuple[pd.DataFrame, dict[str, str]]:
        table, raw = self.graph.tables[name], self.frames[name]
        types = {"(row)": "IntegerNullable"}
        data = {"(row)": np.arange(len(raw))}
        for column, reading in table.columns.items():
            values = raw.select(read(column, raw.schema[column], reading)).to_series()
            boolean = reading == "boolean"
            data[f"c {column}"] = pd.array(values.to_list(), dtype="boolean") if boolean else values.to_pandas()
            types[f"c {column}"] = LOGICAL[reading]
        for pair in table.places.values():
            both = raw.select(read(part, raw.schema[part], "numeric") for part in pair)
            data[f"c {pair}"] = [tuple(np.nan if v is None else v for v in row) for row in both.rows()]
            types[f"c {pair}"] = "LatLong"
        if table.time:
            data["c time"] = raw.select(moment(table.time, raw.schema)).to_series().to_pandas()
            types["c time"] = "Datetime"
        for number, link in enumerate(self.plan.links):
            if link.child == name:
                data[f"link {number}"] = self.positions(number)
                types[f"link {number}"] = "IntegerNullable"
        if self.known(name) is not None:
            data["known"] = self.known(name)
            types["known"] = "Datetime"
        frame = pd.DataFrame(data)
        physical = {"Categorical": "category", "Datetime": "datetime64[ns]"}
        return frame.astype({c: physical[kind] for c, kind in types.items() if kind in physical}), types

    def positions(self, number: int):
        link = self.plan.links[number]
        parent = self.frames[link.parent].select(link.parent_columns).to_pandas()
        parent.columns = range(len(parent.columns))
        child = self.frames[link.child].select(link.child_columns).to_pandas()
        child.columns = range(len(child.columns))
        parent = parent.dropna().assign(place=lambda d: d.index).drop_duplicates(list(child.columns))
        merged = child.merge(parent, how="left", on=list(child.columns))
        merged.loc[child.isna().any(axis=1).to_numpy(), "place"] = np.nan
        return merged["place"].astype("Int64")

    def known(self, name: str):
        if name not in self.times:
            table = self.graph.tables[name]
            if table.time:
                raw = self.frames[name]
                found = raw.select(moment(table.time, raw.schema)).to_series().to_pandas()
            else:
                found = None
                for number, link in enumerate(self.plan.links):
                    if link.child == name and self.known(link.parent) is not None:
                        place = self.positions(number)
                        above = place.map(dict(enumerate(self.known(link.parent)))).where(place.notna(), EARLY)
                        above = above.astype("datetime64[ns]")
                        never = above.isna() & place.notna()
                        found = above if found is None else found.where(found.isna() | (found > above), above)
                        found = found.mask(never)
            self.times[name] = None if found is None else found.astype("datetime64[ns]")
        return self.times[name]

    def feature(self, node: Node, frame: str | None = None):
        from featuretools.entityset.relationship import RelationshipPath
        from featuretools.feature_base import AggregationFeature, DirectFeature, IdentityFeature, TransformFeature
        from featuretools.primitives import get_aggregation_primitives, get_transform_primitives

        top = frame or QUERY
        match node:
            case Identity():
                if node.reading == "place":
                    return IdentityFeature(self.entities[top].ww[f"c {node.columns}"])
                time = node.columns == self.graph.tables[node.table].time and node.reading == "datetime"
                return IdentityFeature(self.entities[top].ww["c time" if time else f"c {node.columns[0]}"])
            case Transform():
                return TransformFeature(
                    [self.feature(base, top) for base in node.bases], get_transform_primitives()[node.primitive]
                )
            case Direct():
                relation = self.relation(node.link, child=top)
                base = self.feature(node.base, relation.parent_dataframe.ww.name)
                return DirectFeature(base, top, relationship=relation)
            case Aggregation():
                relations = [self.relation(step, parent=top if i == 0 else None) for i, step in enumerate(node.path)]
                child = self.plan.links[node.path[-1]].child
                known = IdentityFeature(self.entities[child].ww["known"]) if self.known(child) is not None else None
                bases = [self.feature(base, child) for base in (node.base, *node.others) if base is not None]
                if node.primitive in ("trend", "time_since_last", "time_since_first"):
                    bases.append(known)
                made = AggregationFeature(
                    bases or IdentityFeature(self.entities[child].ww["(row)"]),
                    top,
                    get_aggregation_primitives()[node.primitive],
                    relationship_path=RelationshipPath([(False, r) for r in relations]),
                    where=None if node.where is None else self.feature(node.where.base, child) == node.where.value,
                    use_previous=None if node.window is None else self.ft.Timedelta(node.window // 1_000_000, "s"),
                )
                return made[node.part] if made.number_output_features > 1 else made

    def relation(self, number: int, child: str | None = None, parent: str | None = None):
        link = self.plan.links[number]
        for found in self.entities.relationships:
            if (
                found._child_column_name == f"link {number}"
                and found.child_dataframe.ww.name == (child or link.child)
                and found.parent_dataframe.ww.name == (parent or link.parent)
            ):
                return found
        raise KeyError(number)

    def compute(self, outputs: list[Output], rows: list[int]) -> pl.DataFrame:
        """Return the features of these rows of the target table, each as of strictly before its time."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            features = [self.feature(output.node) for output in outputs]
            times = self.known(self.plan.table) if not self.plan.static else None
            cutoffs = [LATE if times is None or pd.isna(times[row]) else times[row] for row in rows]
            matrix = self.ft.calculate_feature_matrix(
                list(
                    {
                        str((f := getattr(feature, "base_feature", feature)).get_feature_names()): f
                        for feature in features
                    }.values()
                ),
                self.entities,
                cutoff_time=pd.DataFrame({"(row)": rows, "time": cutoffs}),
                include_cutoff_time=False,
            )
        matrix = matrix.reset_index("time", drop=True).loc[rows] if "time" in matrix.index.names else matrix.loc[rows]
        kinds = {"numeric": pl.Float64, "boolean": pl.Boolean, "categorical": pl.String, "text": pl.String}
        columns = []
        for i, output in enumerate(outputs):
            values = [None if pd.isna(v) else v for v in matrix[features[i].get_name()].tolist()]
            columns.append(pl.Series(output.name, values, dtype=kinds[output.type], strict=False))
        return pl.DataFrame(columns)
