"""How often unchanged data alarm, and how often changed data do not: simulated tables, split by time.

    python benchmarks/drift.py [--tables 40]

Each table has columns of many kinds, none of which changes: independent, resembling their neighbours, with a season of
a day, a week or a year, of entities that come again, with heavy tails, few values, missing cells. The last part of the
rows is compared with the rows before. The second table lists the same columns changed from there on.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl
from common import table

from radix_assets.monitoring.drift import Spacing, column_drift
from radix_assets.monitoring.rows import MIN_ROWS

Values = npt.NDArray[np.float64]
SIZES = (120, 400, 1000, 4000, 12_000)
LAST = (0.1, 0.2, 0.3)
HELD = 10_000
"""Most rows per side, as in monitoring."""


def level(rng: np.random.Generator, rows: int, memory: float) -> Values:
    """Return numbers of which each keeps a share of the one before."""
    values = np.empty(rows)
    last = rng.normal() / np.sqrt(1 - memory**2)
    for place, step in enumerate(rng.normal(size=rows)):
        last = memory * last + step
        values[place] = last
    return values


def season(rng: np.random.Generator, rows: int, period: float) -> Values:
    """Return a wave with noise."""
    phase = rng.random() * 2 * np.pi
    return np.sin(2 * np.pi * np.arange(rows) / period + phase) + 0.5 * rng.normal(size=rows)


def unchanged(rng: np.random.Generator, rows: int) -> dict[str, pl.Series]:
    """Return columns in the order of time."""
    entity = rng.normal(size=max(3, rows // 50))[rng.integers(0, max(3, rows // 50), rows)]
    names = np.array([f"v{n}" for n in range(40)])
    columns: dict[str, Values | list[object] | npt.NDArray[np.str_]] = {
        "normal": rng.normal(size=rows),
        "lognormal": rng.lognormal(0, 2, rows),
        "heavy tails": rng.standard_t(1.5, rows),
        "counts": rng.poisson(0.4, rows).astype(float),
        "flag, 3 %": (rng.random(rows) < 0.03).astype(float),
        "grades": rng.integers(1, 6, rows).astype(float),
        "of an entity": entity + 0.2 * rng.normal(size=rows),
        "memory 0.5": level(rng, rows, 0.5),
        "memory 0.9": level(rng, rows, 0.9),
        "season of 24 rows": season(rng, rows, 24),
        "season of a twentieth": season(rng, rows, rows / 20),
        "season of a sixth": season(rng, rows, rows / 6),
        "three kinds": names[rng.choice(3, rows, p=[0.6, 0.3, 0.1])],
        "forty kinds": names[np.minimum(rng.geometric(0.15, rows) - 1, 39)],
        "kinds with memory": names[(level(rng, rows, 0.9) > 0).astype(int)],
    }
    result = {name: pl.Series(values) for name, values in columns.items()}
    for name, share in (("normal", 0.3), ("three kinds", 0.1), ("normal", 0.01)):
        gone = pl.Series(rng.random(rows) < share)
        result[f"{name}, {share:.0%} missing"] = hidden(result[name], gone)
    result["missing in runs"] = hidden(result["normal"], pl.Series(level(rng, rows, 0.9) > 1.5))
    return result


def hidden(values: pl.Series, gone: pl.Series) -> pl.Series:
    """Return values without those that are marked."""
    return pl.DataFrame({"v": values, "g": gone}).select(pl.when(~pl.col("g")).then("v")).to_series()


def moved(values: pl.Series, late: Values, rng: np.random.Generator) -> pl.Series:
    """Return numbers raised by half a standard deviation, and categories of which a quarter is another one."""
    if values.dtype.is_numeric():
        spread = float(values.quantile(0.84) - values.quantile(0.16)) / 2  # type: ignore[operator]
        return values + pl.Series(late) * 0.5 * max(spread, 0.2)
    hit = pl.Series((late > 0) & (rng.random(len(values)) < 0.25))
    return pl.DataFrame({"v": values, "h": hit}).select(pl.when("h").then(pl.lit("v9")).otherwise("v")).to_series()


def emptied(values: pl.Series, late: Values, rng: np.random.Generator) -> pl.Series:
    """Return values of which a third of the late ones is missing."""
    return hidden(values, pl.Series((late > 0) & (rng.random(len(values)) < 0.33)))


CHANGES: dict[str, Callable[[pl.Series, Values, np.random.Generator], pl.Series]] = {
    "nothing": lambda values, _late, _rng: values,
    "moved": moved,
    "a third missing": emptied,
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=40, help="tables of each size and split")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    alarms: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for rows in SIZES:
        for last in LAST:
            for draw in range(arguments.tables):
                rng = np.random.default_rng([arguments.seed, rows, round(100 * last), draw])
                cut = round(rows * (1 - last))
                late = (np.arange(rows) >= cut).astype(float)
                for name, values in unchanged(rng, rows).items():
                    for change, apply in CHANGES.items():
                        found = alarm(apply(values, late, rng), cut, rng)
                        if found is not None:
                            alarms[name, change].append(found)
                            alarms[f"all, {rows:,} rows", change].append(found)
                            alarms["all", change].append(found)
    names = list(dict.fromkeys(name for name, _ in alarms))
    print(table([{"columns": name, **{change: share(alarms[name, change]) for change in CHANGES}} for name in names]))


def alarm(values: pl.Series, cut: int, rng: np.random.Generator) -> bool | None:
    """Return whether a column alarms; None if there are too few rows."""
    sides = [part(values[:cut], rng), part(values[cut:], rng)]
    thinned = (cut / len(sides[0])) / ((len(values) - cut) / len(sides[1]))
    found = column_drift("x", *sides, Spacing(in_time=True, thinned=thinned), least=MIN_ROWS)
    return None if found is None else found.drifted


def part(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Return at most as many rows as monitoring compares."""
    return values if len(values) <= HELD else values.gather(np.sort(rng.choice(len(values), HELD, replace=False)))


def share(alarms: list[bool]) -> str:
    """Return alarms and columns."""
    return f"{sum(alarms)}/{len(alarms)} = {sum(alarms) / max(1, len(alarms)):.4f}"


if __name__ == "__main__":
    main()
