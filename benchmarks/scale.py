"""Tables from 1 to 100 million rows: profiled, each in a process of its own, under a stated peak of memory.

python benchmarks/scale.py --rows 1e6,1e7,1e8

The tables are made once, below --directory, and kept there (100 million rows of 10 columns are about 4 GB).
"""

import argparse
import math
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

import profiles
import tables
from common import ROOT, Cost, medians, table

PICTURE = ROOT / "docs" / "pictures" / "scale.png"
LIMIT = 4_096
"""MiB."""


def profiled(folder: Path, rows: int, columns: int, repeats: int) -> Cost:
    """Time and peak of a process that profiles the table and writes profile and state."""
    file = folder / f"mixed_{rows}_{columns}.parquet"
    tables.write(file, rows, columns)
    (cost,) = medians(repeats, partial(profiles.profile, folder, file))
    return cost


def draw(found: dict[str, dict[int, Cost]], file: Path) -> None:
    """Time and memory against rows, beside a line of slope one."""
    os.environ.setdefault("MPLBACKEND", "agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
    for (name, costs), colour in zip(found.items(), ("#3566b0", "#3f9b76", "#d8863b"), strict=False):
        rows = sorted(costs)
        left.loglog(rows, [costs[one].seconds for one in rows], "o-", color=colour, label=name)
        right.semilogx(rows, [costs[one].peak_mib for one in rows], "o-", color=colour, label=name)
        most = costs[rows[-1]].seconds / rows[-1]
        left.loglog(rows, [one * most for one in rows], ":", color=colour, linewidth=1)
    left.set(xlabel="rows", ylabel="seconds", title="time; dotted: in proportion to the rows")
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
    """Rows of the table that is printed; the exponent is that of the growth since the row before."""
    found: list[dict[str, object]] = []
    before: tuple[int, Cost] | None = None
    for rows, cost in sorted(costs.items()):
        growth = ""
        if before is not None:
            growth = f"{math.log(cost.seconds / before[1].seconds) / math.log(rows / before[0]):.2f}"
        found.append(
            {
                "": name,
                "rows": f"{rows:,}",
                "seconds": f"{cost.seconds:.1f}",
                "CPU seconds": f"{cost.cpu:.1f}",
                "peak MiB": f"{cost.peak_mib:,.0f}",
                "growth: rows to the power of": growth,
            }
        )
        before = rows, cost
    return found


def main() -> int:
    """Measure, print and draw. Fails where a process needs more than 4 GiB."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="1e6,1e7,1e8", help="such as 1e6,1e7,1e8")
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()) / "radix_benchmarks")
    parser.add_argument("--picture", type=Path, default=PICTURE)
    given = parser.parse_args()
    given.directory.mkdir(parents=True, exist_ok=True)
    sizes = [int(float(word)) for word in given.rows.split(",")]
    found = {"profile": {rows: profiled(given.directory, rows, given.columns, given.repeats) for rows in sizes}}
    print(f"\n{given.columns} mixed columns\n")
    print(table([line for name, costs in found.items() for line in lines(name, costs)]))
    draw(found, given.picture)
    worst = max(cost.peak_mib for costs in found.values() for cost in costs.values())
    if worst > LIMIT:
        print(f"\n{worst:,.0f} MiB are more than {LIMIT:,}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
