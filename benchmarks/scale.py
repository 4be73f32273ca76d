"""Tables from 1 to 100 million rows: profiled and aggregated, each in a separate process, with its peak memory.

python benchmarks/scale.py --rows 1e6,1e7,1e8

Aggregated: featuretools' default primitives of every usable column, as of one cutoff, for each of the 50,000 codes that
the rows belong to, by the feature engine. The tables are written once, below --directory, and stay there (100 million
rows of 10 columns are about 4 GB).
"""

import argparse
import math
import os
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

import polars as pl
import profiles
import tables
from common import ROOT, Cost, medians, python, table

PICTURE = ROOT / "docs" / "pictures" / "scale.png"
LIMIT = 4_096
"""MiB."""


def profiled(folder: Path, rows: int, columns: int, repeats: int) -> Cost:
    """Return time and peak of a process that profiles the table and writes profile and state."""
    file = folder / f"mixed_{rows}_{columns}.parquet"
    tables.write(file, rows, columns)
    (cost,) = medians(repeats, partial(profiles.profile, folder, file))
    return cost


_AGGREGATED = """
from pathlib import Path
import polars as pl
from radix_assets.features.engines.dispatch import compute
from radix_assets.asof.matrix_columns import CUTOFF
from radix_assets.asof.plan import Aggregation, Identity, Input, Link, Output, Plan
link = Link(child="rows", child_columns=("code_0",), parent="codes", parent_columns=("code_0",))
number = ("sum", "mean", "std", "skew", "min", "max")
wanted = {{"float_0": number, "skewed_0": number, "integer_0": number, "sparse_0": number,
    "boolean_0": ("percent_true",), "category_0": ("num_unique", "mode")}}
readings = {{"boolean_0": "boolean", "category_0": "categorical"}}
outputs = [Output(name="count", type="numeric", node=Aggregation(primitive="count", path=(0,)))]
for column, primitives in wanted.items():
    base = Identity(table="rows", columns=(column,), reading=readings.get(column, "numeric"))
    for primitive in primitives:
        node = Aggregation(primitive=primitive, path=(0,), base=base)
        kind = "categorical" if primitive == "mode" else "numeric"
        outputs.append(Output(name=primitive + " " + column, type=kind, node=node))
inputs = [Input(name="code_0", dtype="String", required=True)]
plan = Plan(table="codes", times={{"rows": ("datetime_0",)}}, links=[link], outputs=outputs, inputs=inputs)
tables = {{name: Path({folder!r}) / name for name in ("rows", "codes")}}
asked = pl.read_parquet(tables["codes"] / "data.parquet")
asked = asked.with_columns(pl.lit(1_680_000_000_000_000).cast(pl.Datetime("us")).alias(CUTOFF))
compute(plan, tables, asked).write_parquet(Path({folder!r}) / "matrix.parquet")
"""
"""The cutoff is the time by which four of five rows were known."""


def aggregated(folder: Path, rows: int, columns: int, repeats: int) -> Cost:
    """Return time and peak of a process that computes features of all rows, and writes them."""
    tables_of = folder / f"aggregated_{rows}"
    shutil.rmtree(tables_of, ignore_errors=True)
    for name in ("rows", "codes"):
        (tables_of / name).mkdir(parents=True)
    (tables_of / "rows" / "data.parquet").symlink_to((folder / f"mixed_{rows}_{columns}.parquet").resolve())
    codes = pl.Series("code_0", range(50_000)).cast(pl.String).str.zfill(5) + "-AB"
    codes.to_frame().write_parquet(tables_of / "codes" / "data.parquet")
    (cost,) = medians(repeats, partial(python, _AGGREGATED.format(folder=str(tables_of)), {}))
    shutil.rmtree(tables_of)
    return cost


def draw(found: dict[str, dict[int, Cost]], file: Path) -> None:
    """Plot time and memory against rows, beside a line of slope one."""
    os.environ.setdefault("MPLBACKEND", "agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
    for (name, costs), colour in zip(found.items(), ("#3566b0", "#3f9b76", "#d8863b"), strict=False):
        rows = sorted(costs)
        left.loglog(rows, [costs[one].cpu for one in rows], "o-", color=colour, label=name)
        right.semilogx(rows, [costs[one].peak_mib for one in rows], "o-", color=colour, label=name)
        most = costs[rows[-1]].cpu / rows[-1]
        left.loglog(rows, [one * most for one in rows], ":", color=colour, linewidth=1)
    left.set(xlabel="rows", ylabel="CPU seconds", title="time; dotted: in proportion to the rows")
    right.axhline(LIMIT, color="#c9657b", linewidth=1, linestyle="--")
    right.set(xlabel="rows", ylabel="MiB", title="peak memory; dashed: 4 GiB", ylim=(0, LIMIT * 1.1))
    for axes in (left, right):
        axes.title.set_fontsize(9)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
    left.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=90)


def lines(name: str, costs: dict[int, Cost]) -> list[dict[str, object]]:
    """Return rows of the printed table; the exponent is that of the growth since the previous row.

    It uses CPU seconds, since other work on the machine varies over the minutes that the largest table takes.
    """
    found: list[dict[str, object]] = []
    before: tuple[int, Cost] | None = None
    for rows, cost in sorted(costs.items()):
        growth = ""
        if before is not None:
            growth = f"{math.log(cost.cpu / before[1].cpu) / math.log(rows / before[0]):.2f}"
        found.append(
            {
                "": name,
                "rows": f"{rows:,}",
                "seconds": f"{cost.seconds:.1f}",
                "CPU seconds": f"{cost.cpu:.1f}",
                "peak MiB": f"{cost.peak_mib:,.0f}",
                "growth of CPU seconds: rows to the power of": growth,
            }
        )
        before = rows, cost
    return found


def main() -> int:
    """Measure, print and plot. Fail if a process needs more than 4 GiB."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="1e6,1e7,1e8", help="such as 1e6,1e7,1e8")
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()) / "radix_benchmarks")
    parser.add_argument("--picture", type=Path, default=PICTURE)
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    sizes = [int(float(word)) for word in arguments.rows.split(",")]
    found = {
        name: {rows: run(arguments.directory, rows, arguments.columns, arguments.repeats) for rows in sizes}
        for name, run in (("profile", profiled), ("features", aggregated))
    }
    print(f"\n{arguments.columns} mixed columns\n")
    print(table([line for name, costs in found.items() for line in lines(name, costs)]))
    draw(found, arguments.picture)
    worst = max(cost.peak_mib for costs in found.values() for cost in costs.values())
    if worst > LIMIT:
        print(f"\n{worst:,.0f} MiB are more than {LIMIT:,}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
