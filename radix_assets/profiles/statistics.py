"""Exact statistics of every column over all rows.

Columns are read in blocks of a bounded number of cells, so memory does not grow with the width of a table. Numbers and
moments are sorted once; order statistics, histogram and frequencies all follow from the sorted values.
"""

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors as cs

from radix_assets.profiles.model import ColumnProfile, DType, TableProfile

BLOCK = 20_000_000
"""Cells that are held at once."""
BINS = 30
TOP = 10
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_TYPES: dict[str, DType] = {
    "Int64": "integer",
    "Float64": "float",
    "Boolean": "boolean",
    "String": "string",
    "Date": "date",
    "Datetime": "datetime",
    "Time": "time",
}


def profile_table(table: str, file: Path) -> TableProfile:
    """Statistics of a Parquet file in canonical types."""
    frame = pl.scan_parquet(file)
    names = frame.collect_schema().names()
    rows = int(frame.select(pl.len()).collect().item())
    columns: dict[str, ColumnProfile] = {}
    width = max(1, BLOCK // max(rows, 1))
    for start in range(0, len(names), width):
        # By position, since Polars takes a name such as ^a.*$ for a pattern, even in methods of a series.
        block = frame.select(cs.by_index(*range(start, min(start + width, len(names))))).collect(engine="streaming")
        block.columns = [f"c{number}" for number in range(block.width)]
        for name, profile in zip(names[start : start + width], _profile_block(block), strict=True):
            columns[name] = profile.model_copy(update={"name": name})
    return TableProfile(table=table, rows=rows, columns=columns, duplicates=_duplicates(frame, columns, rows))


def _duplicates(frame: pl.LazyFrame, columns: dict[str, ColumnProfile], rows: int) -> int:
    """Rows that repeat an earlier one, by a 64-bit hash of every row."""
    if rows < 2 or not columns or any(column.unique for column in columns.values()):  # noqa: PLR2004 nothing to repeat
        return 0
    hashes = frame.select(pl.struct(pl.all()).hash(seed=0).alias("hash"))
    return rows - int(hashes.select(pl.col("hash").n_unique()).collect(engine="streaming").item())


def _profile_block(block: pl.DataFrame) -> Iterator[ColumnProfile]:
    numbers = block.select(cs.numeric())
    ordered = block.select(cs.numeric() | cs.temporal()).select(pl.all().sort())
    moments = pl.concat(
        [numbers.select(pl.all().mean()), numbers.select(pl.all().std()), numbers.select(pl.all().skew())]
        if numbers.width
        else [pl.DataFrame()]
    )
    for name in block.columns:
        column = block[name]
        profile = ColumnProfile(
            name=name,
            dtype=_TYPES[str(column.dtype.base_type())],
            rows=block.height,
            nulls=column.null_count(),
            distinct=0,
        )
        present = column.drop_nulls()
        profile.monotonic = len(present) > 0 and bool(present.is_sorted())
        if name in ordered.columns:
            values = ordered[name][profile.nulls :]
            _of_ordered(profile, values)
            if name in moments.columns:
                mean, std, skew = (_finite(value) for value in moments[name].to_list())
                _of_numbers(profile, values, mean, std, skew)
        else:
            _of_counts(profile, present)
        yield profile


def _of_ordered(profile: ColumnProfile, values: pl.Series) -> None:
    """Of numbers and moments, from their sorted values."""
    if values.is_empty():
        return
    runs = values.rle().struct.unnest()
    profile.distinct = runs.height
    profile.minimum, profile.maximum = _plain(values[0]), _plain(values[-1])
    profile.top = _top(runs["value"], runs["len"])
    if profile.dtype in {"date", "datetime"} and profile.distinct > 1:
        edges = values.to_physical().cast(pl.Float64)
        profile.timeline = [
            (_moment(low, values.dtype), _moment(high, values.dtype), count)
            for low, high, count in _bins(edges, whole=False)
        ]


def _of_numbers(
    profile: ColumnProfile, values: pl.Series, mean: float | None, std: float | None, skew: float | None
) -> None:
    if values.is_empty():
        return
    profile.mean, profile.std, profile.skew = mean, std, skew
    profile.quantiles = {str(share): float(values.quantile(share, "linear") or 0.0) for share in QUANTILES}
    profile.negatives = int(values.search_sorted(0, side="left"))
    profile.zeros = int(values.search_sorted(0, side="right")) - profile.negatives
    profile.histogram = _bins(values, whole=profile.dtype == "integer")


def _bins(values: pl.Series, *, whole: bool) -> list[tuple[float, float, int]]:
    """A histogram of sorted values; of few whole numbers one bar for each number."""
    low, high = values[0], values[-1]
    if whole:  # every bar stands for the same number of whole numbers, or the bars would beat against them
        width = (high - low) // BINS + 1
        edges = [low - 0.5 + width * number for number in range((high - low) // width + 2)]
    elif low == high:
        edges = [low - 0.5, high + 0.5]
    else:
        step = (high / BINS) - (low / BINS)
        edges = [low + number * step for number in range(BINS)] + [float(high)]
    inner = pl.Series(edges[1:-1], dtype=pl.Float64)
    floats = values.cast(pl.Float64)
    cuts = [0, *floats.search_sorted(inner, side="left").to_list(), len(values)] if len(inner) else [0, len(values)]
    return [
        (float(edges[number]), float(edges[number + 1]), cuts[number + 1] - cuts[number])
        for number in range(len(edges) - 1)
    ]


def _of_counts(profile: ColumnProfile, present: pl.Series) -> None:
    """Of text and booleans, from how often each value occurs."""
    counts = present.to_frame("value").group_by("value").len()
    profile.distinct = counts.height
    profile.top = _top(counts["value"], counts["len"])
    if counts.is_empty():
        return
    if profile.dtype == "boolean":
        profile.minimum, profile.maximum = counts["value"].min(), counts["value"].max()
        return
    lengths = counts.select(size=pl.col("value").str.len_chars(), number=pl.col("len"))
    profile.length_min, profile.length_max = int(lengths["size"].min() or 0), int(lengths["size"].max() or 0)  # type: ignore[arg-type]
    profile.length_mean = float((lengths["size"] * lengths["number"]).sum()) / len(present)


def _top(values: pl.Series, counts: pl.Series) -> list[tuple[Any, int]]:
    """The most frequent values, ties by value; none where every value occurs once."""
    if values.is_empty() or counts.max() == 1:
        return []
    least = counts.top_k(TOP).min()
    frame = pl.DataFrame({"value": values, "count": counts}).filter(pl.col("count") >= least)
    frame = frame.sort(["count", "value"], descending=[True, False]).head(TOP)
    return [(_plain(value), count) for value, count in frame.rows()]


def _plain(value: Any) -> Any:
    """As JSON holds it: moments as ISO 8601 text."""
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def _moment(physical: float, dtype: pl.DataType) -> str:
    moment = (
        pl.Series([round(physical)], dtype=pl.Int64).cast(pl.Int32 if dtype == pl.Date else pl.Int64).cast(dtype)[0]
    )
    return str(_plain(moment))


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
