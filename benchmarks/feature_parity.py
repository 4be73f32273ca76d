"""Compare features with featuretools' own calculation, on every dataset of a directory.

python benchmarks/feature_parity.py --data DIR: DIR has one file per table and a truth.json with its keys, or is a
directory of such directories. Every table with a relationship is the target in turn: all features of featuretools'
default primitives at depth 2 are computed by Radix and by calculate_feature_matrix, without a cutoff, at one cutoff
for all rows, and at a separate cutoff for each of some rows. featuretools' cutoff includes rows with exactly that time;
a nanosecond less makes it strict. The exit code is 1 if a value differs by more than 1e-9 of itself.
"""

import argparse
import json
import sys
import tempfile
import warnings
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from common import table as printed
from feature_tables import entities, frames_of, snapshots, tags_of, with_answers

from radix_assets.asof.plan import Identity, Node, Output, Plan, walk
from radix_assets.asof.store import Store
from radix_assets.asof.times import NEVER
from radix_assets.features.definitions import type_of
from radix_assets.features.engines.dispatch import compute
from radix_assets.features.fallback import any_foreign
from radix_assets.features.graph.build import build_graph
from radix_assets.features.graph.schema import Graph
from radix_assets.features.prepared import inputs_of
from radix_assets.features.schema import CUTOFF
from radix_assets.features.synthesis import Uncompilable, entity_set_names, synthesize, translate

AGGREGATED = ("sum", "std", "max", "skew", "min", "mean", "count", "percent_true", "num_unique", "mode")
TRANSFORMED = ("age", "day", "year", "month", "weekday", "haversine", "num_words", "num_characters")
MORE_AGGREGATED = ("first", "last", "median", "trend", "time_since_last", "all", "any", "num_true")
MORE_TRANSFORMED = ("time_since", "hour", "minute", "quarter", "is_weekend")
LATE = 8_800_000_000_000_000
"""In microseconds: 2248, after everything."""
CLOSE = 1e-9
ROUNDING = 1e-5
"""A difference of CLOSE times this share of the input numbers of a feature is within their last digits."""
SMALL = 1e-2
"""A value smaller than this share of the feature's largest is compared as if it were as large."""


@dataclass
class Score:
    """The result for one dataset."""

    features: int = 0
    compiled: int = 0
    compared: int = 0
    equal: int = 0
    worst: float = 0.0
    differing: tuple[str, ...] = ()
    failed: set[str] = field(default_factory=set)
    uncompiled: dict[str, int] = field(default_factory=dict)


def main() -> int:
    """Compare; print a line for each dataset."""
    arguments = _arguments()
    lines, wrong = [], []
    for folder in sorted(
        file.parent for file in [*arguments.data.glob("truth.json"), *arguments.data.glob("*/truth.json")]
    ):
        truth = json.loads((folder / "truth.json").read_text())
        if not truth.get("foreign_keys") or not isinstance(truth.get("tables"), dict):
            continue
        score, targets = Score(), 0
        with tempfile.TemporaryDirectory() as scratch:
            frames = with_answers(frames_of(folder, truth))
            tables = snapshots(frames, Path(scratch))
            related = {f[side] for f in truth["foreign_keys"] for side in ("child", "parent")}
            for target in [name for name in frames if name in related and len(frames[name])]:
                targets += 1
                one_table(truth, frames, tables, target, score, arguments)
        lines.append(
            {
                "set": folder.name,
                "targets": targets,
                "features": score.features,
                "compiled": f"{score.compiled / max(1, score.features):.1%}",
                "compared": score.compared,
                "equal": f"{score.equal / max(1, score.compared):.2%}",
                "worst difference": f"{score.worst:.1e}",
            }
        )
        wrong += [f"{folder.name}: {what}" for what in score.differing]
        print(printed(lines[-1:]), flush=True)
        for reason, count in score.uncompiled.items():
            print(f"not compiled: {count}, {reason}", flush=True)
        if score.failed:
            print(f"featuretools itself fails on {len(score.failed)} features", flush=True)
    print()
    print(printed(lines))
    for line in wrong[:50]:
        print(line)
    return 1 if wrong or not lines else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=20_000, help="number of compared rows of a target; every n-th")
    parser.add_argument("--own", type=int, default=12, help="number of rows with a separate cutoff")
    parser.add_argument("--more", action="store_true", help="more primitives than featuretools' defaults")
    return parser.parse_args()


def one_table(
    truth: dict[str, Any],
    frames: dict[str, pl.DataFrame],
    tables: dict[str, Path],
    target: str,
    score: Score,
    arguments: argparse.Namespace,
) -> None:
    """Compare all features of one table."""
    graph = build_graph(tags_of(truth, frames, target), tables, ())
    names = entity_set_names(graph)
    primitives = AGGREGATED + (MORE_AGGREGATED if arguments.more else ())
    transforms = TRANSFORMED + (MORE_TRANSFORMED if arguments.more else ())
    features = [part for feature in synthesize(graph, names, primitives, transforms, 2) for part in columns_of(feature)]
    nodes: dict[str, tuple[Node, Any]] = {}
    for feature in features:
        try:
            node = translate(feature, graph, names)
        except Uncompilable as error:
            score.uncompiled[str(error)] = score.uncompiled.get(str(error), 0) + 1
            continue
        if not any_foreign([node]):
            nodes[feature.get_name()] = node, feature
    score.features += len(features)
    score.compiled += len(nodes)
    if not nodes:
        return
    plan = plan_of(graph, nodes, frames[target])
    store = Store(plan, tables)
    times = store.times(target)
    known = np.arange(len(frames[target])) if times is None else np.flatnonzero(times != NEVER)
    rows = known[:: max(1, len(known) // arguments.rows)]
    theirs = entities(graph, names, tables)
    _compare(plan, tables, frames[target], nodes, theirs, names.index, rows, np.full(len(rows), LATE), score, target)
    moments = np.concatenate([t[t < NEVER] for name in graph.tables if (t := store.times(name)) is not None] or [[]])
    moments = moments[moments > -LATE]
    if len(moments):
        middle = int(np.median(moments))
        there = rows if times is None else rows[times[rows] < middle]
        if len(there):
            _compare(
                plan,
                tables,
                frames[target],
                nodes,
                theirs,
                names.index,
                there,
                np.full(len(there), middle),
                score,
                target,
            )
        random = np.random.default_rng(0)
        some = random.choice(rows, min(arguments.own, len(rows)), replace=False)
        # times at which something happened, some of them with microseconds
        cutoffs = random.choice(moments, len(some)).astype(np.int64) + random.choice(
            [0, 0, 1, 86_400_000_000], len(some)
        )
        if times is not None:
            cutoffs = np.maximum(cutoffs, times[some] + 1)
        _compare(plan, tables, frames[target], nodes, theirs, names.index, some, cutoffs, score, target)


def columns_of(feature: Any) -> list[Any]:
    """Return the feature, or each of its columns if it has several."""
    several = feature.number_output_features
    return [feature] if several == 1 else [feature[i] for i in range(several)]


def plan_of(graph: Graph, nodes: dict[str, tuple[Node, Any]], target: pl.DataFrame) -> Plan:
    """Return a plan of all these features."""
    plan = Plan(
        table=graph.target,
        times={table.name: table.time for table in graph.tables.values() if table.time},
        links=graph.links,
        outputs=[Output(name=name, type=type_of(node), node=node) for name, (node, _) in nodes.items()],
        copies={table.name: table.source for table in graph.tables.values() if table.source != table.name},
    )
    plan.times.setdefault(graph.target, ())
    plan.inputs = inputs_of(plan, target.lazy(), len(target), ())
    if not plan.times[graph.target]:
        del plan.times[graph.target]
    return plan


def _compare(
    plan: Plan,
    tables: dict[str, Path],
    target: pl.DataFrame,
    nodes: dict[str, tuple[Node, Any]],
    theirs: Any,
    index: str,
    rows: np.ndarray,
    cutoffs: np.ndarray,
    score: Score,
    name: str,
) -> None:
    asked = target[rows].with_columns(pl.Series(CUTOFF, cutoffs).cast(pl.Datetime("us")))
    mine = compute(plan, tables, asked)
    matrix = _theirs([feature for _, feature in nodes.values()], theirs, index, rows, cutoffs)
    score.failed |= {f"{name}: {label}" for label in nodes if label not in matrix}
    for label, (node, _) in nodes.items():
        if label not in matrix:
            continue
        score.compared += 1
        worst = difference(mine[label], matrix[label], _magnitude(node, tables))
        score.worst = max(score.worst, worst)
        if worst <= CLOSE:
            score.equal += 1
        else:
            how = "one cutoff" if len(set(cutoffs)) == 1 else "own cutoffs"
            score.differing += (f"{name}, {how}: {label} differs by {worst:.1e}",)


def _theirs(features: list[Any], entities: Any, index: str, rows: np.ndarray, cutoffs: np.ndarray) -> dict[str, Any]:
    """Return the values of featuretools. If it fails on a feature, compute the others without it."""
    import pandas as pd

    times = pd.to_datetime(pd.Series(cutoffs * 1000)) - pd.Timedelta(1, "ns")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import featuretools as ft

            matrix = ft.calculate_feature_matrix(
                list({id(whole): whole for whole in map(_whole, features)}.values()),
                entities,
                cutoff_time=pd.DataFrame({index: rows, "time": times}),
            ).loc[rows]
    except (AttributeError, AssertionError, IndexError, KeyError, OverflowError, TypeError, ValueError):
        if len(features) == 1:
            return {}
        half = len(features) // 2
        first, second = (_theirs(part, entities, index, rows, cutoffs) for part in (features[:half], features[half:]))
        return first | second
    return {feature.get_name(): matrix[feature.get_name()] for feature in features}


def _whole(feature: Any) -> Any:
    """Return the feature that has the value, if it is one of several."""
    return getattr(feature, "base_feature", feature)


@cache
def _largest(file: Path, column: str) -> float:
    frame = pl.scan_parquet(file).select(pl.col(column).cast(pl.Float64, strict=False).abs().max()).collect()
    return float(frame.item() or 0.0)


def _magnitude(node: Node, tables: dict[str, Path]) -> float:
    """Return the largest number that a feature is computed from."""
    leaves = [part for part in walk(node) if isinstance(part, Identity) and part.reading == "numeric"]
    return max(
        (_largest(tables[leaf.table] / "data.parquet", leaf.columns[0]) for leaf in leaves if leaf.table in tables),
        default=0.0,
    )


def difference(mine: pl.Series, theirs: Any, magnitude: float = 0.0) -> float:
    """Return the largest relative difference; infinite if it is not between numbers.

    A deviation of some units in the last place of the input numbers does not count: if all are equal, their standard
    deviation is zero or such a unit.
    """
    import pandas as pd

    values: list[Any] = [None if pd.isna(value) else value for value in theirs.tolist()]
    if mine.dtype == pl.Float64:
        other = pl.Series([None if value is None else float(value) for value in values], dtype=pl.Float64)
        if (mine.is_null() != other.is_null()).any():
            return float("inf")
        if not other.count():
            return 0.0
        scale = max(float(other.abs().max() or 0.0), float(mine.abs().max() or 0.0))
        size = pl.max_horizontal(pl.col("a").abs(), pl.col("b").abs(), pl.lit(max(SMALL * scale, ROUNDING * magnitude)))
        apart = pl.DataFrame({"a": mine, "b": other}).select(((pl.col("a") - pl.col("b")).abs() / size).max()).item()
        return 0.0 if scale == 0 else float(apart or 0.0)
    if mine.dtype == pl.Boolean:
        values = [None if value is None else bool(value) for value in values]
    else:
        values = [None if value is None else str(value) for value in values]
    return 0.0 if mine.cast(pl.Boolean if mine.dtype == pl.Boolean else pl.String).to_list() == values else float("inf")


if __name__ == "__main__":
    sys.exit(main())
