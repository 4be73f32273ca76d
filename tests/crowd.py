"""Start one run of a project on PostgreSQL, several concurrent ones, and one more; print their results as JSON.

python tests/crowd.py FOLDER PROCESSES; the address is in RADIX_METADATA. Each run is a fork, so that one import
serves all of them.
"""

import importlib
import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

SHARED = multiprocessing.get_context("fork")
PATIENCE = 300


def main(folder: Path, processes: int) -> None:
    os.environ.update(RADIX_HOME=f"{folder}/home", RADIX_PROJECTS=f"{folder}/projects", DAGSTER_HOME=f"{folder}/home")
    os.environ["RADIX_STORAGE"] = f"{folder}/storage"
    heavy = ("alembic.command", "dagster_postgres", "psycopg2", "rich.console")
    for name in (
        "dagster",
        "radix_assets.orchestration.local_run",
        "radix_assets.orchestration.resources",
        "toy",
        *heavy,
    ):
        importlib.import_module(name)
    # Fewer retries in Dagster (5, after 0.2 s the first time) and a shorter wait in Radix, so that the test ends soon.
    importlib.import_module("dagster_postgres.utils").retry_pg_connection_fn.__defaults__ = (2, 0.2)
    importlib.import_module("radix_resources.metadata.postgresql")._QUEUE_SECONDS = 3
    results = SHARED.Queue()
    found = [*together(1, results, "1"), *together(processes, results, "7"), *together(1, results, "7")]
    sys.stdout.write(json.dumps(found) + "\n")


def together(processes: int, results: Any, value: str) -> list[str]:
    """Start the given number of runs at once; return the result of each."""
    start = SHARED.Barrier(processes)
    runs = [SHARED.Process(target=take_part, args=(start, results, value)) for _ in range(processes)]
    for run in runs:
        run.start()
    found = [results.get(timeout=PATIENCE) for _ in runs]
    for run in runs:
        run.join()
    return found


def take_part(start: Any, results: Any, value: str) -> None:
    """Run to the end; return the state of the run, or the code of its error."""
    import dagster as dg
    from toy import Toy

    from radix_assets.orchestration.local_run import run
    from radix_resources.errors import RadixError
    from radix_resources.home import Home
    from radix_resources.metadata.db_errors import coded

    toy = Toy(Home.from_environment())
    toy.home.prepare()
    toy.source["a"] = value
    assert toy.project
    start.wait(PATIENCE)
    try:
        with coded(), dg.DagsterInstance.get() as instance:
            state = run(toy.project, toy.tools, instance, lambda *_: None, toy.stages).state
        results.put(state)
    except RadixError as error:
        results.put(f"{error.code} {error.transient}")
    except BaseException as error:  # noqa: BLE001 it is reported
        results.put(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
