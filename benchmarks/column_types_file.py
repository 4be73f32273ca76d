"""Files in the format of the SortingHat benchmark: a row per column, with name, statistics and five values."""

import math
from pathlib import Path

import polars as pl

from radix_assets.column_types.features import cleaned
from radix_assets.column_types.schema import ColumnFacts


def read(path: Path) -> pl.DataFrame:
    """Read a file of the benchmark, every field as text; the label may be called `y_act`, as in the original."""
    frame = pl.read_csv(path, infer_schema=False, encoding="utf8-lossy")
    return frame.rename({"y_act": "label"}) if "y_act" in frame.columns and "label" not in frame.columns else frame


def facts(frame: pl.DataFrame) -> list[ColumnFacts]:
    """Return the facts about each column of a file of the benchmark. Id, fold, group and record are ignored."""
    return [cleaned(_fact(row)) for row in frame.iter_rows(named=True)]


def _fact(row: dict[str, str | None]) -> ColumnFacts:
    samples = [row.get(f"sample_{number}") or "" for number in range(1, 6)]
    samples = list(dict.fromkeys(text for text in samples if text.strip()))
    low, high, mean, std = (_number(row.get(name)) for name in ("min_val", "max_val", "mean", "std_dev"))
    distinct = int(_number(row.get("num_of_dist_val")) or 0)
    # The file has zeros for the statistics of text. Only a column of nothing but zeros has them, too.
    numeric = any((low, high, mean, std)) or (bool(samples) and distinct == 1 and _number(samples[0]) == 0)
    return ColumnFacts(
        name=row.get("Attribute_name") or "",
        rows=int(_number(row.get("total_vals")) or 0),
        nulls=int(_number(row.get("num_nans")) or 0),
        distinct=distinct,
        numeric=numeric,
        mean=mean if numeric else None,
        std=std if numeric else None,
        minimum=low if numeric else None,
        maximum=high if numeric else None,
        samples=tuple(samples),
    )


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
