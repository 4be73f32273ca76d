"""Sets of tables with their truth, for the scores of suggestions."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from radix_assets.profiles.compute import profile_table
from radix_assets.profiles.schema import TableProfile
from radix_assets.relationships.find import find_schema
from radix_assets.relationships.schema import Schema
from radix_assets.sources.schema import DATA_FILE
from radix_assets.suggestions.folder import read_argument

PROBLEMS = {"regression_forecast": "forecasting", "ordinal_regression": "ordinal"}


@dataclass(frozen=True)
class Task:
    """One published question."""

    table: str
    column: str
    problem: str
    leaks: tuple[tuple[str, str], ...] = ()


@dataclass
class Truth:
    """The truth in the description of a dataset, with tables named after their files."""

    name: str
    category: str
    tables: list[str]
    tasks: list[Task] = field(default_factory=list)
    times: dict[str, list[str]] = field(default_factory=dict)
    """The time index of each table for which it is known; empty if there is none."""
    keys: dict[str, list[str] | None] = field(default_factory=dict)
    roles: dict[tuple[str, str], str] = field(default_factory=dict)
    personal: dict[tuple[str, str], str] = field(default_factory=dict)
    columns: list[tuple[str, str]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Made:
    """A dataset as Radix reads it."""

    truth: Truth
    tables: dict[str, Path]
    profiles: dict[str, TableProfile]
    schema: Schema


def stem(file: str) -> str:
    """Return the table name of a file."""
    name = Path(file).name
    return name.removesuffix(".gz").rpartition(".")[0] or name


def read_truth(file: Path) -> Truth | None:
    """Read a truth.json; return None for a dataset of another category."""
    content = json.loads(file.read_text(encoding="utf-8"))
    if content.get("category") not in {"multi_table", "single_table", "temporal", "semantic_types"}:
        return None
    names = {name: stem(meta.get("file", name)) for name, meta in content["tables"].items()}
    truth = Truth(content["name"], content["category"], list(names.values()))
    for name, meta in content["tables"].items():
        table = names[name]
        time = (content.get("derived_time") or {}).get(name) or meta.get("time_index") or meta.get("time_column")
        truth.times[table] = [time] if isinstance(time, str) else list(time or [])
        if content["category"] == "multi_table":
            truth.keys[table] = meta.get("primary_key")
            truth.columns += [(table, column) for column in meta["columns"]]
            truth.personal |= {(table, column): kind for column, kind in (meta.get("pii") or {}).items()}
        else:
            for column, description in meta["columns"].items():
                truth.columns.append((table, column))
                truth.roles[table, column] = description["role"]
                if description.get("pii"):
                    truth.personal[table, column] = description["pii"]
    for task in content.get("tasks", []):
        if not task["target"].startswith("derived"):
            table = names.get(task["table"], stem(task["table"]))
            problem = PROBLEMS.get(task["type"], task["type"])
            truth.tasks.append(Task(table, task["target"], problem, tuple(_leaks(task, table, names))))
    truth.links = [
        link | {"child": names[link["child"]], "parent": names[link["parent"]]}
        for link in content.get("foreign_keys", [])
    ]
    return truth


def _leaks(task: dict[str, Any], table: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for leak in [*task.get("leaky", []), *task.get("possibly_leaky", [])]:
        owner, dot, column = leak.partition(".")
        if dot and owner in names:
            yield names[owner], column
        elif " " not in leak or not dot:
            yield table, leak


def read_sets(data: Path, work: Path) -> Iterator[Made]:
    """Read every dataset below a directory like `radix suggest`; snapshots go below `work`."""
    for file in sorted(data.glob("*/truth.json")):
        truth = read_truth(file)
        if truth is None:
            continue
        place = work / file.parent.name
        place.mkdir(parents=True)
        reading = read_argument(str(file.parent), place)
        profiles = {table: profile_table(table, path / DATA_FILE) for table, path in reading.tables.items()}
        yield Made(truth, reading.tables, profiles, find_schema(reading.tables, profiles))
