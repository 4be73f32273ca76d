"""Peak memory of `radix read` on large files: each is generated, read in a process of its own, and removed.

python benchmarks/reading_memory.py                          # 2 GB of CSV, Parquet and gzip, 1 GB of NDJSON
python benchmarks/reading_memory.py --only csv --gigabytes 10

The peak is that of the whole process, and its part without pages of mapped files, which the kernel takes back when
it needs them. The second is sampled while the process runs.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
from common import ROOT, table

_ROWS = 500_000
"""Rows of a piece."""
_EVERY = 0.05
_WORDS = np.array(["amber", "blue", "crimson", "dark red", "emerald", "fawn", "gold", "hazel"])


def main() -> None:
    """Generate, read and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=sorted(WRITERS), nargs="+", default=["csv", "parquet", "ndjson", "gzip"])
    parser.add_argument("--gigabytes", type=float, help="of every file, unpacked; by default 2, NDJSON 1")
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()))
    arguments = parser.parse_args()
    lines = []
    for name in arguments.only:
        with tempfile.TemporaryDirectory(dir=arguments.directory) as folder:
            size = arguments.gigabytes or (1.0 if name == "ndjson" else 2.0)
            file = Path(folder, f"orders.{_SUFFIXES[name]}")
            rows = WRITERS[name](file, int(size * 1e9))
            lines.append({"format": name, "GB": f"{file.stat().st_size / 1e9:.1f}", "rows": f"{rows:,}"})
            lines[-1] |= _read(file, rows)
        print(lines[-1], file=sys.stderr)
    print(table(lines))


def _read(file: Path, rows: int) -> dict[str, object]:
    """Read a file as the command does; return what it took."""
    command = [sys.executable, "-m", "radix_assets.cli", "read", str(file), "--out", str(file.parent / "out"), "--json"]
    started = time.perf_counter()
    with (file.parent / "answer").open("w+") as answer:
        child = subprocess.Popen(command, stdout=answer, cwd=ROOT)
        anonymous, status, usage = 0, 0, None
        while usage is None:
            anonymous = max(anonymous, _anonymous(child.pid))
            ended, status, spent = os.wait4(child.pid, os.WNOHANG)
            usage = spent if ended else None
            time.sleep(0 if ended else _EVERY)
        child.returncode = os.waitstatus_to_exitcode(status)
        answer.seek(0)
        tables = json.loads(answer.read().strip().splitlines()[-1])["tables"]
    if child.returncode or [each["rows"] for each in tables] != [rows]:
        raise SystemExit(f"{file.name} was not read: {tables}")
    return {
        "peak MiB": f"{usage.ru_maxrss / 1024:,.0f}",
        "without mapped files": f"{anonymous / 1024:,.0f}",
        "seconds": f"{time.perf_counter() - started:.0f}",
        "CPU seconds": f"{usage.ru_utime + usage.ru_stime:.0f}",
    }


def _anonymous(process: int) -> int:
    """Return the KiB of a process that are no pages of files; 0 if it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")), 0)


def _pieces() -> Iterator[pl.DataFrame]:
    """Yield pieces of a table of numbers, words, codes, dates and moments, without end."""
    random = np.random.default_rng(0)
    first = 0
    while True:
        number = np.arange(first, first + _ROWS)
        moments = pl.Series(random.integers(1_600_000_000, 1_700_000_000, _ROWS)).cast(pl.Int64) * 1_000_000
        yield pl.DataFrame(
            {
                "id": number,
                "customer": random.integers(1, 5_000_000, _ROWS),
                "color": _WORDS[random.integers(0, len(_WORDS), _ROWS)],
                "price": np.round(random.gamma(2, 40, _ROWS), 2),
                "weight": random.normal(50, 9, _ROWS),
                "day": pl.Series(random.integers(15_000, 19_700, _ROWS)).cast(pl.Int32).cast(pl.Date),
                "sent": moments.cast(pl.Datetime("us")),
                "code": pl.Series(number * 2_654_435_761 % 4_294_967_296).cast(pl.String).str.zfill(10) + "-x",
            }
        )
        first += _ROWS


def _write_csv(file: Path, size: int) -> int:
    with file.open("wb") as out:
        return _write(size, out.tell, lambda piece, first: out.write(_csv(piece, header=first)))


def _write_gzip(file: Path, size: int) -> int:
    with gzip.open(file, "wb", compresslevel=1) as out:
        return _write(size, out.tell, lambda piece, first: out.write(_csv(piece, header=first)))


def _write_ndjson(file: Path, size: int) -> int:
    with file.open("wb") as out:
        return _write(size, out.tell, lambda piece, _: out.write(piece.write_ndjson().encode()))


def _write_parquet(file: Path, size: int) -> int:
    import pyarrow.parquet as pq

    first = next(_pieces()).to_arrow()
    with file.open("wb") as out, pq.ParquetWriter(out, first.schema) as writer:
        return _write(size, out.tell, lambda piece, _: writer.write_table(piece.to_arrow()))


def _write(size: int, tell: Callable[[], int], add: Callable[[pl.DataFrame, bool], object]) -> int:
    """Add pieces until a file has its size; return its rows."""
    rows = 0
    for piece in _pieces():
        add(piece, not rows)
        rows += piece.height
        if tell() >= size:
            break
    return rows


def _csv(piece: pl.DataFrame, *, header: bool) -> bytes:
    return piece.write_csv(include_header=header, datetime_format="%Y-%m-%dT%H:%M:%S").encode()


WRITERS: dict[str, Callable[[Path, int], int]] = {
    "csv": _write_csv,
    "gzip": _write_gzip,
    "ndjson": _write_ndjson,
    "parquet": _write_parquet,
}
_SUFFIXES = {"csv": "csv", "gzip": "csv.gz", "ndjson": "ndjson", "parquet": "parquet"}

if __name__ == "__main__":
    main()
