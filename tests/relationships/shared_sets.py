"""The multi-table datasets of ../shared/data as raw snapshots and profiles."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.profiles.compute import profile_table
from radix_assets.profiles.schema import TableProfile
from radix_assets.project.settings import Project
from radix_assets.raw.ingestion import ingest
from radix_assets.sources.kinds.files import FileSource

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data"

_CANONICAL = (pl.Int64, pl.Float64, pl.Boolean, pl.String, pl.Date, pl.Datetime, pl.Time)


@dataclass(frozen=True)
class DataSet:
    tables: dict[str, Path]
    profiles: dict[str, TableProfile]
    truth: dict[str, Any]


def canonical(frame: pl.DataFrame) -> pl.DataFrame:
    """Cast all-null and exotic columns to the types of a raw snapshot."""
    casts = []
    for name, dtype in frame.schema.items():
        if isinstance(dtype, pl.Datetime):
            casts.append(pl.col(name).dt.replace_time_zone(None).cast(pl.Datetime("us")))
        elif dtype.is_integer():
            casts.append(pl.col(name).cast(pl.Int64))
        elif dtype not in _CANONICAL:
            casts.append(pl.col(name).cast(pl.String))
    return frame.with_columns(casts)


def write_set(frames: dict[str, pl.DataFrame], folder: Path) -> tuple[dict[str, Path], dict[str, TableProfile]]:
    """Write frames as raw snapshots below a folder, with their profiles."""
    tables, profiles = {}, {}
    for place, (name, given) in enumerate(frames.items()):
        frame = canonical(given)
        tables[name] = folder / f"raw_{place}"
        tables[name].mkdir(parents=True)
        frame.write_parquet(tables[name] / "data.parquet")
        profiles[name] = profile_table(name, tables[name] / "data.parquet")
    return tables, profiles


def read_set(name: str, folder: Path) -> DataSet:
    """Read and profile a dataset as Radix does, without hints from its description."""
    truth = json.loads((SHARED / name / "truth.json").read_text())
    tables, profiles = {}, {}
    for place, (table, meta) in enumerate(truth["tables"].items()):
        source = FileSource(table=table, path=str((SHARED / name / meta.get("file", table)).resolve()))
        home = folder / "p"
        home.mkdir(exist_ok=True)
        project = Project(name="p", sources=[source], folder=home)
        tables[table] = folder / f"raw_{place}"
        tables[table].mkdir()
        if meta.get("rows") == 0 or source.path.endswith(".json"):
            # Tables without rows and JSON are refused as sources; the datasets have both.
            read = pl.read_json if source.path.endswith(".json") else pl.read_csv
            canonical(read(source.path, infer_schema_length=None)).write_parquet(tables[table] / "data.parquet")
        else:
            ingest(project, table, tables[table])
        profiles[table] = profile_table(table, tables[table] / "data.parquet")
    return DataSet(tables, profiles, truth)


def multi_table_sets() -> list[str]:
    truths = sorted(SHARED.glob("*/truth.json"))
    return [path.parent.name for path in truths if json.loads(path.read_text())["category"] == "multi_table"]
