"""Every figure of docs/benchmarks.md, one script after another, at sizes that take about an hour on two idle cores.

python benchmarks/all.py [--only profiles,features] [--list]

Scripts that need the shared datasets are skipped if those are missing. Tables are written below the directory for
temporary files: 5 GB for the scale of 100 million rows.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from common import ROOT, SHARED

DATA = SHARED / "data"
TYPES = DATA / "sortinghat_columns" / "dev.csv"
"""With a `fold` for each column, which keeps every source together; the published file has none."""
RUNS: tuple[tuple[str, tuple[str, ...], Path | None], ...] = (
    ("loading.py", ("--projects", "50", "--tables", "10"), None),
    ("status.py", ("--events", "1e6"), None),
    ("small_run.py", (), None),
    ("whole_way.py", ("--repeats", "3"), None),
    ("sets.py", (), DATA),
    ("suggestions.py", ("--data", str(DATA)), DATA),
    ("suggestions.py", ("--speed",), None),
    ("relationships.py", (), DATA),
    ("sensitivity.py", (), DATA),
    ("column_types.py", ("--data", str(TYPES), "--out", f"{tempfile.gettempdir()}/types.csv", "--folds"), TYPES),
    ("profiles.py", ("--rows", "1e6"), None),
    ("profiles.py", ("--wide", "10000", "--rows", "1000"), None),
    ("profiles.py", ("--append", "--rows", "1e6"), None),
    ("features.py", ("--rows", "1000000"), None),
    ("features.py", ("--rows", "1000000", "--own-cutoffs", "10000"), None),
    ("feature_parity.py", ("--data", str(DATA)), DATA),
    ("reading_formats.py", (), None),
    ("reading.py", ("--rows", "1e6"), None),
    ("reading_memory.py", (), None),
    ("reading_others.py", ("--rows", "5e5"), None),
    ("reading_others.py", ("--only", "xlsx", "--rows", "1e5"), None),
    ("first_look.py", (), None),
    ("increment.py", (), None),
    ("scale.py", ("--rows", "1e6,1e7,1e8"), None),
)
"""A script, its arguments, and the path that it requires."""


def main() -> int:
    """Run the scripts; each prints its tables. Exit with 1 after all have run if one failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="comma-separated names of scripts without .py")
    parser.add_argument("--list", action="store_true", help="print the commands without running them")
    options = parser.parse_args()
    failed = []
    for script, arguments, needed in RUNS:
        if options.only and script.removesuffix(".py") not in options.only.split(","):
            continue
        command = f"python benchmarks/{script} {' '.join(arguments)}".rstrip()
        if needed is not None and not needed.exists():
            print(f"\n## {command}\n\nskipped: {needed.name} is missing", flush=True)
            continue
        print(f"\n## {command}\n", flush=True)
        if options.list:
            continue
        run = subprocess.run([sys.executable, str(ROOT / "benchmarks" / script), *arguments], check=False)
        if run.returncode:
            failed.append(command)
    print("".join(f"\nfailed: {command}" for command in failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
