"""Cost of one percent more rows: reading and profiling them from the state before, beside the whole again.

python benchmarks/increment.py --rows 2e6

Whole and increment run in turn in one process, whose start does not count.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl
from common import table
from reading import write

from radix_assets.profiles.compute import profile_from
from radix_assets.project.settings import Project
from radix_assets.raw.ingestion import ingest
from radix_assets.sources.kinds.base import Previous
from radix_assets.sources.schema import DATA_FILE

_SHARE = 100


def main() -> None:
    """Measure, and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=float, default=2e6)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        costs = measure(Path(place), int(arguments.rows), arguments.repeats)
    print(f"{int(arguments.rows):,} rows and {1 / _SHARE:.0%} more\n")
    print(table([_line(what, *cost) for what, cost in costs.items()]))


def measure(folder: Path, rows: int, repeats: int) -> dict[str, tuple[float, float]]:
    """Return the CPU seconds of the whole and of the increment, for reading and profiling."""
    file = folder / "orders.csv"
    grow = _grow(file, rows)
    project = Project(name="shop", sources=[{"table": "orders", "path": "orders.csv"}])
    project = project.model_copy(update={"folder": folder})
    before = folder / "before"
    previous = Previous(before, ingest(project, "orders", before).state)
    state = folder / "before.state"
    profile_from("orders", before / DATA_FILE).save(state)
    grow()
    reading: list[tuple[float, float]] = []
    profiling: list[tuple[float, float]] = []
    for number in range(repeats):
        whole, more = folder / f"whole_{number}", folder / f"more_{number}"
        reading.append(
            (
                _cpu(partial(ingest, project, "orders", whole)),
                _cpu(partial(ingest, project, "orders", more, previous=previous)),
            )
        )
        data = more / DATA_FILE
        if not pl.read_parquet(data).equals(pl.read_parquet(whole / DATA_FILE)):
            raise SystemExit("the increment gives other rows")
        profiling.append((_cpu(partial(_profile, data, None)), _cpu(partial(_profile, data, state))))
    return {
        what: (statistics.median(whole for whole, _ in costs), statistics.median(more for _, more in costs))
        for what, costs in (("reading", reading), ("profiling", profiling))
    }


def _grow(file: Path, rows: int) -> Callable[[], None]:
    """Write a file; return what appends one percent to it. The file looks old, so that it is read at once."""
    write(file, rows + rows // _SHARE)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[: rows + 1]))
    os.utime(file, (1, 1))
    rest = b"".join(lines[rows + 1 :])

    def grow() -> None:
        with file.open("ab") as stream:
            stream.write(rest)
        os.utime(file, (2, 2))

    return grow


def _profile(data: Path, previous: Path | None) -> None:
    """Profile a snapshot and write its state."""
    profiled = profile_from("orders", data, previous=previous)
    profiled.save(data.with_suffix(".state"))
    if previous and not profiled.profile.carried:
        raise SystemExit("nothing was carried over")


def _cpu(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def _line(what: str, whole: float, more: float) -> dict[str, object]:
    return {
        "": what,
        "the whole again: CPU seconds": f"{whole:.2f}",
        "the increment": f"{more:.2f}",
        "share": f"{more / whole:.1%}",
    }


if __name__ == "__main__":
    main()
