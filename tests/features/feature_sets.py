"""Real relational datasets with tags built from their truth, so that these tests need no other stage."""

import json
from pathlib import Path

import polars as pl
from feature_shop import link, save

from radix_assets.asof.parsing import ISO
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target


def load(folder: Path, data: Path, tables: list[str] | None = None) -> tuple[Tags, dict[str, Path]]:
    """Return tags and raw snapshots of the first task of a dataset; `tables` limits it to some of its tables."""
    truth = json.loads((data / "truth.json").read_text())
    task = truth["tasks"][0]
    frames, found = {}, {}
    keys = [f for f in truth["foreign_keys"] if f["kind"] in ("declared", "one_to_one")]
    for name, about in truth["tables"].items():
        if tables is not None and name not in tables:
            continue
        frames[name] = _read(data / about["file"], truth.get("null_tokens") or [])
        found[name] = _tags(name, frames[name], about, keys, task)
    links = [
        link(f["child"], f["child_columns"], f["parent"], f["parent_columns"])
        for f in keys
        if f["child"] in frames and f["parent"] in frames
    ]
    target = Target(
        table=task["table"],
        column=task["target"],
        problem="regression"
        if task["type"] == "regression"
        else "multiclass"
        if task["type"] == "multiclass"
        else "binary",
    )
    return Tags(target=target, tables=found, relationships=links, confirmed_by="person"), save(folder, frames)


def _read(file: Path, nulls: list[str]) -> pl.DataFrame:
    frame = pl.read_csv(file, infer_schema_length=None, null_values=["", *nulls])
    for name in frame.columns:
        if frame.schema[name] == pl.String:
            dates = frame.select(
                pl.coalesce(pl.col(name).str.to_datetime(f, strict=False, time_unit="us") for f in (*ISO, "%d-%m-%Y"))
            ).to_series()
            if dates.null_count() == frame[name].null_count() < len(frame):
                frame = frame.with_columns(dates.alias(name))
    return frame


def _tags(name: str, frame: pl.DataFrame, about: dict, keys: list[dict], task: dict) -> TableTags:
    key = about["primary_key"] or []
    foreign = {c for f in keys if f["child"] == name for c in f["child_columns"]}
    time = [about["time_index"]] if about.get("time_index") else []
    leaks = {
        leak.split(".", 1)[1] if leak.startswith(f"{name}.") else leak
        for leak in task["leaky"]
        if "." not in leak or leak.startswith(f"{name}.")
    }
    columns = {}
    for column, dtype in frame.schema.items():
        role = (
            "time_index"
            if column in time
            else "foreign_key"
            if column in foreign
            else "primary_key"
            if column in key
            else "leak"
            if column in leaks or "*" in leaks
            else "feature"
        )
        kind = (
            "not-generalizable"
            if role in ("foreign_key", "primary_key")
            else "categorical"
            if dtype == pl.Boolean
            else "datetime"
            if dtype.is_temporal()
            else "numeric"
            if dtype.is_numeric()
            else "sentence"
            if (frame[column].str.len_chars().mean() or 0) > 30
            else "categorical"
        )
        columns[column] = ColumnTag(role=role, type=kind)
    return TableTags(primary_key=key, time_index=time, columns=columns)
