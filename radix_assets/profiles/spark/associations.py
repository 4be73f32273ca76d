"""Associations by Spark: sums over all rows for each pair of columns, as the state of a pass over the file."""

from typing import TYPE_CHECKING, Any

import numpy as np

from radix_assets.profiles.coefficients import compute_coefficients
from radix_assets.profiles.parameters import SAMPLE
from radix_assets.profiles.schema import Matrix, TableProfile
from radix_assets.profiles.sketches.hashing import of_positions
from radix_assets.profiles.spark.values import Key, number, rows
from radix_assets.profiles.state.category_levels import ROUNDING, Category
from radix_assets.profiles.state.numeric_pairs import Pairs
from radix_assets.profiles.state.table import TableState
from radix_resources.compute.snapshots import ROW, Snapshot, text

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_SUMS = 600
"""Sums in one job."""
_STEP = 1 << 22
"""Row numbers hashed at a time."""


def associate(
    snapshot: Snapshot, state: TableState, keys: list[Key], levels: dict[int, list[Any]], profile: TableProfile
) -> None:
    """Fill in the profile's associations."""
    sums = state.associations
    for place, column in enumerate(sums.categories):
        if column in levels:
            size = len(levels[column])
            sums.groups[place].levels = np.arange(size, dtype=np.uint64)
            sums.groups[place].count = np.zeros((size, len(sums.numbers)))
            sums.groups[place].mean = np.zeros((size, len(sums.numbers)))
        else:
            sums.groups[place].close()
    categories = [place for place, group in enumerate(sums.groups) if not group.many]
    means = {column: _mean(profile, state, column) for column in sums.numbers}
    values = [
        f"{number(keys[column])} - CAST('{means[column]!r}' AS DOUBLE) AS x{i}" for i, column in enumerate(sums.numbers)
    ]
    codes = [
        f"{_code(keys[sums.categories[place]], levels[sums.categories[place]])} AS g{place}" for place in categories
    ]
    frame = snapshot.frame.selectExpr(ROW, *values, *codes)
    if snapshot.rows and sums.numbers:
        sums.pairs = _pairs(frame, [means[column] for column in sums.numbers])
    if snapshot.rows and categories and sums.numbers:
        _by_level(frame, categories, sums.groups, [means[column] for column in sums.numbers])
    for a, b, table in _tables(frame, categories, sums.groups) if snapshot.rows else []:
        sums.tables[f"{a},{b}"] = table
    associations = compute_coefficients(sums, state.names, set(), profile.associations.left_out)
    if sums.numbers:
        associations.spearman = _spearman(_sampled(frame, snapshot.rows, len(sums.numbers)), len(sums.numbers))
        associations.spearman_rows = min(snapshot.rows, SAMPLE)
    profile.associations = associations


def _mean(profile: TableProfile, state: TableState, column: int) -> float:
    """Return roughly the mean: distances from it are small, so sums of their products lose no precision."""
    return profile.columns[state.names[column]].mean or 0.0


def _code(key: Key, levels: list[Any]) -> str:
    if not levels:
        return "CAST(NULL AS INT)"
    literals = ", ".join(text(level) if isinstance(level, str) else str(level) for level in levels)
    return f"CASE WHEN ({key.sql}) IS NOT NULL THEN CAST(array_position(array({literals}), {key.sql}) - 1 AS INT) END"


def _pairs(frame: "DataFrame", means: list[float]) -> Pairs:
    """Return the sums for every two columns over the rows where both are present."""
    size = len(means)
    pairs = [(a, b) for a in range(size) for b in range(size) if a <= b]
    sums: dict[str, float] = {}
    expressions = [
        (f"{part}_{a}_{b}", sql)
        for a, b in pairs
        for part, sql in (
            ("n", f"count(x{a} + x{b})"),
            ("a", f"sum(CASE WHEN x{b} IS NOT NULL THEN x{a} END)"),
            ("b", f"sum(CASE WHEN x{a} IS NOT NULL THEN x{b} END)"),
            ("aa", f"sum(CASE WHEN x{b} IS NOT NULL THEN x{a} * x{a} END)"),
            ("bb", f"sum(CASE WHEN x{a} IS NOT NULL THEN x{b} * x{b} END)"),
            ("ab", f"sum(x{a} * x{b})"),
        )
        if a < b or part in ("n", "a", "aa")
    ]
    for start in range(0, len(expressions), _SUMS):
        chunk = expressions[start : start + _SUMS]
        row = rows(frame.agg(*(_agg(sql, name) for name, sql in chunk)))[0]
        sums |= {name: float(row[name] or 0.0) for name, _ in chunk}
    count, total, square, product = (np.zeros((size, size)) for _ in range(4))
    for a, b in pairs:
        same = a == b
        count[a, b] = count[b, a] = sums[f"n_{a}_{b}"]
        total[a, b], total[b, a] = sums[f"a_{a}_{b}"], sums[f"{'a' if same else 'b'}_{a}_{b}"]
        square[a, b], square[b, a] = sums[f"aa_{a}_{b}"], sums[f"{'aa' if same else 'bb'}_{a}_{b}"]
        product[a, b] = product[b, a] = sums[f"{'aa' if same else 'ab'}_{a}_{b}"]
    part = total / np.maximum(count, 1)
    middle = np.array(means)[:, None]
    return Pairs(count, middle + part, square - total * part, product - part * total.T)


def _by_level(frame: "DataFrame", categories: list[int], groups: list[Category], means: list[float]) -> None:
    cells = ", ".join(f"{place}, g{place}" for place in categories)
    size = len(means)
    long = frame.selectExpr(f"stack({len(categories)}, {cells}) AS (k, g)", *(f"x{i}" for i in range(size)))
    sums = [_agg(f"count(x{i})", f"n{i}") for i in range(size)]
    sums += [_agg(f"sum(x{i})", f"s{i}") for i in range(size)]
    sums += [_agg(f"sum(x{i} * x{i})", f"q{i}") for i in range(size)]
    for row in rows(long.where("g IS NOT NULL").groupBy("k", "g").agg(*sums).orderBy("k", "g")):
        group, level = groups[row["k"]], row["g"]
        for i in range(size):
            if row[f"n{i}"]:
                part = row[f"s{i}"] / row[f"n{i}"]
                group.count[level, i], group.mean[level, i] = row[f"n{i}"], means[i] + part
                rest = row[f"q{i}"] - row[f"s{i}"] * part
                group.within[i] += rest if rest > ROUNDING * row[f"q{i}"] else 0.0


def _tables(frame: "DataFrame", categories: list[int], groups: list[Category]) -> list[tuple[int, int, Any]]:
    pairs = [(a, b) for a in categories for b in categories if a < b]
    if not pairs:
        return []
    tables = [np.zeros((len(groups[a].levels), len(groups[b].levels)), np.int64) for a, b in pairs]
    cells = ", ".join(f"{place}, g{a}, g{b}" for place, (a, b) in enumerate(pairs))
    long = frame.selectExpr(f"stack({len(pairs)}, {cells}) AS (k, a, b)").where("a IS NOT NULL AND b IS NOT NULL")
    for row in rows(long.groupBy("k", "a", "b").agg(_agg("count(*)", "n"))):
        tables[row["k"]][row["a"], row["b"]] = row["n"]
    return [(a, b, table) for (a, b), table in zip(pairs, tables, strict=True)]


def _sampled(frame: "DataFrame", total: int, size: int) -> "DataFrame":
    """Return the rows whose numbers have the smallest hashes: the sample that a pass over the file takes."""
    frame = frame.select(ROW, *(f"x{i}" for i in range(size)))
    if total <= SAMPLE:
        return frame
    hashed = (
        f"{ROW} + (-7046029254386353131L) AS h",
        "(h ^ shiftrightunsigned(h, 30)) * (-4658895280553007687L) AS h",
        "(h ^ shiftrightunsigned(h, 27)) * (-7723592293110705685L) AS h",
        "h ^ shiftrightunsigned(h, 31) AS h",
    )
    columns = frame.columns
    for sql in hashed:
        frame = frame.selectExpr(*columns, sql)
    last = int(_last(total))
    # compare unsigned numbers as signed ones
    return frame.where(f"(h ^ (-9223372036854775807L - 1L)) <= {_signed(last ^ (1 << 63))}").drop("h")


def _signed(bits: int) -> str:
    value = bits - (1 << 64) if bits >= 1 << 63 else bits
    return "(-9223372036854775807L - 1L)" if value == -(1 << 63) else f"({value}L)"


def _last(total: int) -> np.uint64:
    """Return the largest hash in the sample."""
    best = of_positions(0, 0)
    for start in range(0, total, _STEP):
        best = np.sort(np.concatenate((best, of_positions(start, min(_STEP, total - start)))))[:SAMPLE]
    return np.uint64(best[-1])


def _spearman(sample: "DataFrame", size: int) -> Matrix:
    """Return rank correlations, each over the rows where both are present; ties share their mean rank."""
    coefficients = np.full((size, size), np.nan)
    pairs = [(a, b) for a in range(size) for b in range(size) if a <= b]
    for start in range(0, len(pairs), _SUMS):
        chunk = pairs[start : start + _SUMS]
        cells = ", ".join(f"{place}, x{a}, x{b}" for place, (a, b) in enumerate(chunk))
        long = sample.selectExpr(f"stack({len(chunk)}, {cells}) AS (k, a, b)").where("a IS NOT NULL AND b IS NOT NULL")
        ranked = long.selectExpr(
            "k",
            *(
                f"rank() OVER (PARTITION BY k ORDER BY {x}) + (count(*) OVER (PARTITION BY k, {x}) - 1) / 2.0D AS {x}"
                for x in "ab"
            ),
            "(count(*) OVER (PARTITION BY k) + 1) / 2.0D AS m",
        )
        sums = ranked.groupBy("k").agg(
            _agg("count(*)", "n"),
            _agg("sum((a - m) * (b - m))", "ab"),
            _agg("sum((a - m) * (a - m))", "aa"),
            _agg("sum((b - m) * (b - m))", "bb"),
        )
        for row in rows(sums):
            a, b = chunk[row["k"]]
            if row["n"] > 1 and row["aa"] > 0 and row["bb"] > 0:
                coefficients[a, b] = coefficients[b, a] = np.clip(row["ab"] / np.sqrt(row["aa"] * row["bb"]), -1.0, 1.0)
    return [[None if np.isnan(value) else round(float(value), 12) for value in row] for row in coefficients]


def _agg(sql: str, name: str) -> Any:
    from pyspark.sql import functions

    return functions.expr(sql).alias(name)
