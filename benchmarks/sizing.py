"""The accuracy of predicted memory, time and output of steps, and the measurements that Radix ships for it.

    python benchmarks/sizing.py                          # leave one project out, on the shipped measurements
    python benchmarks/sizing.py --check FILE             # the shipped ones against other measurements
    python benchmarks/sizing.py --gather FILE            # run the datasets again (half an hour), a line per step
    python benchmarks/sizing.py --gather FILE --sets northwind,wine_quality

Each dataset is `radix new` and `radix run` from scratch, in a separate state directory. `name*5` is the rows of the
dataset five times, in another order each time; `mixed*N` is N rows of ten mixed columns, as far as the tags. A step
fits if its peak is at most the memory of its first attempt, the upper bound of the prediction.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from common import SHARED, table
from tables import write

from radix_resources.sizing.ledger import Ledger, Used
from radix_resources.sizing.predict import fit

DATA = SHARED / "data"
SETS = {
    "penguins": ("penguins.csv", "species"),
    "insurance": ("insurance.csv", "charges"),
    "titanic": ("titanic.csv", "Survived"),
    "credit_data": ("credit_data.csv", "Status"),
    "bike_sharing": ("hour.csv", "cnt"),
    "oracle_hr": ("", "employees.salary"),
    "kedro_spaceflights": ("", "shuttles.price"),
    "diamonds": ("diamonds.csv", "price"),
    "adult_income*5": ("adults.parquet", "class"),
    "mixed*300000": ("", ""),
    "mixed*3000000": ("", ""),
}
"""File and target of each; all files of the folder if none is named. They differ in rows, columns and tables."""
UNSEEN = {
    "wine_quality": ("winequality-white.csv", "quality"),
    "mlc_churn": ("mlc_churn.csv", "churn"),
    "northwind": ("", "Orders.Freight"),
}
"""Held out while the curves were chosen."""


def gather(name: str, file: Path) -> None:
    """Run one dataset and append a line for each of its steps."""
    source, target = (SETS | UNSEEN)[name]
    project = name.replace("*", "_x")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        environment = {"RADIX_HOME": str(home), "RADIX_PROJECTS": f"{folder}/projects"}
        path = _source(name, source, Path(folder))
        asked = target if "." in target else f"{path.stem}.{target}"
        arguments = ["--target", asked, "--accept", "auto"] if target else []
        _radix(environment, "new", project, str(path), *arguments)
        _radix(environment, "run", project, "--json")
        _radix(environment, "down")
        lines = [used.model_copy(update={"at": 0.0}) for used in Ledger(home / "usage.jsonl").read()]
    with file.open("a", encoding="utf-8") as stream:
        stream.writelines(used.model_dump_json(exclude_defaults=True) + "\n" for used in lines)
    print(f"{name}: {len(lines)} steps", file=sys.stderr, flush=True)


def _source(name: str, source: str, folder: Path) -> Path:
    base, _, times = name.partition("*")
    if base == "mixed":
        write(folder / "mixed.parquet", int(times), 10)
        return folder / "mixed.parquet"
    path = DATA / base / source
    if not times:
        return path
    rows = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema_length=None)
    copies = pl.concat([rows.sample(fraction=1, shuffle=True, seed=seed) for seed in range(int(times))])
    copies.write_csv(folder / f"{path.stem}.csv")
    return folder / f"{path.stem}.csv"


def _radix(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "radix_assets.cli", *arguments]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 2):
        print(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stderr[-500:]}", file=sys.stderr)


def read(file: Path) -> list[Used]:
    """Read the measurements of a file."""
    return [Used.model_validate(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def foreseen(known: Sequence[Used], new: Sequence[Used]) -> Iterator[dict[str, float | str | bool]]:
    """Predict each new step from the known ones."""
    sizing = fit([], known)
    for used in new:
        found = sizing.predict(used.need)
        yield {
            "project": used.step.partition("/")[0],
            "stage": used.need.stage,
            "fits": used.usage.peak_bytes <= found.peak_bytes.high,
            "over": found.peak_bytes.high / used.usage.peak_bytes,
            "cpu": used.usage.cpu_seconds <= found.cpu_seconds.high,
            "seconds": found.seconds.middle / max(used.usage.seconds, 0.01),
            "output": used.usage.output_bytes <= found.output_bytes.high,
        }


def left_out(runs: Sequence[Used]) -> Iterator[dict[str, float | str | bool]]:
    """Predict each project from all others; a dataset and its copies are one project."""

    def origin(used: Used) -> str:
        return used.step.partition("/")[0].partition("_x")[0]

    for project in dict.fromkeys(map(origin, runs)):
        yield from foreseen(
            [one for one in runs if origin(one) != project], [one for one in runs if origin(one) == project]
        )


def show(rows: list[dict[str, float | str | bool]]) -> None:
    """Print the accuracy by stage and in total."""
    shown = []
    for stage in [*dict.fromkeys(row["stage"] for row in rows), "all"]:
        some = [row for row in rows if stage in {"all", row["stage"]}]
        shown.append(
            {
                "stage": stage,
                "steps": len(some),
                "fit at the first try": f"{np.mean([row['fits'] for row in some]):.1%}",
                "asked / used (median)": f"{np.median([row['over'] for row in some]):.2f}",
                "CPU seconds within": f"{np.mean([row['cpu'] for row in some]):.1%}",
                "output within": f"{np.mean([row['output'] for row in some]):.1%}",
                "seconds foreseen / taken": f"{np.median([row['seconds'] for row in some]):.2f}",
            }
        )
    print(table(shown))


def main() -> None:
    """Run what the arguments request."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gather", type=Path)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--check", type=Path)
    arguments = parser.parse_args()
    shipped = Path(__file__).parents[1] / "radix_resources" / "sizing" / "defaults.jsonl"
    if arguments.gather:
        for name in arguments.sets.split(","):
            gather(name, arguments.gather)
    elif arguments.check:
        show(list(foreseen(read(shipped), read(arguments.check))))
    else:
        show(list(left_out(read(shipped))))


if __name__ == "__main__":
    main()
