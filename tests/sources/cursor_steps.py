"""A table of a server that changes, read by a cursor."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.project.settings import Project
from radix_assets.raw.ingestion import ingest, source_version
from radix_assets.sources.kinds.base import Previous
from radix_assets.sources.schema import read_schema
from radix_resources.credentials.environment import Environment
from radix_resources.credentials.lookup import Credentials

CREDENTIALS = Credentials([Environment()])


def follow(run: Callable[..., Any], settings: Mapping[str, Any], folder: Path, moment: str) -> None:
    """Read the table `moves` by each of its cursors, with the result of full reads; `moment` is the type of `at`."""
    run(
        f"CREATE TABLE moves (id bigint PRIMARY KEY, at {moment}, day date, rev decimal(20, 4) NOT NULL, word text)",
        "INSERT INTO moves VALUES (3, '2024-01-03 10:00:00.123456', '2024-01-03', 3.5, 'c'),"
        " (1, '2024-01-01 10:00:00', '2024-01-01', 1.5, 'a'), (2, NULL, NULL, 2.5, 'b')",
    )
    steps = [
        ("INSERT INTO moves VALUES (5, '2024-02-05 00:00:00.5', '2024-02-05', 5.25, 'e')", "only"),
        ("UPDATE moves SET at = '2024-02-06', day = '2024-02-06', rev = 6.125, word = 'A' WHERE id = 1", "only"),
        ("UPDATE moves SET at = '2024-02-06', day = '2024-02-06', rev = 6.125, word = 'B' WHERE id = 5", "only"),
        ("DELETE FROM moves WHERE id = 3", "1 row deleted"),
        ("UPDATE moves SET at = '2023-01-01', day = '2023-01-01', rev = 1", "lower than before"),
    ]
    cursors = ("at", "day", "rev")
    projects = [
        Project(name="p", sources=[{**settings, "tables": ["moves"], "cursor": cursor, "overlap": 0}])
        for cursor in cursors
    ]
    last = [(folder / cursor / "0", "") for cursor in cursors]
    states = [ingest(p, "moves", at, CREDENTIALS).state for p, (at, _) in zip(projects, last, strict=True)]
    for number, (statement, note) in enumerate(steps, 1):
        run(statement)
        whole = folder / f"whole{number}"
        ingest(Project(name="p", sources=[{**settings, "tables": ["moves"]}]), "moves", whole, CREDENTIALS)
        for place, project in enumerate(projects):
            out = folder / cursors[place] / str(number)
            version = source_version(project, "moves", CREDENTIALS)
            assert version != last[place][1]
            assert version == source_version(project, "moves", CREDENTIALS)
            output = ingest(project, "moves", out, CREDENTIALS, Previous(last[place][0], states[place]))
            assert note in str(output.shown["notes"]), (cursors[place], statement)
            assert pl.read_parquet(out / "data.parquet").equals(pl.read_parquet(whole / "data.parquet"))
            assert read_schema(out) == read_schema(whole)
            last[place], states[place] = (out, version), output.state
