"""Accuracy of the suggestions on datasets whose truth is known, and their time.

    python benchmarks/suggestions.py [--data DIR] [--verbose]
    python benchmarks/suggestions.py --speed

Every directory below `--data` with a truth.json is read as `radix suggest` reads it; its description is not used.
`--speed` generates a project of 70 tables, 300 columns and a million rows and times its parts.
"""

import argparse
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
from common import SHARED, table
from fit_suggestions import error
from suggestion_sets import Made, Truth, read_sets

from radix_assets.profiles.compute import profile_table
from radix_assets.relationships.find import find_schema
from radix_assets.suggestions.schema import Suggestions
from radix_assets.suggestions.suggest import suggest

ROLES = {
    "id": {"primary_key", "foreign_key", "group", "ignore"},
    "row_index": {"ignore", "primary_key"},
    "group_id": {"group", "foreign_key"},
    "weight": {"weight"},
    "constant": {"ignore"},
    "person_name": {"ignore", "primary_key"},
    "entity_name": {"ignore", "primary_key", "group", "feature"},
}
"""The right roles for each kind in the truth. All else is a feature, the time, or a suspected leak."""
TYPES = {
    "numeric": ("numeric", "numeric count money percent weight latitude longitude"),
    "categorical": ("categorical", "boolean categorical country region"),
    "datetime": ("datetime", "datetime date time"),
    "sentence": ("sentence", "text"),
    "not-generalizable": ("not-generalizable", "id row_index constant"),
}
"""The kinds in the truth that clearly belong to each class of types."""


class Score:
    """Counts of right answers, by question."""

    def __init__(self) -> None:
        self.right: dict[str, list[bool]] = defaultdict(list)
        self.sure: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        self.missed: list[str] = []
        self.edges: Counter[str] = Counter()
        self.private: Counter[str] = Counter()

    def add(self, question: str, right: bool, what: str, sure: float | None = None) -> None:  # noqa: FBT001 a mark
        """Add one answer."""
        self.right[question].append(right)
        if sure is not None:
            self.sure[question].append((sure, right))
        if not right:
            self.missed.append(f"{question}: {what}")


def judge(made: Made, found: Suggestions, score: Score) -> None:
    """Add the right and wrong suggestions for one dataset."""
    truth = made.truth
    _targets(made, found, score)
    for name in truth.tables:
        if name not in found.tables:
            score.add("tables read", False, f"{truth.name}.{name}")
            continue
        score.add("tables read", True, "")
        one, expected = found.tables[name], truth.times.get(name, [])
        times = [one.time_index, one.unread_time]
        right = expected in times if expected else not one.time_index
        score.add("time index", right, f"{truth.name}.{name}: {times} for {expected}", one.time_confidence or None)
        if name in truth.keys:
            key = truth.keys[name] or []
            message = f"{truth.name}.{name}: {one.primary_key} for {key}"
            score.add("primary key", set(one.primary_key) == set(key), message)
    _columns(truth, found, score)
    _edges(made, score)


def _targets(made: Made, found: Suggestions, score: Score) -> None:
    truth = made.truth
    if not truth.tasks:
        return
    expected = {(task.table, task.column) for task in truth.tasks}
    places = [(target.table, target.column) in expected for target in found.targets]
    message = f"{truth.name}: {[f'{t.table}.{t.column}' for t in found.targets]}"
    score.add("target first", places[:1] == [True], message)
    score.add("target among three", any(places), message)
    for target, right in zip(found.targets, places, strict=True):
        score.sure["target"].append((target.confidence, right))
    for task in truth.tasks:
        if task.column not in made.profiles.get(task.table, made.profiles[next(iter(made.profiles))]).columns:
            continue
        asked = suggest(made.tables, made.profiles, made.schema, (task.table, task.column, None, None))
        got = asked.targets[0].problem
        # A count is fitted like a regression; a published `regression` of a count is not a contradiction.
        right = got == task.problem or (task.problem == "regression" and got == "count")
        score.add("problem type", right, f"{truth.name}.{task.column}: {got} for {task.problem}")
        score.add("problem type, to the word", got == task.problem, f"{truth.name}.{task.column}: {got}")
        marked = {(task.table, name) for name, one in asked.tables[task.table].columns.items() if one.role == "leak"}
        leaks = {leak for leak in task.leaks if leak[0] == task.table}
        for leak in leaks:
            score.add("leak found, target known", leak in marked, f"{truth.name}.{leak[1]} for {task.column}")
        for extra in marked - leaks - {(task.table, other.column) for other in truth.tasks}:
            score.edges["leaks wrongly suspected"] += 1
            score.missed.append(f"no leak: {truth.name}.{extra[1]} for {task.column}")


def _columns(truth: Truth, found: Suggestions, score: Score) -> None:
    targets = {(task.table, task.column) for task in truth.tasks}
    for name, column in truth.columns:
        if name not in found.tables or column not in found.tables[name].columns:
            continue
        one = found.tables[name].columns[column]
        private = (name, column) in truth.personal
        score.private[f"{private} {one.sensitivity != 'none'}"] += 1
        if (name, column) not in truth.roles or (name, column) in targets:
            continue
        kind = truth.roles[name, column]
        times = set(truth.times.get(name, []))
        right = ROLES.get(kind, {"feature", "leak", "target"} | ({"ignore"} if private or kind == "code" else set()))
        if column in times:
            right = {"time_index"}
        elif kind in {"date", "datetime", "time", "year", "month"}:
            right = right | {"time_index"}
        message = f"{truth.name}.{column}: {one.role} for {kind}"
        score.add(
            f"role: {kind if kind in ROLES else 'time' if column in times else 'feature'}", one.role in right, message
        )
        score.sure["role"].append((one.role_confidence, one.role in right))
        for type_, kinds in TYPES.values():
            if kind in kinds.split():
                score.add(f"type: {type_}", one.type == type_, f"{truth.name}.{column}: {one.type} for {kind}")
                score.sure["type"].append((one.type_confidence, one.type == type_))


def _edges(made: Made, score: Score) -> None:
    def edge(child: str, columns: list[str], parent: str, keys: list[str]) -> tuple[object, ...]:
        return child, parent, tuple(sorted(zip(columns, keys, strict=True)))

    if made.truth.category != "multi_table":
        return
    kinds = defaultdict(set)
    for link in made.truth.links:
        kinds[link["kind"]].add(edge(link["child"], link["child_columns"], link["parent"], link["parent_columns"]))
    edges = {edge(r.child, r.child_columns, r.parent, r.parent_columns) for r in made.schema.relationships}
    expected, allowed = kinds["declared"] | kinds["one_to_one"], kinds["natural"] | kinds["group_key"]
    score.edges["links wanted"] += len(expected)
    score.edges["links found"] += len(expected & edges)
    score.edges["links wrong"] += len(edges - expected - allowed)


def f1(right: int, wrong: int, missed: int) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * right / max(1, 2 * right + wrong + missed)


def lines(score: Score, seconds: float) -> Iterator[dict[str, object]]:
    """Yield the table of scores."""
    for question, marks in score.right.items():
        sure = f"{error(score.sure[question]):.3f}" if question in score.sure else ""
        yield {"question": question, "right": f"{sum(marks) / len(marks):.3f}", "of": len(marks), "ECE": sure}
    for question in ("target", "role", "type"):
        points = score.sure[question]
        if points:
            yield {
                "question": f"calibration: {question}",
                "right": "",
                "of": len(points),
                "ECE": f"{error(points):.3f}",
            }
    right, expected, wrong = (score.edges[f"links {what}"] for what in ("found", "wanted", "wrong"))
    yield {
        "question": "relationships, F1",
        "right": f"{f1(right, wrong, expected - right):.3f}",
        "of": expected,
        "ECE": "",
    }
    tp, fp, fn = (score.private[what] for what in ("True True", "False True", "True False"))
    harmless = fp + score.private["False False"]
    yield {"question": "private, F1", "right": f"{f1(tp, fp, fn):.3f}", "of": tp + fn, "ECE": ""}
    yield {
        "question": "harmless columns taken for private",
        "right": f"{fp / max(1, harmless):.3f}",
        "of": harmless,
        "ECE": "",
    }
    wrongly = score.edges["leaks wrongly suspected"]
    yield {"question": "columns wrongly suspected as leaks, target known", "right": wrongly, "of": "", "ECE": ""}
    yield {"question": "seconds of suggesting, all sets", "right": f"{seconds:.1f}", "of": "", "ECE": ""}


def large(folder: Path, *, tables: int = 70, columns: int = 300, rows: int = 1_000_000, seed: int = 0) -> None:
    """Write a project of many tables as CSV: hubs, and facts that reference them; sizes differ a hundredfold."""
    rng = np.random.default_rng(seed)
    sizes = np.maximum(20, (rows * (share := 1 / np.arange(1, tables + 1) ** 1.1) / share.sum()).astype(int))
    hubs = list(range(tables // 3, tables))
    extra = max(1, columns // tables)
    for number, size in enumerate(sizes):
        data: dict[str, object] = {f"t{number}_id": np.arange(1, size + 1)}
        for place in range(extra + (number < columns % tables) - 1):
            match (number + place) % 6:
                case 0:
                    hub = hubs[int(rng.integers(len(hubs)))]
                    data[f"t{hub}_id"] = rng.integers(1, sizes[hub] + 1, size)
                case 1:
                    data[f"amount_{place}"] = rng.gamma(2, 30, size).round(2)
                case 2:
                    data[f"kind_{place}"] = rng.choice(["red", "green", "blue", "grey"], size)
                case 3:
                    start = np.datetime64("2020-01-01T00:00:00")
                    data[f"created_{place}"] = (start + rng.integers(0, 10**8, size)).astype("datetime64[us]")
                case 4:
                    data[f"note_{place}"] = [f"text {value} of this row" for value in rng.integers(0, 10**6, size)]
                case _:
                    data[f"count_{place}"] = rng.poisson(3, size)
        pl.DataFrame(data).write_csv(folder / f"t{number}.csv")


def speed(wide: int) -> list[dict[str, object]]:
    """Return the seconds of each part, wall clock and processor."""
    from radix_assets.suggestions.folder import read_argument

    rows: list[dict[str, object]] = []

    def timed(what: str, start: float, cpu: float) -> None:
        rows.append(
            {
                "part": what,
                "seconds": f"{time.perf_counter() - start:.1f}",
                "CPU seconds": f"{time.process_time() - cpu:.1f}",
            }
        )

    with tempfile.TemporaryDirectory() as place:
        data, work = Path(place) / "data", Path(place) / "work"
        data.mkdir()
        work.mkdir()
        large(data, columns=wide)
        start, cpu = time.perf_counter(), time.process_time()
        reading = read_argument(str(data), work)
        timed("reading", start, cpu)
        start, cpu = time.perf_counter(), time.process_time()
        profiles = {name: profile_table(name, path / "data.parquet") for name, path in reading.tables.items()}
        timed("profiling", start, cpu)
        start, cpu = time.perf_counter(), time.process_time()
        schema = find_schema(reading.tables, profiles)
        timed("keys and relationships", start, cpu)
        start, cpu = time.perf_counter(), time.process_time()
        suggest(reading.tables, profiles, schema)
        timed("columns, times and targets", start, cpu)
    return rows


def scored(sets: Iterable[Made]) -> tuple[Score, float]:
    """Return the score over all datasets, and the seconds that suggesting took."""
    score, seconds = Score(), 0.0
    for made in sets:
        start = time.perf_counter()
        found = suggest(made.tables, made.profiles, made.schema)
        seconds += time.perf_counter() - start
        judge(made, found, score)
    return score, seconds


def main() -> None:
    """Score, or time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--verbose", action="store_true", help="print the wrong suggestions")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--columns", type=int, default=300, help="total number of columns, with --speed")
    arguments = parser.parse_args()
    if arguments.speed:
        print(table(speed(arguments.columns)))
        return
    with tempfile.TemporaryDirectory() as work:
        score, seconds = scored(read_sets(arguments.data, Path(work)))
    print(table(list(lines(score, seconds))))
    for miss in score.missed if arguments.verbose else []:
        print(miss)


if __name__ == "__main__":
    main()
