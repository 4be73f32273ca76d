"""The stage: build the feature matrix from tags and raw tables."""

import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.asof.parsing import moment
from radix_assets.asof.plan import Output as PlanOutput
from radix_assets.asof.plan import Plan
from radix_assets.features.checks import checks_of
from radix_assets.features.definitions import Definition, define
from radix_assets.features.describe import columns, explain, path, route
from radix_assets.features.equal_rows import EQUAL_FILE, write_first_equal
from radix_assets.features.fallback import any_foreign
from radix_assets.features.graph.build import build_graph
from radix_assets.features.graph.known_from import described
from radix_assets.features.graph.schema import Graph
from radix_assets.features.graph.schema import Table as GraphTable
from radix_assets.features.matrix import ComputedFeatures, Pieces, compute
from radix_assets.features.metadata import MOST_ROWS, PICTURE, draw, facts
from radix_assets.features.prepared import PLAN_FILE, Prepared, inputs_of, needed
from radix_assets.features.schema import CUTOFF, GROUP, ROW, TARGET, Feature, FeatureSet
from radix_assets.features.synthesis import save
from radix_assets.features.target import target_values
from radix_assets.features.trailing import trailing
from radix_assets.pipeline.output import Output, Picture, Table
from radix_assets.question.horizon import horizon
from radix_assets.sources.schema import spelling_of
from radix_assets.tags.masking import target_name
from radix_assets.tags.schema import Tags
from radix_resources.errors import FeatureError

if TYPE_CHECKING:
    from radix_assets.pipeline.engine import Computing

MATRIX_FILE = "matrix.parquet"
KEYS_FILE = "keys.parquet"
FEATURES_FILE = "features.json"
DEFINITIONS_FILE = "definitions.json"
RESERVED = (ROW, CUTOFF, TARGET, GROUP)


def make_features(
    tags: Tags, tables: dict[str, Path], excluded: Collection[str], out: Path, engine: "Computing | None" = None
) -> Output:
    """Define the features, compute them for every row of the target's table, and write them into `out`.

    `tables` are raw snapshots by name; `excluded` names columns, as `table.column`, that are known too late. Each row
    is seen as of its own time index: only what was known strictly before counts. Without one, everything counts.

    If the `engine` is Spark, the cluster computes what is compiled for it. The rest is computed here if the tables fit
    into memory, else excluded; both are shown with the reason (RDX-FEA-009).

    Raises FeatureError: RDX-FEA-001 (no such target), 002 (no rows), 003 (featuretools failed), 006 (the target does
    not fit its column), 007 (no usable feature); and ComputeError of the cluster.
    """
    started = time.perf_counter()
    graph = build_graph(tags, tables, excluded)
    definitions, excluded_features = define(graph, RESERVED, windows=trailing(graph))
    if not definitions:
        raise _no_features(graph.target)
    dropped = graph.dropped | excluded_features
    plan = _plan(graph, definitions)
    table = graph.tables[graph.target]
    private = tags.tables[graph.target].private
    plan.inputs = inputs_of(plan, table.scan(), table.rows, private)
    with tempfile.TemporaryDirectory(dir=out) as folder:
        prepared, computed = _computed(plan, tables, table, Path(folder), engine)
        dropped |= computed.missing
        judged = [definition.name for definition in definitions if definition.name not in computed.missing]
        idle = computed.pieces.idle(judged)
        dropped |= idle
        definitions = [definition for definition in definitions if definition.name in {*judged} - {*idle}]
        if not definitions:
            raise _no_features(graph.target)
        _write(tags, graph, computed.pieces, [definition.name for definition in definitions], out)
    final_plan = _plan(graph, definitions)
    columns_read = needed(final_plan)
    final_plan.inputs = [column for column in plan.inputs if column.name in columns_read]
    if prepared is None and (engine is None or engine.choice.fits):
        prepared = Prepared(final_plan, tables).warm()
    features = FeatureSet(
        table=graph.target,
        key=[name for name in tags.tables[graph.target].primary_key if name in table.schema],
        target=target_name(tags),
        problem=tags.target.problem,
        horizon=horizon(tags.target.future.within) if tags.target.future else 0,
        features=[_described(definition, graph, static=final_plan.static) for definition in definitions],
        dropped=dict(sorted(dropped.items())),
        foreign=any_foreign(definition.node for definition in definitions),
    )
    (out / FEATURES_FILE).write_text(features.model_dump_json(indent=1))
    (out / PLAN_FILE).write_text(final_plan.model_dump_json(indent=1))
    save([definition.feature for definition in definitions], out / DEFINITIONS_FILE)
    draw(features, out / PICTURE)
    shown = facts(features)
    shown |= {
        "picture": Picture(PICTURE, "features by path and type"),
        "seconds": round(time.perf_counter() - started, 2),
    }
    later = described(list(graph.tables.values()))
    if later:
        shown["rows known later than they are dated"] = Table(
            [{"table": name, "known from": reason} for name, reason in later.items()]
        )
    for title, features_of in (
        ("computed here, not on Spark", computed.local),
        ("not computed on Spark", computed.too_large),
    ):
        if features_of:
            lines = [{"feature": name, "RDX-FEA-009": reason} for name, reason in features_of.items()]
            shown[f"{title} (RDX-FEA-009)"] = Table(lines[:MOST_ROWS])
    types = {feature.name: feature.type for feature in features.features}
    return Output(
        table.rows, shown, checks_of(prepared, table, out / MATRIX_FILE, types, approximate=computed.approximate)
    )


def load_features(path: Path) -> FeatureSet:
    """Load the columns of the matrix from a snapshot directory."""
    return FeatureSet.model_validate_json((path / FEATURES_FILE).read_bytes())


def _computed(
    plan: Plan, tables: dict[str, Path], table: GraphTable, folder: Path, engine: "Computing | None"
) -> tuple[Prepared | None, ComputedFeatures]:
    """Compute the plan's features of all rows; return them, and `Prepared` if this machine computed them."""
    if engine is not None and engine.session is not None:
        from radix_assets.features.on_spark import compute_on_spark

        return None, compute_on_spark(plan, tables, table.rows, engine.session, folder, fits=engine.choice.fits)
    prepared = Prepared(plan, tables).warm()
    heavy = prepared.heavy(table.scan(), table.rows)
    names = [output.name for output in plan.outputs if output.name not in heavy]
    if heavy:
        light = [output for output in plan.outputs if output.name not in heavy]
        prepared = Prepared(plan.model_copy(update={"outputs": light}), tables).warm()
    return prepared, ComputedFeatures(compute(prepared, table.scan(), table.rows, names, folder), missing=heavy)


def _no_features(table: str) -> FeatureError:
    return FeatureError(
        "RDX-FEA-007",
        f"the table {table!r} has no usable feature: none varies",
        expected="at least one usable column",
        hint="give columns the role feature in tags.yaml, or undo exclusions",
        table=table,
    )


def _plan(graph: Graph, definitions: list[Definition]) -> Plan:
    return Plan(
        table=graph.target,
        times={table.name: table.time for table in graph.tables.values() if table.time},
        known={table.name: table.known for table in graph.tables.values() if table.known},
        links=graph.links,
        outputs=[PlanOutput(name=d.name, type=d.type, node=d.node) for d in definitions],
        copies={table.name: table.source for table in graph.tables.values() if table.source != table.name},
    )


def _described(definition: Definition, graph: Graph, *, static: bool) -> Feature:
    node, links = definition.node, graph.links
    copies = {table.name: table.source for table in graph.tables.values()}
    return Feature(
        name=definition.name,
        type=definition.type,
        explanation=explain(node, links, graph.target, static=static),
        tables=path(node, links, copies),
        columns=columns(node, links, copies),
        path=route(node, links),
    )


def _write(tags: Tags, graph: Graph, pieces: Pieces, names: list[str], out: Path) -> None:
    table = graph.tables[graph.target]
    groups = [name for name in tags.tables[graph.target].with_role("group") if name in table.schema]
    head = (
        table.scan()
        .select(
            pl.int_range(pl.len(), dtype=pl.Int64).alias(ROW),
            (moment(table.time, table.schema) if table.time else pl.lit(None, pl.Datetime("us"))).alias(CUTOFF),
            *(
                [pl.concat_str([exactly(g).cast(pl.String) for g in groups], separator="\x1f").alias(GROUP)]
                if groups
                else []
            ),
        )
        .collect()
    )
    raw = table.scan().select(exactly(tags.target.column)).collect().to_series()
    spelling = spelling_of(table.path, tags.target.column)
    head.insert_column(2, target_values(tags.target, raw, spelling).alias(TARGET))
    pieces.write(head.lazy(), names, out / MATRIX_FILE)
    key = [name for name in tags.tables[graph.target].primary_key if name in table.schema]
    table.scan().select(exactly(name) for name in key).collect().write_parquet(out / KEYS_FILE)
    if tags.target.future is None:
        write_first_equal(table, tags.tables[graph.target], out / EQUAL_FILE)
