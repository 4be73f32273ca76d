"""The multi-table sets of ../shared/data as raw snapshots and profiles, read in the plainest way."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.profiles.model import ColumnProfile, TableProfile

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data"

_DTYPES = {
    pl.Int64: "integer",
    pl.Float64: "float",
    pl.Boolean: "boolean",
    pl.String: "string",
    pl.Date: "date",
    pl.Datetime: "datetime",
    pl.Time: "time",
}


@dataclass(frozen=True)
class DataSet:
    tables: dict[str, Path]
    profiles: dict[str, TableProfile]
    truth: dict[str, Any]


def canonical(frame: pl.DataFrame) -> pl.DataFrame:
    """All-null and exotic columns in the types that a raw snapshot has."""
    casts = []
    for name, dtype in frame.schema.items():
        if isinstance(dtype, pl.Datetime):
            casts.append(pl.col(name).dt.replace_time_zone(None).cast(pl.Datetime("us")))
        elif dtype.is_integer():
            casts.append(pl.col(name).cast(pl.Int64))
        elif dtype not in _DTYPES:
            casts.append(pl.col(name).cast(pl.String))
    return frame.with_columns(casts)


def profile_of(table: str, frame: pl.DataFrame) -> TableProfile:
    return TableProfile(
        table=table, rows=frame.height, columns={name: column_profile(frame[name]) for name in frame.columns}
    )


def column_profile(values: pl.Series) -> ColumnProfile:
    dtype = next(label for kind, label in _DTYPES.items() if values.dtype == kind)
    present = values.drop_nulls()
    extra: dict[str, Any] = {}
    if dtype in {"integer", "float"}:
        extra = {"minimum": present.min(), "maximum": present.max(), "mean": present.mean(), "std": present.std()}
    elif dtype == "string" and len(present):
        length = present.str.len_chars()
        extra = {"length_min": length.min(), "length_mean": length.mean(), "length_max": length.max()}
    elif dtype != "boolean" and len(present):
        extra = {"minimum": str(present.min()), "maximum": str(present.max())}
    counts = present.value_counts(sort=True).head(10) if present.n_unique() < len(present) else None
    return ColumnProfile(
        name=values.name,
        dtype=dtype,
        rows=len(values),
        nulls=values.null_count(),
        distinct=present.n_unique(),
        top=[(value if isinstance(value, int | float | str | bool) else str(value), n) for value, n in counts.rows()]
        if counts is not None
        else [],
        monotonic=bool(len(present) == len(values) and present.is_sorted()),
        **extra,
    )


def write_set(frames: dict[str, pl.DataFrame], folder: Path) -> tuple[dict[str, Path], dict[str, TableProfile]]:
    """Frames as raw snapshots below a folder, and their profiles."""
    tables, profiles = {}, {}
    for place, (name, given) in enumerate(frames.items()):
        frame = canonical(given)
        tables[name] = folder / f"raw_{place}"
        tables[name].mkdir(parents=True)
        frame.write_parquet(tables[name] / "data.parquet")
        profiles[name] = profile_of(name, frame)
    return tables, profiles


def read_set(name: str, folder: Path) -> DataSet:
    truth = json.loads((SHARED / name / "truth.json").read_text())
    frames = {table: _read(SHARED / name, table, meta, truth) for table, meta in truth["tables"].items()}
    tables, profiles = write_set(frames, folder)
    return DataSet(tables, profiles, truth)


def _read(folder: Path, table: str, meta: dict[str, Any], truth: dict[str, Any]) -> pl.DataFrame:
    path = folder / meta.get("file", table)
    if path.suffix == ".xlsx":
        return pl.read_excel(path, infer_schema_length=None)
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    if path.suffix == ".json":
        return pl.read_json(path, infer_schema_length=None)
    how = meta.get("read", meta)
    header = how.get("header", True) is not False
    return pl.read_csv(
        path,
        separator=how.get("delimiter") or ",",
        encoding="utf8" if (how.get("encoding") or "utf-8").lower().startswith(("utf", "ascii")) else "latin1",
        has_header=header,
        new_columns=None if header else list(meta["columns"]),
        infer_schema_length=None,
        try_parse_dates=True,
        null_values=["", *(truth.get("null_tokens") or how.get("null_tokens") or [])],
    )


def multi_table_sets() -> list[str]:
    truths = sorted(SHARED.glob("*/truth.json"))
    return [path.parent.name for path in truths if json.loads(path.read_text())["category"] == "multi_table"]
