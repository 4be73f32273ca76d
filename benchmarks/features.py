"""Features: Radix, featuretools and a hand-written query, side by side, each in a separate process.

python benchmarks/features.py --rows N: customers, their sessions, N transactions; all that featuretools' default
primitives compute for a customer at depth 2, for all customers as of one cutoff. With --own-cutoffs M: for M pairs of
a customer and a cutoff; featuretools on as many as it can finish. With --aggregate: only the aggregations of the
transactions, read from Parquet by Polars' streaming engine, for tables larger than memory. Seconds measure the work
from Parquet files to the matrix in memory, without imports; the peak is that of the whole process.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from common import Cost, process
from common import table as printed

DAY = 86_400_000_000
START = np.datetime64("2020-01-01", "us")
CUTOFF_AT = np.datetime64("2021-06-01", "us")
PIECE = 5_000_000
ROW_GROUP = 122_880
"""Rows of a row group, as in raw snapshots."""
FINISHES = 100
"""Rows with separate cutoffs that featuretools gets; it needs some seconds for them."""
TABLES = ("customers", "sessions", "transactions")


def main() -> int:
    """Build the tables, run everything in turn, print the medians."""
    arguments = _arguments()
    if arguments.run:
        return _run(arguments)
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        folder = Path(scratch)
        make(arguments.rows, folder)
        if not arguments.aggregate:
            _plan(folder)
        names = ["radix"] if arguments.aggregate else ["radix", "hand", "featuretools"]
        costs: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
        for _ in range(arguments.repeats):
            for name in names:
                cost = _process(name, folder, arguments)
                costs[name].append((json.loads(cost.output.splitlines()[-1])["seconds"], cost.peak_mib))
    print(printed(_lines(costs, arguments)))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--own-cutoffs", type=int, default=0)
    parser.add_argument("--aggregate", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--scratch", help="the directory for the tables during the run")
    parser.add_argument("--run", choices=["radix", "hand", "featuretools"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _process(name: str, folder: Path, arguments: argparse.Namespace) -> Cost:
    command = [sys.executable, __file__, "--run", name, "--folder", str(folder)]
    command += ["--own-cutoffs", str(arguments.own_cutoffs)]
    return process(command + (["--aggregate"] if arguments.aggregate else []), {})


def _lines(costs: dict[str, list[tuple[float, float]]], arguments: argparse.Namespace) -> list[dict[str, object]]:
    middle = {name: [float(np.median(part)) for part in zip(*found, strict=True)] for name, found in costs.items()}
    slow = middle.get("featuretools")
    if slow and arguments.own_cutoffs:
        slow[0] *= arguments.own_cutoffs / FINISHES
    return [
        {
            "": name,
            "child rows": f"{arguments.rows:,}",
            "rows asked": f"{arguments.own_cutoffs:,}" if arguments.own_cutoffs else "all",
            "seconds": f"{seconds:.3g}",
            "times faster": f"{slow[0] / seconds:.0f}" if slow else "",
            "peak MiB": f"{peak:.0f}",
            "of featuretools' peak": f"{peak / slow[1]:.0%}" if slow else "",
        }
        for name, (seconds, peak) in middle.items()
    ]


def make(rows: int, folder: Path, seed: int = 0) -> None:
    """Write customers with 100 transactions each in 5 sessions, in random order except for their keys."""
    random = np.random.default_rng(seed)
    customers, sessions = max(1, rows // 100), max(1, rows // 20)
    join = random.integers(0, 300 * DAY, customers)
    whose = np.sort(random.integers(0, customers, sessions))
    start = join[whose] + random.integers(DAY, 400 * DAY, sessions)
    _write(
        folder / "customers",
        [
            {
                "customer_id": np.arange(customers),
                "join_time": START + join.astype("timedelta64[us]"),
                "region": random.choice(list("nesw"), customers),
                "age": random.normal(40, 10, customers),
            }
        ],
    )
    _write(
        folder / "sessions",
        [
            {
                "session_id": np.arange(sessions),
                "customer_id": whose,
                "start": START + start.astype("timedelta64[us]"),
                "device": random.choice(["pc", "tv", "phone"], sessions),
            }
        ],
    )
    _write(folder / "transactions", _transactions(rows, start, random))


def _transactions(rows: int, start: np.ndarray, random: np.random.Generator) -> Any:
    products = np.array([f"product {i}" for i in range(20)])
    for first in range(0, rows, PIECE):
        count = min(PIECE, rows - first)
        low, high = (
            first * len(start) // rows,
            max(first * len(start) // rows + 1, (first + count) * len(start) // rows),
        )
        session = np.sort(random.integers(low, high, count))
        yield {
            "transaction_id": np.arange(first, first + count),
            "session_id": session,
            "time": START + (start[session] + random.integers(0, 3_600_000_000, count)).astype("timedelta64[us]"),
            "amount": random.lognormal(3, 1, count),
            "quantity": random.integers(1, 9, count).astype(float),
            "product": products[random.integers(0, len(products), count)],
            "gift": random.random(count) < 0.3,
        }


def _write(folder: Path, pieces: Any) -> None:
    import pyarrow.parquet as pq

    folder.mkdir()
    writer = None
    for piece in pieces:
        table = pl.DataFrame(piece).to_arrow(compat_level=pl.CompatLevel.oldest())
        writer = writer or pq.ParquetWriter(folder / "data.parquet", table.schema)
        writer.write_table(table, row_group_size=ROW_GROUP)
    if writer:
        writer.close()


def asked(folder: Path, own: int) -> pl.DataFrame:
    """Return customers and cutoffs: all at one, or each at its own."""
    frame = pl.read_parquet(folder / "customers" / "data.parquet")
    if not own:
        frame = frame.filter(pl.col("join_time") < CUTOFF_AT)
        return frame.with_columns(pl.lit(CUTOFF_AT).cast(pl.Datetime("us")).alias("__cutoff"))
    random = np.random.default_rng(1)
    frame = frame[np.sort(random.integers(0, len(frame), own))]
    moments = frame["join_time"].to_numpy() + random.integers(DAY, 400 * DAY, own).astype("timedelta64[us]")
    return frame.with_columns(pl.Series("__cutoff", moments))


def _run(arguments: argparse.Namespace) -> int:
    run = {"radix": _radix, "hand": _hand, "featuretools": _featuretools}[arguments.run]
    print(json.dumps({"seconds": _total(arguments.folder) if arguments.aggregate else run(arguments)}))
    return 0


def _radix(arguments: argparse.Namespace) -> float:
    from radix_assets.asof.plan import Plan
    from radix_assets.features.engines.dispatch import compute

    rows = asked(arguments.folder, arguments.own_cutoffs)
    plan = Plan.model_validate_json((arguments.folder / "plan.json").read_text())
    started = time.perf_counter()
    compute(plan, {name: arguments.folder / name for name in TABLES}, rows)
    return time.perf_counter() - started


def _total(folder: Path) -> float:
    """Aggregate sums, means, deviations and extremes of every session with the engine's grouping."""
    from radix_assets.asof.plan import Aggregation, Identity, Link, Plan
    from radix_assets.asof.store import Store
    from radix_assets.features.polars_tables import PolarsTables
    from radix_assets.features.totals.totals import Totals

    link = Link(child="transactions", child_columns=("session_id",), parent="sessions", parent_columns=("session_id",))
    nodes = {
        f"{primitive} {column}": Aggregation(
            primitive=primitive,
            path=(0,),
            base=Identity(table="transactions", columns=(column,), reading=reading),
        )
        for column, reading, primitives in (
            ("amount", "numeric", ("sum", "mean", "std", "min", "max")),
            ("quantity", "numeric", ("sum", "mean", "std", "min", "max")),
            ("gift", "boolean", ("percent_true",)),
        )
        for primitive in primitives
    }
    plan = Plan(table="sessions", times={}, links=[link], outputs=[])
    started = time.perf_counter()
    tables = PolarsTables(Store(plan, {name: folder / name for name in TABLES}))
    found = Totals(tables, plan.links, (), nodes.values(), None).totals((0,), nodes)
    tables.materialized(found)
    return time.perf_counter() - started


def _plan(folder: Path) -> None:
    """Write the features of featuretools' default primitives as a plan; in a separate process, to free its memory."""
    here, there = str(Path(__file__).parent), str(folder)
    code = f"import sys; sys.path.insert(0, {here!r}); import features; features.write_plan({there!r})"
    subprocess.run([sys.executable, "-c", code], check=True)


def write_plan(folder: str) -> None:
    """Save definitions over the tables as plan.json."""
    from feature_parity import AGGREGATED, TRANSFORMED, plan_of
    from feature_tables import ANSWER, tags_of

    from radix_assets.features.graph.build import build_graph
    from radix_assets.features.synthesis import entity_set_names, synthesize, translate

    frames = {name: pl.read_parquet(Path(folder) / name / "data.parquet").sample(1000, seed=0) for name in TABLES}
    truth = {
        "tables": {
            name: {"primary_key": [key], "time_index": time}
            for name, key, time in zip(
                TABLES, ("customer_id", "session_id", "transaction_id"), ("join_time", "start", "time"), strict=True
            )
        },
        "foreign_keys": [
            {
                "child": "sessions",
                "child_columns": ["customer_id"],
                "parent": "customers",
                "parent_columns": ["customer_id"],
            },
            {
                "child": "transactions",
                "child_columns": ["session_id"],
                "parent": "sessions",
                "parent_columns": ["session_id"],
            },
        ],
    }
    frames["customers"] = frames["customers"].with_columns(pl.lit(0).alias(ANSWER))
    scratch = Path(folder) / "sample"
    tables = {}
    for name, frame in frames.items():
        tables[name] = scratch / name
        tables[name].mkdir(parents=True)
        frame.write_parquet(tables[name] / "data.parquet")
    graph = build_graph(tags_of(truth, frames, "customers"), tables, ())
    names = entity_set_names(graph)
    features = synthesize(graph, names, AGGREGATED, TRANSFORMED, 2)
    nodes = {feature.get_name(): (translate(feature, graph, names), feature) for feature in features}
    plan = plan_of(graph, nodes, frames["customers"])
    (Path(folder) / "plan.json").write_text(plan.model_dump_json())
    print(f"{len(nodes)} features", file=sys.stderr)


def _featuretools(arguments: argparse.Namespace) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import featuretools as ft
        import pandas as pd

        rows = asked(arguments.folder, arguments.own_cutoffs)
        entities = ft.EntitySet("shop")
        keys = {"customers": ("customer_id", "join_time"), "sessions": ("session_id", "start")}
        kinds = {
            "customers": {"region": "Categorical", "age": "Double"},
            "sessions": {"device": "Categorical"},
            "transactions": {"product": "Categorical", "amount": "Double", "quantity": "Double", "gift": "Boolean"},
        }
        started = time.perf_counter()
        for name in TABLES:
            index, moment = keys.get(name, ("transaction_id", "time"))
            frame = pd.read_parquet(arguments.folder / name / "data.parquet")
            entities.add_dataframe(
                dataframe_name=name, dataframe=frame, index=index, time_index=moment, logical_types=kinds[name]
            )
        entities.add_relationship("customers", "customer_id", "sessions", "customer_id")
        entities.add_relationship("sessions", "session_id", "transactions", "session_id")
        features = ft.dfs(entityset=entities, target_dataframe_name="customers", features_only=True, max_depth=2)
        cutoff: Any = pd.Timestamp(CUTOFF_AT)
        if arguments.own_cutoffs:
            rows = rows.unique("customer_id", keep="first", maintain_order=True).head(FINISHES)
            cutoff = rows.select("customer_id", pl.col("__cutoff").alias("time")).to_pandas()
            started = time.perf_counter()  # work done once would count many times when a part represents all
        ft.calculate_feature_matrix(features, entities, cutoff_time=cutoff)
        return time.perf_counter() - started


def _hand(arguments: argparse.Namespace) -> float:
    """Compute the same features as hand-written Polars."""
    rows = asked(arguments.folder, arguments.own_cutoffs).with_row_index("row")
    started = time.perf_counter()
    customers, sessions, transactions = (pl.scan_parquet(arguments.folder / n / "data.parquet") for n in TABLES)
    del customers
    asks = rows.lazy().select("row", "customer_id", "__cutoff")
    sessions = asks.join(sessions, on="customer_id").filter(pl.col("start") < pl.col("__cutoff"))
    sessions = sessions.with_columns(visit=pl.int_range(pl.len()))
    transactions = transactions.join(sessions, on="session_id").filter(pl.col("time") < pl.col("__cutoff"))
    every = transactions.select("row", "visit", "amount", "quantity", "product", "gift", "device").collect().lazy()
    inner = every.group_by("visit").agg(_aggregated(["amount", "quantity"], ["product"], ["gift"]))
    sessions = sessions.join(inner, on="visit", how="left").with_columns(
        pl.col("start").dt.day().alias("day"),
        pl.col("start").dt.month().alias("month"),
        pl.col("start").dt.year().alias("year"),
        pl.col("start").dt.weekday().alias("weekday"),
    )
    stacked = [name for name in inner.collect_schema().names() if name != "visit" and not name.startswith("mode")]
    codes = ["device", "day", "month", "year", "weekday", "mode product"]
    outer = sessions.group_by("row").agg(_aggregated(stacked, codes, []))
    flat = every.group_by("row").agg(_aggregated(["amount", "quantity"], ["product", "device"], ["gift"]))
    pl.collect_all([rows.lazy().join(outer, on="row", how="left").join(flat, on="row", how="left", suffix=" flat")])
    return time.perf_counter() - started


def _aggregated(numbers: list[str], codes: list[str], truths: list[str]) -> list[pl.Expr]:
    found = [pl.len().cast(pl.Float64).alias("count")]
    for name in numbers:
        x = pl.col(name)
        found += [
            x.sum().alias(f"sum {name}"),
            x.mean().alias(f"mean {name}"),
            x.std().alias(f"std {name}"),
            x.min().alias(f"min {name}"),
            x.max().alias(f"max {name}"),
            x.skew(bias=False).alias(f"skew {name}"),
        ]
    for name in codes:
        found += [
            pl.col(name).n_unique().cast(pl.Float64).alias(f"unique {name}"),
            pl.col(name).mode().first().alias(f"mode {name}"),
        ]
    return found + [pl.col(name).mean().alias(f"true {name}") for name in truths]


if __name__ == "__main__":
    sys.exit(main())
