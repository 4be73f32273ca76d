"""The whole pipeline on every real multi-table dataset that has a question, without edits to code or tags.

    python benchmarks/sets.py
    python benchmarks/sets.py --only northwind,chinook --keep results

Each is `radix new NAME FOLDER --target … --accept auto` and `radix run NAME --json`, from scratch.
The last column scores the automatic tags and the exploration: no person helped.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from common import SHARED, table

from radix_assets.features.stage import load_features
from radix_assets.pipeline.tools import tools
from radix_resources.home import Home

DATA = SHARED / "data"
HIGHER_IS_BETTER = {"auc", "roc_auc", "accuracy", "balanced_accuracy", "average_precision", "f1", "macro_f1", "r2"}


@dataclass(frozen=True)
class Task:
    """One question about one dataset."""

    name: str
    folder: Path
    target: str
    leaks: tuple[str, ...] = ()
    """Columns known too late, as `table.column` (`*` for all of a table), according to the notes."""


def tasks(data: Path) -> Iterator[Task]:
    """Yield the questions stated in the notes beside the data whose target is a column."""
    for file in sorted(data.glob("*/truth.json")):
        truth = json.loads(file.read_text(encoding="utf-8"))
        if truth["category"] != "multi_table":
            continue
        asked = [task for task in truth.get("tasks", []) if not task["target"].startswith("derived")]
        for number, task in enumerate(asked):
            path = Path(truth["tables"][task["table"]]["file"])
            stem = path.name.removesuffix(".gz").rpartition(".")[0]  # the name of the table, as `radix new` gives it
            name = truth["name"] + (f"_{number + 1}" if len(asked) > 1 else "")
            leaks = tuple(_named(leak, task["table"], truth["tables"]) for leak in task.get("leaky", []))
            yield Task(name, file.parent / path.parent, f"{stem}.{task['target']}", leaks)


def _named(leak: str, table: str, tables: dict[str, Any]) -> str:
    """Return the name of a table in the project: the notes know some tables by shorter names than their files."""
    owner, _, column = leak.rpartition(".")
    path = Path(tables[owner or table]["file"])
    return f"{path.name.removesuffix('.gz').rpartition('.')[0]}.{column}"


def radix(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command in a separate process."""
    command = [sys.executable, "-m", "radix_assets.cli", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def measure(task: Task, environment: dict[str, str], keep: Path | None) -> dict[str, object]:
    """Return one row of the table."""
    started = time.perf_counter()
    new = radix(environment, "new", task.name, str(task.folder), "--target", task.target, "--accept", "auto")
    run = radix(environment, "run", task.name, "--json") if new.returncode == 0 else new
    seconds = time.perf_counter() - started
    if keep:
        (keep / f"{task.name}.log").write_text(f"{new.stdout}{new.stderr}\n{run.stderr}\n{run.stdout}")
    row: dict[str, object] = {"set": task.name, "target": task.target}
    try:
        summary = json.loads(run.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        last = (run.stderr.strip().splitlines() or ["no output"])[0]
        return (
            row | {"state": f"exit code {run.returncode}: {last}"} | _answer(None, seconds) | {"known leaks used": ""}
        )
    bad = [
        f"{one['key'].partition('/')[2]} {one['error']['code']}"
        for one in summary["assets"]
        if one["state"] == "failed" and isinstance(one["error"], dict)
    ]
    row |= {"state": " ".join([summary["state"], *bad])}
    return row | _answer(summary["model"], seconds) | {"known leaks used": _used(task, environment)}


def _used(task: Task, environment: dict[str, str]) -> str:
    """Return the columns known too late that features read nevertheless."""
    home = Home(Path(environment["RADIX_HOME"]), Path(environment["RADIX_PROJECTS"]))
    storage = tools(home).storage
    made = storage.latest(f"{task.name}/features")
    if made is None:
        return ""
    columns = {column for one in load_features(storage.path(made)).features for column in one.columns}
    used = sorted(column for column in columns for leak in task.leaks if fnmatchcase(column, leak))
    return ", ".join(used) or ("none" if task.leaks else "")


def _answer(model: dict[str, Any] | None, seconds: float) -> dict[str, object]:
    if model is None:
        return dict.fromkeys(("metric", "score", "interval", "best baseline", "accepted"), "") | {
            "seconds": f"{seconds:.0f}"
        }
    best = (max if model["metric"] in HIGHER_IS_BETTER else min)(model["baselines"].items(), key=lambda one: one[1])
    return {
        "metric": model["metric"],
        "score": f"{model['score']:.4g}",
        "interval": " to ".join(f"{end:.4g}" for end in model["interval"]),
        "best baseline": f"{best[0]} {best[1]:.4g}",
        "accepted": "yes" if model["accepted"] else "no",
        "seconds": f"{seconds:.0f}",
    }


def main() -> None:
    """Run them all, one after another, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="comma-separated names of datasets")
    parser.add_argument("--keep", type=Path, help="a folder for state, projects and logs; by default they are removed")
    arguments = parser.parse_args()
    only = set(filter(None, arguments.only.split(",")))
    with tempfile.TemporaryDirectory() as folder:
        place = arguments.keep.absolute() if arguments.keep else Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        environment = {"RADIX_HOME": str(place / "home"), "RADIX_PROJECTS": str(place / "projects")}
        rows = []
        try:
            for task in tasks(DATA):
                if not only or task.name in only or task.folder.name in only:
                    rows.append(measure(task, environment, arguments.keep and place))
                    print(" ".join(str(value) for value in rows[-1].values()), file=sys.stderr, flush=True)
        finally:
            radix(environment, "down")
    print(table(rows) if rows else "no dataset was found")


if __name__ == "__main__":
    main()
