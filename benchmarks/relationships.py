"""Accuracy of keys and relationships, found without the declared ones: published datasets, synthetic worlds, variants.

    python benchmarks/relationships.py
    python benchmarks/relationships.py --only published,each --remarks
    python benchmarks/relationships.py --only development,held_out --seed 9000 --draws 3
    python benchmarks/relationships.py --only further_development,further_held_out,last_held_out --seed 9000 --draws 3

A link is right if child, parent and all columns are; natural joins and keys of groups count neither way. "c1…cn":
all columns renamed within each table; "t1…tn": all tables; "both". Orphans, nulls and samples change the data, with
real names and without. The worlds are drawn from seeds that the weights were not fitted on.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from common import table
from relationship_sets import Database, Edge, edge, part, published, renamed, sampled, with_nulls, with_orphans
from relationship_worlds import corpus, worlds
from shared_sets import write_set

from radix_assets.relationships.find import find_schema
from radix_assets.relationships.schema import Schema

UNSEEN = 1000
"""Seeds from here on are for measuring; those below are for fitting."""

Change = Callable[[Database], Database]
NAMES: dict[str, Change] = {
    "names": lambda one: one,
    "c1…cn": lambda one: renamed(one, columns=True, tables=False),
    "t1…tn": lambda one: renamed(one, columns=False, tables=True),
    "both": lambda one: renamed(one, columns=True, tables=True),
}
FLAWS: dict[str, Change] = {
    "3 % orphans": lambda one: with_orphans(one, 0.03, 1),
    "10 % nulls": lambda one: with_nulls(one, 0.1, 2),
    "half the rows": lambda one: sampled(one, 0.5, 3),
    "half the tables": lambda one: part(one, 0.5, 4),
}


@dataclass
class Scores:
    """Counts over databases."""

    hit: int = 0
    missed: int = 0
    false: int = 0
    exact: int = 0
    keys: int = 0
    right: int = 0
    seconds: float = 0.0
    said: list[tuple[float, bool]] = field(default_factory=list)
    """Confidence of each link, and whether it is right."""
    remarks: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """Return the F1 score of the links."""
        return 2 * self.hit / max(1, 2 * self.hit + self.missed + self.false)

    @property
    def key_accuracy(self) -> float:
        """Return the share of tables with a known key whose key is found, with all its columns."""
        return self.right / max(1, self.keys)

    @property
    def calibration_error(self) -> float:
        """Return the mean gap between confidence and share of right links, in ten bins weighted by their links."""
        bins: dict[int, list[tuple[float, bool]]] = {}
        for said in self.said:
            bins.setdefault(min(9, int(said[0] * 10)), []).append(said)
        gaps = (abs(sum(c for c, _ in one) - sum(r for _, r in one)) for one in bins.values())
        return sum(gaps) / max(1, len(self.said))

    def add(self, other: "Scores") -> None:
        """Add the counts of another database."""
        for name in ("hit", "missed", "false", "exact", "keys", "right", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.said += other.said
        self.remarks += other.remarks


def edges_of(schema: Schema) -> dict[Edge, float]:
    """Return the links with their confidence."""
    return {edge(r.child, r.child_columns, r.parent, r.parent_columns): r.confidence for r in schema.relationships}


def score(database: Database, schema: Schema) -> Scores:
    """Score one database against the truth."""
    found = edges_of(schema)
    hit, missed = found.keys() & database.wanted, database.wanted - found.keys()
    false = found.keys() - database.wanted - database.allowed
    result = Scores(len(hit), len(missed), len(false), not missed and not false)
    result.said = [(found[one], one in database.wanted) for one in sorted(found.keys() - database.allowed)]
    result.remarks = [f"{database.name}: missing {one}" for one in sorted(missed)]
    result.remarks += [f"{database.name}: false {one} {found[one]}" for one in sorted(false)]
    for name, key in database.keys.items():
        mine = schema.key_of(name)
        result.keys += key is not None
        result.right += key is not None and set(mine) == set(key)
        if set(mine) != set(key or []):
            result.remarks.append(f"{database.name}: key of {name} is {mine} instead of {key}")
    return result


def measure(database: Database) -> Scores:
    """Find the schema of one database and compare."""
    with tempfile.TemporaryDirectory() as folder:
        tables, profiles = database.write(Path(folder))
        started = time.perf_counter()
        schema = find_schema(tables, profiles)
        seconds = time.perf_counter() - started
    result = score(database, schema)
    result.seconds = seconds
    return result


def total(databases: Iterable[Database], change: Change) -> Scores:
    """Return the total over several databases."""
    result = Scores()
    for database in databases:
        result.add(measure(change(database)))
    return result


def row(what: str, scores: Scores) -> dict[str, object]:
    """Return the row of the printed table."""
    found = scores.hit + scores.false
    return {
        "what": what,
        "links": scores.hit + scores.missed,
        "precision": f"{scores.hit / max(1, found):.3f}",
        "recall": f"{scores.hit / max(1, scores.hit + scores.missed):.3f}",
        "F1": f"{scores.f1:.3f}",
        "keys right": f"{scores.right}/{scores.keys} = {scores.key_accuracy:.3f}",
        "calibration error": f"{scores.calibration_error:.3f}",
        "seconds": f"{scores.seconds:.1f}",
    }


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="published,worlds,each,flaws,cost", help="comma-separated parts")
    parser.add_argument("--remarks", action="store_true", help="print every wrong link and key")
    parser.add_argument("--draws", type=int, default=3, help="draws of the schemas by domain, from the seed on")
    parser.add_argument("--seed", type=int, default=UNSEEN, help="the seed of the worlds")
    arguments = parser.parse_args()
    parts = arguments.only.split(",")
    real = list(published()) if {"published", "flaws", "each"} & set(parts) else []
    made = list(worlds(arguments.seed)) if {"worlds", "flaws"} & set(parts) else []
    rows = []
    for group, databases in (("published", real), ("worlds", made)):
        for name, change in NAMES.items() if group in parts else ():
            rows.append(row(f"{group}, {name}", found := total(databases, change)))
            print(rows[-1], *(found.remarks if arguments.remarks else ()), sep="\n", file=sys.stderr, flush=True)
        for flaw, worse in FLAWS.items() if "flaws" in parts else ():
            for name in ("names", "c1…cn"):
                rows.append(row(f"{group}, {flaw}, {name}", total(databases, lambda d: NAMES[name](worse(d)))))  # noqa: B023
                print(rows[-1], file=sys.stderr, flush=True)
    for group in ("development", "held_out", "further_development", "further_held_out", "last_held_out"):
        if group in parts:
            drawn = (one for seed in range(arguments.draws) for one in corpus(group, arguments.seed + seed))
            rows.append(row(group, found := total(drawn, NAMES["names"])) | _sure(found))
            # The misses of what is held out are not shown, so that nobody learns from them.
            shown = found.remarks if arguments.remarks and "held_out" not in group else ()
            print(rows[-1], *shown, sep="\n", file=sys.stderr, flush=True)
    print(table(rows) if rows else "")
    if "each" in parts:
        print()
        print(table([_each(database) for database in real]))
    if "cost" in parts:
        print()
        print(table([_cost(70, 300, 1_000_000)]))


def _sure(scores: Scores) -> dict[str, object]:
    """Return how much of what is stated with 97 % and more is right."""
    right = [right for confidence, right in scores.said if confidence >= SURE]
    return {"sure and right": f"{sum(right)}/{len(right)} = {sum(right) / max(1, len(right)):.3f}"}


SURE = 0.97


def _cost(tables: int, columns: int, rows: int) -> dict[str, object]:
    """Measure the search alone, on tables of measures, codes and references."""
    rng = np.random.default_rng(5)
    frames: dict[str, pl.DataFrame] = {}
    for place in range(tables):
        size = int(rows / tables * rng.uniform(0.2, 1.8))
        held: dict[str, Any] = {f"t{place}_id": np.arange(1, size + 1)}
        for number in range(1, round(columns * (place + 1) / tables) - round(columns * place / tables)):
            kind = rng.integers(0, 3)
            if kind == 0 and place:
                parent = int(rng.integers(0, place))
                held[f"x{number}_t{parent}_id"] = rng.integers(1, frames[f"t{parent}"].height + 1, size)
            elif kind == 1:
                held[f"a{number}x"] = rng.integers(0, int(rng.integers(2, 1000)), size)
            else:
                held[f"b{number}x"] = rng.normal(size=size)
        frames[f"t{place}"] = pl.DataFrame(held)
    with tempfile.TemporaryDirectory() as folder:
        paths, profiles = write_set(frames, Path(folder))
        wall, cpu = time.perf_counter(), time.process_time()
        schema = find_schema(paths, profiles)
        spent = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "tables": tables,
        "columns": sum(frame.width for frame in frames.values()),
        "rows": sum(frame.height for frame in frames.values()),
        "pairs": schema.probes.considered,
        "compared": schema.probes.compared,
        "seconds": f"{spent[0]:.1f}",
        "CPU seconds": f"{spent[1]:.1f}",
    }


def _each(database: Database) -> dict[str, object]:
    found = {name: measure(change(database)) for name, change in NAMES.items()}
    shown: dict[str, object] = {"set": database.name}
    shown |= {f"F1 {name}": f"{one.f1:.3f}" for name, one in found.items()}
    shown |= {f"keys {name}": f"{one.right}/{one.keys}" for name, one in found.items()}
    return shown | {"seconds": f"{found['names'].seconds:.1f}"}


if __name__ == "__main__":
    main()
