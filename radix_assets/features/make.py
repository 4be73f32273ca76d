"""From tags and raw tables to the feature matrix."""

import tempfile
import time
from collections.abc import Collection
from pathlib import Path

import polars as pl

from radix_assets.features.columns import exactly
from radix_assets.features.definitions import Definition, define
from radix_assets.features.foreign import any_foreign
from radix_assets.features.graph import Graph, build_graph
from radix_assets.features.matrix import Pieces, compute
from radix_assets.features.model import CUTOFF, GROUP, ROW, TARGET, Feature, FeatureSet
from radix_assets.features.plan import Output as PlanOutput
from radix_assets.features.plan import Plan
from radix_assets.features.prepared import PLAN_FILE, Prepared, inputs_of, needed
from radix_assets.features.readings import moment
from radix_assets.features.shown import PICTURE, draw, facts
from radix_assets.features.synthesis import save
from radix_assets.features.target import target_values
from radix_assets.features.trailing import trailing
from radix_assets.features.words import columns, explain, path, route
from radix_assets.future import horizon
from radix_assets.output import Check, Output, Picture
from radix_assets.privacy import target_name
from radix_assets.sources import spelling_of
from radix_assets.tags.model import Tags
from radix_resources.errors import FeatureError

MATRIX_FILE = "matrix.parquet"
KEYS_FILE = "keys.parquet"
FEATURES_FILE = "features.json"
DEFINITIONS_FILE = "definitions.json"
RESERVED = (ROW, CUTOFF, TARGET, GROUP)
REPLAYED = 100
"""Rows that are computed again, one piece by itself, to see that serving will give what training saw."""


def make_features(tags: Tags, tables: dict[str, Path], excluded: Collection[str], out: Path) -> Output:
    """Decide what to compute, compute it for every row of the target's table, and write it into `out`.

    `tables` are raw snapshots by name; `excluded` names columns as `table.column` that are known too late. Each row is
    seen as of its own time index: only what was known strictly before counts. Without one, everything counts.

    Raises FeatureError: RDX-FEA-001 (no such target), 002 (no rows), 003 (featuretools failed), 006 (the target does
    not fit its column), 007 (nothing is left to learn from).
    """
    started = time.perf_counter()
    graph = build_graph(tags, tables, excluded)
    definitions, left_out = define(graph, RESERVED, windows=trailing(graph))
    if not definitions:
        raise _nothing(graph.target)
    dropped = graph.dropped | left_out
    plan = _plan(graph, definitions)
    table = graph.tables[graph.target]
    hidden = tags.tables[graph.target].private
    plan.inputs = inputs_of(plan, table.scan(), table.rows, hidden)
    prepared = Prepared(plan, tables).warm()
    heavy = prepared.heavy(table.scan(), table.rows)
    if heavy:
        dropped |= heavy
        definitions = [definition for definition in definitions if definition.name not in heavy]
        plan.outputs = [output for output in plan.outputs if output.name not in heavy]
        prepared = Prepared(plan, tables).warm()
    judged = [definition.name for definition in definitions]
    with tempfile.TemporaryDirectory(dir=out) as folder:
        pieces = compute(prepared, table.scan(), table.rows, judged, Path(folder))
        idle = pieces.idle(judged)
        dropped |= idle
        definitions = [definition for definition in definitions if definition.name not in idle]
        if not definitions:
            raise _nothing(graph.target)
        _write(tags, graph, pieces, [definition.name for definition in definitions], out)
    kept = _plan(graph, definitions)
    read = needed(kept)
    kept.inputs = [column for column in plan.inputs if column.name in read]
    features = FeatureSet(
        table=graph.target,
        key=[name for name in tags.tables[graph.target].primary_key if name in table.schema],
        target=target_name(tags),
        problem=tags.target.problem,
        horizon=horizon(tags.target.future.within) if tags.target.future else 0,
        features=[_described(definition, graph, static=kept.static) for definition in definitions],
        dropped=dict(sorted(dropped.items())),
        foreign=any_foreign(definition.node for definition in definitions),
    )
    (out / FEATURES_FILE).write_text(features.model_dump_json(indent=1))
    (out / PLAN_FILE).write_text(kept.model_dump_json(indent=1))
    save([definition.feature for definition in definitions], out / DEFINITIONS_FILE)
    draw(features, out / PICTURE)
    shown = facts(features)
    shown |= {
        "picture": Picture(PICTURE, "features by path and type"),
        "seconds": round(time.perf_counter() - started, 2),
    }
    return Output(table.rows, shown, _checks(prepared, graph, out, table.rows))


def load_features(path: Path) -> FeatureSet:
    """What the columns of the matrix are, from a snapshot's directory."""
    return FeatureSet.model_validate_json((path / FEATURES_FILE).read_bytes())


def _nothing(table: str) -> FeatureError:
    return FeatureError(
        "RDX-FEA-007",
        f"there is nothing to learn from in {table}: no feature varies",
        expected="at least one usable column",
        hint="give columns the role feature in tags.yaml, or take exclusions back",
        table=table,
    )


def _plan(graph: Graph, definitions: list[Definition]) -> Plan:
    return Plan(
        table=graph.target,
        times={table.name: table.time for table in graph.tables.values() if table.time},
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


def _checks(prepared: Prepared, graph: Graph, out: Path, rows: int) -> list[Check]:
    table = graph.tables[graph.target]
    matrix = pl.scan_parquet(out / MATRIX_FILE)
    step = max(1, rows // REPLAYED)
    again = prepared.compute(table.scan().gather_every(step).collect())
    names = [name for name in matrix.collect_schema().names() if name not in RESERVED]
    same = again.select(names).equals(matrix.select(names).gather_every(step).collect())
    written = matrix.select(pl.len()).collect().item()
    checks = [
        Check("row by row", written == rows, f"{written} rows of the matrix, {rows} of the table"),
        Check(
            "replay", same, f"{len(again)} rows computed by themselves {'equal' if same else 'differ from'} the matrix"
        ),
    ]
    if table.time:
        without = matrix.select(pl.col(CUTOFF).null_count()).collect().item()
        checks.append(
            Check("every row has a time", without == 0, f"{without} rows without a time are seen as of now", "WARN")
        )
    return checks
