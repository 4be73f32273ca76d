"""How many leaks of nine kinds are recognized, injected into clean tables, and how many clean columns are suspected.

    python benchmarks/leaks.py [--data DIR] [--held] [--only NAME,…] [--remarks]

Each published table with one target is read as `radix suggest` reads it, its own known leaks left out. A leak of one
kind at a time is added, and the table is explored with the tags that Radix suggests. A leak counts if its column is
suspected or has a role that is not learned from. Every third set is held out: what is missed there is not shown.
"""

import argparse
import datetime as dt
import sys
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from common import SHARED, table
from suggestion_sets import read_truth

from radix_assets.common.vocabulary import NUMERIC, Problem
from radix_assets.exploration.explore import explore, load_exploration
from radix_assets.profiles.compute import profile_table
from radix_assets.relationships.find import find_schema
from radix_assets.sources.schema import DATA_FILE
from radix_assets.suggestions.folder import read_argument
from radix_assets.suggestions.suggest import suggest
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

ROWS = 1500
"""Most rows of a table, drawn evenly."""
LEAST = 300
NAMES = ("alpha_3", "factor_b", "m17", "extra", "other_value")
"""Names of injected columns, which say nothing."""

Floats = npt.NDArray[np.float64]
Columns = dict[str, pl.Series]


@dataclass(frozen=True)
class Clean:
    """A table without its known leaks."""

    name: str
    frame: pl.DataFrame
    target: str
    problem: Problem

    @property
    def held(self) -> bool:
        """Return whether nobody may look at what is missed."""
        return zlib.crc32(self.name.encode()) % 3 == 0

    @property
    def numeric(self) -> bool:
        """Return whether the target is a number."""
        return self.problem in NUMERIC

    def numbers(self) -> Floats:
        """Return the target as numbers: of classes, the position by frequency."""
        column = self.frame[self.target]
        if self.numeric:
            return column.cast(pl.Float64).to_numpy()
        kinds = column.cast(pl.String).value_counts(sort=True)[self.target].to_list()
        return column.cast(pl.String).replace_strict(kinds, range(len(kinds)), return_dtype=pl.Float64).to_numpy()


Kind = Callable[[Clean, np.random.Generator], Columns | None]


def copied(clean: Clean, rng: np.random.Generator) -> Columns:
    """Copy the target under other names for its values, with a few mistakes."""
    values = clean.numbers()
    wrong = rng.random(len(values)) < 0.02
    values = np.where(wrong, rng.permutation(values), values)
    if clean.numeric:
        return {"leak": pl.Series(values * 2.2 + 17)}
    names = np.array([f"k{n}" for n in rng.permutation(100)])
    return {"leak": pl.Series(names[values.astype(int)])}


def monotone(clean: Clean, rng: np.random.Generator) -> Columns | None:
    """Return a rising function of a number; of two classes, a score that nearly separates them."""
    values = clean.numbers()
    if clean.numeric:
        ranks = pl.Series(values).rank("average").to_numpy() / len(values)
        return {"leak": pl.Series(np.log(ranks / (1.001 - ranks)) + 0.02 * rng.normal(size=len(values)))}
    if clean.problem != "binary":
        return None
    return {"leak": pl.Series(1 / (1 + np.exp(-(6 * values - 3 + rng.normal(size=len(values))))))}


def binned(clean: Clean, rng: np.random.Generator) -> Columns | None:
    """Return bands of a number; of several classes, groups of them."""
    values = clean.numbers()
    if clean.numeric:
        edges = np.unique(np.quantile(values, np.linspace(0, 1, 21)[1:-1]))
        if len(edges) < 10:
            return None
        names = np.array([f"band {n}" for n in rng.permutation(len(edges) + 1)])
        return {"leak": pl.Series(names[np.searchsorted(edges, values, side="right")])}
    return None


def equation(clean: Clean, rng: np.random.Generator) -> Columns | None:
    """Return two columns of which the target is the sum."""
    if not clean.numeric:
        return None
    values = clean.numbers()
    part = rng.uniform(0, 1, len(values)) * (np.abs(values) + values.std())
    return {"leak": pl.Series(values - part), "leak_b": pl.Series(part)}


def total(clean: Clean, rng: np.random.Generator) -> Columns | None:
    """Return a total of the target and another column, and that column."""
    if not clean.numeric:
        return None
    values = clean.numbers()
    part = rng.gamma(2.0, values.std() or 1.0, len(values))
    return {"leak": pl.Series(values + part), "clean_part": pl.Series(part)}


def missing(clean: Clean, rng: np.random.Generator) -> Columns:
    """Return an amount that is filled only after one outcome: a class, or the upper fifth of a number."""
    values = clean.numbers()
    happened = values > np.quantile(values, 0.8) if clean.numeric else values == 1
    hidden = ~happened | (rng.random(len(values)) < 0.01)
    amounts = pl.DataFrame({"v": rng.lognormal(3, 1, len(values)).round(2), "h": hidden})
    return {"leak": amounts.select(pl.when(~pl.col("h")).then("v")).to_series()}


def later(clean: Clean, rng: np.random.Generator) -> Columns:
    """Return the row's own time and a time after it, and how long that took."""
    start = dt.datetime(2022, 1, 1)  # noqa: DTZ001 canonical timestamps are naive
    seconds = np.sort(rng.integers(0, 500 * 86_400, len(clean.frame)))
    after = seconds + rng.gamma(2.0, 3 * 86_400, len(seconds)).astype(int)
    moments = [pl.Series([start + dt.timedelta(seconds=int(each)) for each in side]) for side in (seconds, after)]
    return {"created_at": moments[0], "leak": moments[1], "leak_b": pl.Series((after - seconds) / 86_400)}


def aggregate(clean: Clean, rng: np.random.Generator) -> Columns:
    """Return a group of few rows and the mean of its targets, the row's own among them."""
    values = clean.numbers() if clean.numeric else (clean.numbers() == 1).astype(float)
    group = rng.integers(0, max(2, len(values) // 3), len(values))
    frame = pl.DataFrame({"g": group, "v": values})
    return {
        "clean_team": pl.Series([f"team {each}" for each in group]),
        "leak": frame.select(pl.col("v").mean().over("g")).to_series(),
    }


def in_order(clean: Clean, rng: np.random.Generator) -> Columns:
    """Return numbers that were given in the order of the outcome, with gaps."""
    values = clean.numbers()
    order = np.lexsort((rng.random(len(values)), values))
    given = np.empty(len(values), np.int64)
    given[order] = 10_000 + np.cumsum(rng.integers(1, 9, len(values)))
    return {"leak": pl.Series(given)}


KINDS: dict[str, Kind] = {
    "copy or recoding": copied,
    "monotone transform": monotone,
    "bands": binned,
    "equation": equation,
    "total": total,
    "missing with the outcome": missing,
    "too late by time": later,
    "aggregate with the own target": aggregate,
    "identifier in order": in_order,
}


def clean_sets(data: Path, work: Path) -> Iterator[Clean]:
    """Yield the published tables with one target."""
    for file in sorted(data.glob("*/truth.json")):
        truth = read_truth(file)
        if truth is None or truth.category not in {"single_table", "temporal"} or not truth.tasks:
            continue
        place = work / file.parent.name
        place.mkdir()
        reading = read_argument(str(file.parent), place)
        task = truth.tasks[0]
        if task.table not in reading.tables:
            continue
        frame = pl.read_parquet(reading.tables[task.table] / DATA_FILE)
        if task.column not in frame.columns or task.problem == "forecasting":
            continue
        frame = frame.drop([name for _, name in task.leaks if name in frame.columns]).drop_nulls(task.column)
        if frame.height >= LEAST and frame.width > 2:
            yield Clean(file.parent.name, frame.gather_every(-(-frame.height // ROWS)), task.column, task.problem)  # type: ignore[arg-type]


def flagged(clean: Clean, frame: pl.DataFrame, place: Path) -> tuple[set[str], set[str]]:
    """Return the columns that are excluded, and those that are suspected without being excluded."""
    place.mkdir(parents=True)
    frame.write_parquet(place / DATA_FILE)
    paths = {"t": place}
    profiles = {"t": profile_table("t", place / DATA_FILE)}
    schema = find_schema(paths, profiles)
    suggestions = suggest(paths, profiles, schema, ("t", clean.target, None, None))
    suggested = suggestions.tables["t"]
    columns = {name: ColumnTag(role=item.role, type=item.type) for name, item in suggested.columns.items()}
    columns[clean.target] = ColumnTag(role="target", type=columns[clean.target].type)
    problem = suggestions.targets[0].problem
    tags = Tags(
        target=Target(table="t", column=clean.target, problem=problem),
        tables={
            "t": TableTags(primary_key=suggested.primary_key, time_index=suggested.time_index, columns=columns),
        },
        relationships=[],
    )
    explore(tags, paths, profiles, place)
    exploration = load_exploration(place)
    unused = {name for name, tag in columns.items() if tag.role in {"leak", "ignore", "primary_key"}}
    strong = {suspect.column for suspect in exploration.suspects if suspect.severity == "strong"}
    leaks = {name for name, tag in columns.items() if tag.role == "leak"}
    weak = {suspect.column for suspect in exploration.suspects}
    return strong | unused, (leaks | strong | weak) - {clean.target}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--held", action="store_true", help="judge the sets that are held out, not the others")
    parser.add_argument("--only", default="", help="comma-separated sets")
    parser.add_argument("--remarks", action="store_true", help="print what is missed and what is suspected wrongly")
    arguments = parser.parse_args()
    caught: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    suspected: list[tuple[str, str, bool]] = []
    columns = 0
    with tempfile.TemporaryDirectory() as folder:
        for clean in clean_sets(arguments.data, Path(folder)):
            if clean.held != arguments.held or (arguments.only and clean.name not in arguments.only.split(",")):
                continue
            started = time.perf_counter()
            excluded, flags = flagged(clean, clean.frame, Path(folder) / clean.name / "clean")
            columns += clean.frame.width - 1
            suspected += [(clean.name, name, name in excluded) for name in sorted(flags)]
            for kind, inject in KINDS.items():
                rng = np.random.default_rng(zlib.crc32(f"{clean.name} {kind}".encode()))
                added = inject(clean, rng)
                if added is None:
                    continue
                names = {name: NAMES[place] for place, name in enumerate(added) if name != "created_at"}
                frame = clean.frame.with_columns(values.alias(names.get(name, name)) for name, values in added.items())
                excluded, flags = flagged(clean, frame, Path(folder) / clean.name / kind.replace(" ", "_"))
                for name in added:
                    if name.startswith("leak"):
                        leak = names[name]
                        caught[kind].append((leak in flags | excluded, leak in excluded))
                        if leak not in flags | excluded and arguments.remarks and not arguments.held:
                            print(f"{clean.name}: missed {kind} ({name})", file=sys.stderr)
            print(f"{clean.name}: {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)
    if arguments.remarks and not arguments.held:
        for name, column, out in suspected:
            print(f"{name}: suspected {column}{', excluded' if out else ''}", file=sys.stderr)
    every = [answer for answers in caught.values() for answer in answers]
    rows = [_row(kind, answers) for kind, answers in [*caught.items(), ("all", every)]]
    print(table(rows))
    out = sum(excluded for *_, excluded in suspected)
    print(f"\nof {columns} clean columns {len(suspected)} are suspected, {out} of them excluded")


def _row(kind: str, answers: list[tuple[bool, bool]]) -> dict[str, object]:
    found, excluded = (sum(answer[side] for answer in answers) for side in (0, 1))
    share = found / max(1, len(answers))
    return {"leak": kind, "injected": len(answers), "suspected": f"{found} = {share:.3f}", "excluded": excluded}


if __name__ == "__main__":
    main()
