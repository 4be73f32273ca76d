"""Time and CPU seconds of reading clean CSV, as `radix read` does without starting the interpreter, beside bare Polars.

python benchmarks/reading.py --rows 2e6

Polars is given the schema: it neither looks for the structure of the file, nor infers types, nor keeps what it cannot
read. Both run in turn in one process.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from common import table

from radix_assets.raw.read_source import TableRead, read_source


def main() -> None:
    """Time both in turn and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=float, default=2e6)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "orders.csv")
        schema = write(file, int(arguments.rows))
        bare, radix = medians(
            arguments.repeats,
            lambda: pl.scan_csv(file, schema=schema).sink_parquet(Path(folder, "bare.parquet")),
            lambda: require(list(read_source(str(file), Path(folder, "out")))),
        )
        size = file.stat().st_size / 1e6
    rows: list[dict[str, object]] = [
        {
            "reader": reader,
            "seconds": f"{taken.seconds:.2f}",
            "CPU seconds": f"{taken.cpu:.2f}",
            "speed": f"{bare.seconds / taken.seconds:.0%}",
            "speed by CPU": f"{bare.cpu / taken.cpu:.0%}",
        }
        for reader, taken in (("Polars, schema given", bare), ("radix read", radix))
    ]
    print(f"{int(arguments.rows):,} rows, {size:,.0f} MB\n")
    print(table(rows))


def write(file: Path, rows: int) -> pl.Schema:
    """Write a table of numbers, words, dates and moments; return its schema."""
    random = np.random.default_rng(0)
    words = np.array(["amber", "blue", "crimson", "dark red", "emerald", "fawn", "gold", "hazel"])
    moments = pl.Series(random.integers(1_600_000_000, 1_700_000_000, rows)).cast(pl.Int64) * 1_000_000
    frame = pl.DataFrame(
        {
            "id": np.arange(rows),
            "customer": random.integers(1, rows // 10 + 2, rows),
            "color": words[random.integers(0, len(words), rows)],
            "price": np.round(random.gamma(2, 40, rows), 2),
            "weight": random.normal(50, 9, rows),
            "day": pl.Series(random.integers(15_000, 19_700, rows)).cast(pl.Int32).cast(pl.Date),
            "sent": moments.cast(pl.Datetime("us")),
            "note": words[random.integers(0, len(words), rows)],
        }
    )
    frame.write_csv(file, datetime_format="%Y-%m-%dT%H:%M:%S")
    return frame.schema


def require(answers: list[object]) -> None:
    """Stop if the file was not read."""
    if not all(isinstance(answer, TableRead) for answer in answers):
        raise SystemExit("the file was not read")


@dataclass(frozen=True)
class Taken:
    """What a run takes."""

    seconds: float
    cpu: float
    """Seconds of all cores, which other work on the machine affects least."""


def medians(repeats: int, *runs: Callable[[], object]) -> list[Taken]:
    """Return the medians of each, run in turn."""
    taken: list[list[Taken]] = [[] for _ in runs]
    for _ in range(repeats):
        for of_run, run in zip(taken, runs, strict=True):
            started, cpu = time.perf_counter(), time.process_time()
            run()
            of_run.append(Taken(time.perf_counter() - started, time.process_time() - cpu))
    return [
        Taken(
            statistics.median(each.seconds for each in of_run),
            statistics.median(each.cpu for each in of_run),
        )
        for of_run in taken
    ]


if __name__ == "__main__":
    main()
