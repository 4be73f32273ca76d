"""Parquet beside a copy that checks, and many small files: CPU seconds, which other work on the machine affects least.

python benchmarks/reading_formats.py --rows 3e6 --files 250,1000,2000

The copy hashes the file while it copies it, writes it again with the settings of a snapshot, and counts nulls.
"""

import argparse
import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from common import table

from radix_assets.raw.read_source import TableRead, read_source

_ROW_GROUP = 122_880


def main() -> None:
    """Run both measurements and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=float, default=3e6)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--files", default="250,1000,2000")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(table(parquet(Path(folder), int(arguments.rows), arguments.repeats)), end="\n\n")
        print(table([small_files(Path(folder), int(number)) for number in arguments.files.split(",")]))


def parquet(folder: Path, rows: int, repeats: int) -> list[dict[str, str]]:
    """Time reading of one Parquet file of nine columns beside a copy that checks, in turn."""
    file = folder / "t.parquet"
    random = np.random.default_rng(0)
    pl.DataFrame(
        {
            **{f"whole_{number}": random.integers(0, 10**6, rows) for number in range(3)},
            **{f"part_{number}": random.normal(size=rows) for number in range(3)},
            "word": pl.Series(random.integers(0, 5_000, rows)).cast(pl.String),
            "day": pl.Series(random.integers(0, 20_000, rows)).cast(pl.Int32).cast(pl.Date),
            "moment": pl.Series(random.integers(0, 10**15, rows)).cast(pl.Datetime("us")),
        }
    ).write_parquet(file, compression="zstd")
    copies, reads = [], []
    for _ in range(repeats):
        copies.append(_cpu(lambda: _copy(file, folder)))
        reads.append(_cpu(lambda: _read(file, folder / "out")))
    copied, read = statistics.median(copies), statistics.median(reads)
    return [
        {"reader": "a copy that checks", "CPU seconds": f"{copied:.2f}", "speed": "100%"},
        {"reader": "radix read", "CPU seconds": f"{read:.2f}", "speed": f"{copied / read:.0%}"},
    ]


def small_files(folder: Path, number: int) -> dict[str, str]:
    """Time finding and reading of many Parquet files of two rows that are one table."""
    place = folder / f"many_{number}"
    place.mkdir()
    for index in range(number):
        pl.DataFrame({"a": [index, 2], "b": ["x", "y"]}).write_parquet(place / f"part_{index}.parquet")
    seconds = _cpu(lambda: _read(place, folder / "out"))
    return {"files": f"{number:,}", "CPU seconds": f"{seconds:.2f}", "ms a file": f"{seconds / number * 1000:.1f}"}


def _copy(file: Path, folder: Path) -> None:
    digest = hashlib.sha256()
    with file.open("rb") as source, (folder / "copy.raw").open("wb") as target:
        while chunk := source.read(1 << 22):
            digest.update(chunk)
            target.write(chunk)
    copied = folder / "copy.parquet"
    pl.scan_parquet(folder / "copy.raw").sink_parquet(copied, compression="zstd", row_group_size=_ROW_GROUP)
    pl.scan_parquet(copied).null_count().collect(engine="streaming")


def _read(source: Path, out: Path) -> None:
    (result,) = read_source(str(source), out)
    if not isinstance(result, TableRead):
        raise result.error


def _cpu(run: Callable[[], None]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


if __name__ == "__main__":
    main()
