"""Profiles and the full ydata-profiling page: time and peak memory of whole processes, medians of runs in turn.

python benchmarks/profiles.py --rows 1000000              # 20 mixed columns, with associations
python benchmarks/profiles.py --wide 10000 --rows 1000    # many columns
python benchmarks/profiles.py --append --rows 1000000     # 1 % new rows, and all from scratch
"""

import argparse
import json
import sys
import tempfile
from functools import partial
from pathlib import Path

import tables
from common import Cost, medians, python, table

_RADIX = """
import json, sys, time
from pathlib import Path
from radix_assets.profiles.compute import profile_from
import polars as pl
file, previous, state, out = (Path(word) if word != "-" else None for word in {words!r})
if {warm}:  # modules loaded on first use are not a cost of the table
    for rows in (80_000, 81_000):
        pl.scan_parquet(file).head(rows).sink_parquet(out, row_group_size=20_000)
        profile_from("t", out, previous=state).save(state)
started, spent = time.perf_counter(), time.process_time()
found = profile_from("t", file, previous=previous)
found.save(state)
out.write_text(found.profile.model_dump_json())
took = {{"seconds": time.perf_counter() - started, "cpu": time.process_time() - spent}}
print(json.dumps(took | {{"carried": found.profile.carried}}))
"""
_PAGE = """
import os, warnings
os.environ["YDATA_PROFILING_NO_ANALYTICS"] = "True"
os.environ["MPLBACKEND"] = "agg"
warnings.simplefilter("ignore")
import polars as pl
from polars import selectors as cs
from ydata_profiling import ProfileReport
frame = pl.read_parquet({file!r}).with_columns(cs.date().cast(pl.Datetime("us"))).to_pandas()
ProfileReport(frame, title="t", progress_bar=False, minimal={minimal}).to_file({out!r}, silent=True)
"""


def profile(
    folder: Path, file: Path, previous: Path | None = None, state: str = "state.arrow", *, warm: bool = False
) -> Cost:
    """Return the cost of a process that profiles a file and writes profile and state."""
    words = [str(file), str(previous) if previous else "-", str(folder / state), str(folder / "profile.json")]
    return python(_RADIX.format(words=words, warm=warm), {})


def inner(folder: Path, file: Path, previous: Path | None = None, state: str = "state.arrow") -> Cost:
    """Return the same cost, timed inside the process: without the start of Python and the imports."""
    cost = profile(folder, file, previous, state, warm=True)
    answer = json.loads(cost.output.strip().splitlines()[-1])
    if previous is not None and not answer["carried"]:
        raise SystemExit("nothing was carried over")
    return Cost(answer["seconds"], cost.peak_mib, answer["cpu"])


def page(folder: Path, file: Path, *, minimal: bool = False) -> Cost:
    """Return the cost of a process that renders the page of ydata-profiling."""
    return python(_PAGE.format(file=str(file), out=str(folder / "page.html"), minimal=minimal), {})


def line(name: str, cost: Cost, base: Cost | None) -> dict[str, object]:
    """Return one row of the printed table."""
    found: dict[str, object] = {
        "": name,
        "seconds": f"{cost.seconds:.2f}",
        "CPU seconds": f"{cost.cpu:.2f}",
        "peak MiB": f"{cost.peak_mib:,.0f}",
    }
    if base is not None:
        found["times faster"] = f"{base.seconds / cost.seconds:.1f}"
        found["share of memory"] = f"{cost.peak_mib / base.peak_mib:.0%}"
    return found


def compare_with_page(folder: Path, rows: int, columns: int, repeats: int, *, alone: bool) -> None:
    """Compare all statistics of a tall table with the page of ydata-profiling."""
    file = folder / f"mixed_{rows}_{columns}.parquet"
    tables.write(file, rows, columns)
    runs = [partial(profile, folder, file)] + ([] if alone else [partial(page, folder, file)])
    found = medians(repeats, *runs)
    print(f"\n{rows:,} rows × {columns} mixed columns, {file.stat().st_size / 1e6:.0f} MB of Parquet\n")
    lines = [line("Radix: all statistics, associations, state", found[0], None if alone else found[1])]
    if not alone:
        lines.append(line("ydata-profiling: full page", found[1], found[1]))
    print(table(lines))


def wide(folder: Path, rows: int, columns: int, repeats: int) -> None:
    """Profile a table with many columns."""
    file = folder / f"wide_{rows}_{columns}.parquet"
    tables.wide(file, rows, columns)
    (found,) = medians(repeats, partial(profile, folder, file))
    print(f"\n{columns:,} columns × {rows:,} rows\n")
    print(table([line("Radix: all statistics, state", found, None)]))


def appended(folder: Path, rows: int, columns: int, repeats: int) -> None:
    """Profile one percent of new rows: from the previous state, beside the whole from scratch."""
    before, after = folder / f"mixed_{rows}_{columns}.parquet", folder / f"mixed_{rows + rows // 100}_{columns}.parquet"
    tables.write(before, rows, columns)
    tables.write(after, rows + rows // 100, columns)
    profile(folder, before, state="before.parquet")
    found = medians(repeats, partial(inner, folder, after), partial(inner, folder, after, folder / "before.parquet"))
    print(f"\n{rows:,} rows × {columns} mixed columns and 1 % more; seconds without the start of the process\n")
    whole, more = found
    lines = [line("the whole again", whole, None), line("from the state before", more, None)]
    for entry, cost in zip(lines, found, strict=True):
        entry["share of the time"] = f"{cost.seconds / whole.seconds:.1%}"
        entry["of CPU seconds"] = f"{cost.cpu / whole.cpu:.1%}"
    print(table(lines))
    print(f"\nstate: {(folder / 'before.parquet').stat().st_size / 1e6:.1f} MB")


def main() -> None:
    """Run the benchmarks that the arguments name; without any, those of docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=None)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--wide", type=int, default=0, metavar="COLUMNS")
    parser.add_argument("--append", action="store_true")
    parser.add_argument("--alone", action="store_true", help="without ydata-profiling")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()) / "radix_benchmarks")
    arguments = parser.parse_args()
    folder: Path = arguments.directory
    folder.mkdir(parents=True, exist_ok=True)
    everything = arguments.rows is None and not arguments.wide and not arguments.append
    if arguments.wide or everything:
        wide(folder, arguments.rows or 1_000, arguments.wide or 10_000, arguments.repeats)
    if arguments.append or everything:
        appended(folder, arguments.rows or 1_000_000, arguments.columns, arguments.repeats)
    if everything or not (arguments.wide or arguments.append):
        compare_with_page(
            folder, arguments.rows or 1_000_000, arguments.columns, arguments.repeats, alone=arguments.alone
        )


if __name__ == "__main__":
    sys.exit(main())
