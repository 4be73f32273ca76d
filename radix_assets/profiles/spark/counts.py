"""Counts of each value of each column, and the statistics that follow from them.

All columns become one long table of column, value and count, by one shuffle of pre-aggregated counts.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa

from radix_assets.profiles.distribution import compute_histogram, compute_quantiles, to_json_values
from radix_assets.profiles.parameters import LEVELS, QUANTILES, SHAPE, TOP
from radix_assets.profiles.sketches.heavy_hitters import HeavyHitters
from radix_assets.profiles.sketches.power_sums import PowerSums
from radix_assets.profiles.sketches.value_counts import ValueCounts
from radix_assets.profiles.spark.values import Key, given, rows
from radix_assets.profiles.state.column import ColumnState
from radix_assets.profiles.statistics.registry import aggregates
from radix_resources.compute.snapshots import Snapshot

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MANY = 1_000_000
"""Distinct values of a column from which they are sorted in parts, on several workers."""
PARTS = 64
_X = "coalesce(CAST(w AS DOUBLE), f)"
_SHAPED = rf"""CASE WHEN char_length(t) > {SHAPE} THEN '…' ELSE
    regexp_replace(regexp_replace(regexp_replace(t, '\\p{{Lu}}', 'A'),
                                  '[\\p{{Ll}}\\p{{Lo}}\\p{{Lt}}\\p{{Lm}}]', 'a'), '\\p{{N}}', '9') END"""


class Counts:
    """The counts of some columns. Use it as a context manager; `exact` fills in their states."""

    def __init__(self, snapshot: Snapshot, states: Sequence[ColumnState], keys: Sequence[Key]) -> None:
        self._states, self._keys, self._rows = states, keys, snapshot.rows
        self._frame = self._counted(snapshot)
        self._summaries: dict[int, Any] = {}

    def __enter__(self) -> Self:
        from pyspark import StorageLevel

        self._frame = self._frame.persist(StorageLevel.MEMORY_AND_DISK)
        self._summaries = {row["k"]: row for row in rows(self._summary())}
        return self

    def __exit__(self, *_: object) -> None:
        self._frame.unpersist()

    def exact(self) -> dict[int, dict[str, Any]]:
        """Return by position of a column with any value the statistics of a second pass."""
        exact: dict[int, dict[str, Any]] = {}
        for place, row in self._summaries.items():
            self._fill(self._states[place], self._keys[place].kind, row)
            exact[place] = {"distinct": row["number"], "top": []}
        if exact:
            self._tops(exact)
            self._spread(exact)
            self._quantiles(exact)
            self._shapes()
        return exact

    def levels(self) -> dict[int, list[Any]]:
        """Return the values of each string or boolean column that has few."""
        categories = self._few()
        levels: dict[int, list[Any]] = {place: [] for place in categories}
        if categories:
            frame = (
                self._frame.where(f"{given('boolean', self._flags(categories))}[k]")
                .select("k", "w", "t")
                .orderBy("k", "w", "t")
            )
            for row in rows(frame):
                levels[row["k"]].append(row["t"] if row["w"] is None else row["w"])
        for place, key in enumerate(self._keys):
            if key.dtype in {"string", "boolean"} and place not in self._summaries:
                levels[place] = []
        return levels

    def _counted(self, snapshot: Snapshot) -> "DataFrame":
        cells = ", ".join(
            f"{place}, {key.sql if key.kind == 'w' else 'CAST(NULL AS BIGINT)'}, "
            f"{key.sql if key.kind == 'f' else 'CAST(NULL AS DOUBLE)'}, "
            f"{key.sql if key.kind == 't' else 'CAST(NULL AS STRING)'}"
            for place, key in enumerate(self._keys)
        )
        long = snapshot.frame.selectExpr(f"stack({len(self._keys)}, {cells}) AS (k, w, f, t)")
        from pyspark.sql import functions as sql

        there = long.where("w IS NOT NULL OR f IS NOT NULL OR t IS NOT NULL")
        return there.groupBy("k", "w", "f", "t").agg(sql.expr("count(*)").alias("n"))

    def _summary(self) -> "DataFrame":
        sums = {"number": "count(*)", "present": "sum(n)", "most": "max(n)", "total": f"sum({_X} * n)"}
        for dtype, kind in sorted({(key.dtype, key.kind) for key in self._keys}):
            for statistic in aggregates(dtype):
                sums[f"{statistic.name}_{kind}"] = statistic.spark.format(value=kind, rows=self._rows)
        return _grouped(self._frame, ["k"], **sums)

    def _fill(self, state: ColumnState, kind: str, row: Any) -> None:
        state.exact_distinct = row["number"]
        state.statistics = {statistic.name: row[f"{statistic.name}_{kind}"] for statistic in aggregates(state.dtype)}
        if state.dtype in {"string", "boolean"} and row["number"] <= LEVELS:  # so that it counts as a category
            state.value_counts = ValueCounts(np.zeros(row["number"], np.int64), np.zeros(row["number"], np.int64))

    def _tops(self, exact: dict[int, dict[str, Any]]) -> None:
        """Add the most frequent values, ties by value, for columns in which any occurs twice."""
        from pyspark.sql import Window
        from pyspark.sql import functions as sql

        often = {place for place in exact if self._summaries[place]["most"] > 1}
        if not often:
            return
        order = Window.partitionBy("k").orderBy(sql.desc("n"), "w", "f", "t")
        frame = self._frame.where(f"{given('boolean', self._flags(often))}[k]")
        frame = frame.withColumn("rank", sql.row_number().over(order)).where(f"rank <= {TOP}")
        tops: dict[int, list[Any]] = defaultdict(list)
        for row in sorted(rows(frame), key=lambda row: row["rank"]):
            value = row[self._keys[row["k"]].kind]
            tops[row["k"]].append((value, row["n"]))
        for place, pairs in tops.items():
            names = to_json_values([value for value, _ in pairs], self._keys[place].dtype)
            exact[place]["top"] = list(zip(names, [number for _, number in pairs], strict=True))

    def _spread(self, exact: dict[int, dict[str, Any]]) -> None:
        """Add histograms, timelines and power sums in one pass: sums for each bar, which are added up here."""
        edges: dict[int, Any] = {}
        for place in exact:
            state = self._states[place]
            if state.dtype in {"integer", "float"} and np.isfinite(state.minimum) and np.isfinite(state.maximum):
                smallest = np.array([state.minimum])
                whole = state.dtype == "integer"
                edges[place] = compute_histogram(smallest, np.array([1]), state.minimum, state.maximum, whole=whole)
            elif state.dtype in {"date", "datetime"} and state.minimum != state.maximum:
                low, high = float(state.minimum), float(state.maximum)
                edges[place] = compute_histogram(np.array([state.minimum]), np.array([1]), low, high, whole=False)
        numbers = [place for place in exact if self._states[place].dtype in {"integer", "float"}]
        chosen = {*edges, *numbers}
        if not chosen:
            return
        inner = [[low for low, _, _ in edges.get(place, [])][1:] for place in range(len(self._keys))]
        means = [self._mean(place) if place in numbers else 0.0 for place in range(len(self._keys))]
        finite = [mean if np.isfinite(mean) else 0.0 for mean in means]
        frame = self._frame.where(f"{given('boolean', self._flags(chosen))}[k]").selectExpr(
            "k",
            "n",
            f"size(filter({given('array<double>', inner)}[k], edge -> edge <= {_X})) AS bar",
            f"{_X} - {given('double', finite)}[k] AS d",
        )
        powers = {f"s{power}": f"sum(n * {' * '.join(['d'] * power)})" for power in range(1, 5)}
        sums: dict[int, dict[int, Any]] = defaultdict(dict)
        for row in rows(_grouped(frame, ["k", "bar"], n="sum(n)", **powers)):
            sums[row["k"]][row["bar"]] = row
        for place, bars in sums.items():
            counts = [bars[bar]["n"] if bar in bars else 0 for bar in range(len(edges.get(place, [])))]
            self._bars(exact[place], self._states[place], edges.get(place), counts)
            if place in numbers:
                self._moments(self._states[place], finite[place], [bars[bar] for bar in sorted(bars)])

    def _mean(self, place: int) -> float:
        row = self._summaries[place]
        return float(row["total"]) / int(row["present"])

    def _bars(self, fields: dict[str, Any], state: ColumnState, edges: Any, counts: list[int]) -> None:
        if not edges:
            return
        if state.dtype in {"integer", "float"}:
            fields["histogram"] = [(low, high, number) for (low, high, _), number in zip(edges, counts, strict=True)]
            return
        moments = to_json_values([round(low) for low, _, _ in edges] + [round(edges[-1][1])], state.dtype)
        fields["timeline"] = list(zip(moments[:-1], moments[1:], counts, strict=True))

    def _moments(self, state: ColumnState, near: float, bars: list[Any]) -> None:
        if state.minimum == state.maximum:
            state.power_sums = PowerSums(state.present, float(state.minimum))
            return
        number = state.present
        one, two, three, four = (sum(float(bar[f"s{power}"]) for bar in bars) for power in range(1, 5))
        # `near` is the mean up to rounding: convert powers about it to powers about the mean
        with np.errstate(all="ignore"):
            off = np.float64(one) / number
            second = two - number * off * off
            third = three - 3.0 * off * two + 2.0 * number * off**3
            fourth = four - 4.0 * off * three + 6.0 * off * off * two - 3.0 * number * off**4
        if not np.isfinite([state.minimum, state.maximum]).all():
            near = float("nan")
        state.power_sums = PowerSums(number, near + float(off), float(second), float(third), float(fourth))

    def _quantiles(self, exact: dict[int, dict[str, Any]]) -> None:
        numbers = [place for place in exact if self._states[place].dtype in {"integer", "float"}]
        if not numbers:
            return
        shares = np.array(QUANTILES)
        asked: list[list[int]] = [[] for _ in self._keys]
        for place in numbers:
            places = shares * (self._states[place].present - 1)
            asked[place] = sorted({*np.floor(places).astype(int).tolist(), *np.ceil(places).astype(int).tolist()})
        values: dict[int, dict[int, Any]] = defaultdict(dict)
        for row in rows(self._at(numbers, asked)):
            for position in asked[row["k"]]:
                if row["upto"] - row["n"] <= position < row["upto"]:
                    values[row["k"]][position] = row[self._keys[row["k"]].kind]
        for place in numbers:
            positions = asked[place]
            dtype = np.float64 if self._states[place].dtype == "float" else np.int64
            ordered = np.array(
                [*(values[place][position] for position in positions), self._states[place].maximum], dtype
            )
            below = np.array([*(position + 1 for position in positions), self._states[place].present])
            exact[place]["quantiles"] = compute_quantiles(ordered, below)

    def _at(self, numbers: list[int], asked: list[list[int]]) -> "DataFrame":
        """Return the values at some positions in the order of each column; `upto` is the cumulative count."""
        from pyspark.sql import Window
        from pyspark.sql import functions as sql

        frame = self._frame.where(f"{given('boolean', self._flags(numbers))}[k]").select("k", "w", "f", "n")
        keys = ["k"]
        before = "CAST(0 AS BIGINT)"
        large = [place for place in numbers if self._summaries[place]["number"] > MANY]
        if large:
            frame, before = self._parted(frame, large, asked)
            keys = ["k", "part"]
        order = Window.partitionBy(*keys).orderBy("w", "f").rowsBetween(Window.unboundedPreceding, 0)
        frame = frame.withColumn("upto", sql.sum("n").over(order) + sql.expr(before))
        here = f"exists({given('array<bigint>', asked)}[k], at -> at >= upto - n AND at < upto)"
        return frame.where(here).select("k", "w", "f", "n", "upto")

    def _parted(self, frame: "DataFrame", large: list[int], asked: list[list[int]]) -> "tuple[DataFrame, str]":
        """Add the part of the column's order that a value is in; keep only the parts that are asked for."""
        shares = ", ".join(str(number / PARTS) for number in range(1, PARTS))
        chosen = frame.where(f"{given('boolean', self._flags(large))}[k]")
        split = _grouped(chosen, ["k"], cuts=f"percentile_approx({_X}, array({shares}), 10000)")
        cuts: list[list[float]] = [[] for _ in self._keys]
        for row in rows(split):
            cuts[row["k"]] = sorted(set(row["cuts"]))
        frame = frame.withColumn("part", _expr(f"size(filter({given('array<double>', cuts)}[k], cut -> cut <= {_X}))"))
        totals = [[0] * (PARTS + 1) for _ in self._keys]
        for row in rows(_grouped(frame, ["k", "part"], n="sum(n)")):
            totals[row["k"]][row["part"]] = row["n"]
        before = [np.cumsum([0, *row])[:-1].tolist() for row in totals]
        needed = [
            [any(low <= at < low + number for at in asked[k]) for low, number in zip(before[k], row, strict=True)]
            for k, row in enumerate(totals)
        ]
        frame = frame.where(f"{given('array<boolean>', needed)}[k][part]")
        return frame, f"{given('array<bigint>', before)}[k][part]"

    def _shapes(self) -> None:
        from pyspark.sql import Window
        from pyspark.sql import functions as sql

        if not any(self._keys[place].kind == "t" for place in self._summaries):
            return
        frame = self._frame.where("t IS NOT NULL").withColumn("shape", _expr(_SHAPED))
        frame = _grouped(frame, ["k", "shape"], n="sum(n)")
        order = Window.partitionBy("k").orderBy(sql.desc("n"), "shape")
        frame = frame.withColumn("rank", sql.row_number().over(order)).where(f"rank <= {TOP}")
        shapes: dict[int, list[Any]] = defaultdict(list)
        for row in rows(frame):
            shapes[row["k"]].append((row["shape"], row["n"]))
        for place, pairs in shapes.items():
            texts = pa.array([shape for shape, _ in pairs], pa.large_string())
            numbers = np.array([number for _, number in pairs], np.int64)
            self._states[place].pattern_counts = HeavyHitters(np.arange(len(pairs), dtype=np.uint64), numbers, texts)

    def _few(self) -> list[int]:
        return [
            place
            for place, row in self._summaries.items()
            if self._keys[place].dtype in {"string", "boolean"} and row["number"] <= LEVELS
        ]

    def _flags(self, places: "Sequence[int] | set[int]") -> list[bool]:
        return [place in places for place in range(len(self._keys))]


def _grouped(frame: "DataFrame", keys: list[str], **sums: str) -> "DataFrame":
    return frame.groupBy(*keys).agg(*(_expr(sql).alias(name) for name, sql in sums.items()))


def _expr(sql: str) -> Any:
    from pyspark.sql import functions

    return functions.expr(sql)
