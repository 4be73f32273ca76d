"""The tables of a directory with a truth.json, as the feature engine and as featuretools read them."""

import io
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from radix_assets.asof.parsing import ISO, moment, read
from radix_assets.asof.plan import Plan
from radix_assets.asof.store import Store
from radix_assets.asof.times import NEVER
from radix_assets.features.graph.schema import Graph
from radix_assets.features.synthesis import EntitySetNames
from radix_assets.relationships.schema import Relationship
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

FORMATS = (*ISO, "%d-%m-%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%Y-%m-%dT%H:%M:%S%.fZ")
USED = ("declared", "one_to_one")
"""Kinds of foreign keys that are relationships."""
LONG = 30
"""Texts longer than this on average are sentences."""


def frames_of(folder: Path, truth: dict[str, Any]) -> dict[str, pl.DataFrame]:
    """Read the tables from the files, with parsed dates."""
    return {name: _dated(_read(folder / about["file"], about, truth)) for name, about in truth["tables"].items()}


def snapshots(frames: dict[str, pl.DataFrame], folder: Path) -> dict[str, Path]:
    """Write the tables as snapshot directories."""
    found = {}
    for number, (name, frame) in enumerate(frames.items()):
        found[name] = folder / f"table{number}"
        found[name].mkdir(parents=True, exist_ok=True)
        frame.write_parquet(found[name] / "data.parquet")
    return found


def tags_of(truth: dict[str, Any], frames: dict[str, pl.DataFrame], target: str) -> Tags:
    """Return the tags that a user would confirm: keys and time indexes of the truth, types by content."""
    keys = [
        f for f in truth["foreign_keys"] if f.get("kind", USED[0]) in USED and {f["child"], f["parent"]} <= set(frames)
    ]
    tables = {
        name: _table(
            frame,
            truth["tables"].get(name, {}),
            {column for f in keys if f["child"] == name for column in f["child_columns"]},
        )
        for name, frame in frames.items()
    }
    return Tags(
        target=Target(table=target, column=ANSWER, problem="regression"),
        tables=tables,
        relationships=[
            Relationship(
                child=f["child"],
                child_columns=f["child_columns"],
                parent=f["parent"],
                parent_columns=f["parent_columns"],
            )
            for f in keys
        ],
        confirmed_by="auto",
    )


ANSWER = "(answer)"
"""A target column added to every table, since tags need one; no feature reads it."""


def with_answers(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the tables, each with a column that can be the target."""
    return {name: frame.with_columns(pl.lit(0).alias(ANSWER)) for name, frame in frames.items()}


def entities(graph: Graph, names: EntitySetNames, tables: dict[str, Path]) -> Any:
    """Return featuretools' entity set of all rows, with the names of the definitions; keys are row numbers.

    A table without a time inherits that of its parents, as in the engine.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import featuretools as ft
        import pandas as pd
        import woodwork.logical_types as ww

        times = {table.name: table.time for table in graph.tables.values() if table.time}
        copies = {table.name: table.source for table in graph.tables.values() if table.source != table.name}
        plan = Plan(table=graph.target, times=times, links=graph.links, outputs=[], copies=copies)
        store = Store(plan, tables)
        found = ft.EntitySet("radix")
        for table in graph.tables.values():
            raw = table.scan().collect()
            types = {names.index: "IntegerNullable"}
            data: dict[str, Any] = {names.index: np.arange(len(raw))}
            for column, reading in table.columns.items():
                values = raw.select(read(column, raw.schema[column], reading).alias("x"))["x"]
                types[column], data[column] = _PANDAS[reading][0], _PANDAS[reading][1](values)
            for (name, column), pair in names.places.items():
                if name == table.name:
                    both = raw.select(read(part, raw.schema[part], "numeric") for part in pair)
                    types[column] = "LatLong"
                    data[column] = [tuple(np.nan if v is None else v for v in row) for row in both.rows()]
            time = names.times.get(table.name)
            if time:
                types[time] = "Datetime"
                data[time] = _datetimes(raw.select(moment(table.time, raw.schema).alias("x"))["x"])
            elif (inherited := store.times(table.name)) is not None:
                time, known = "(known)", pl.Series(inherited)
                known = known.set(known == NEVER, None)
                # for what has always existed, long ago
                types[time] = "Datetime"
                data[time] = _datetimes(known.set(known < EARLY, EARLY).cast(pl.Datetime("us")))
            for number, (link, column) in enumerate(zip(graph.links, names.links, strict=True)):
                if link.child == table.name:
                    place = pl.Series(store.linked(number))
                    types[column] = "IntegerNullable"
                    data[column] = pd.array(place.set(place < 0, None).to_list(), dtype="Int64")
            found.add_dataframe(
                dataframe_name=table.name,
                dataframe=pd.DataFrame(data),
                index=names.index,
                time_index=time,
                logical_types={column: getattr(ww, kind) for column, kind in types.items()},
            )
        for link, column in zip(graph.links, names.links, strict=True):
            found.add_relationship(link.parent, names.index, link.child, column)
    return found


EARLY = -8_520_336_000_000_000
"""1700-01-01, in microseconds."""


def _datetimes(values: pl.Series) -> Any:
    import pandas as pd

    return pd.Series(values.cast(pl.Datetime("ns")).to_numpy())


def _categories(values: pl.Series) -> Any:
    import pandas as pd

    return pd.Series(values.to_list(), dtype=object).astype("category")


def _booleans(values: pl.Series) -> Any:
    import pandas as pd

    return pd.array(values.to_list(), dtype="boolean")


def _texts(values: pl.Series) -> Any:
    import pandas as pd

    return pd.Series(values.to_list(), dtype="string")


_PANDAS: dict[str, tuple[str, Any]] = {
    "numeric": ("Double", lambda values: values.cast(pl.Float64).to_numpy()),
    "categorical": ("Categorical", _categories),
    "boolean": ("BooleanNullable", _booleans),
    "datetime": ("Datetime", _datetimes),
    "text": ("NaturalLanguage", _texts),
}


def _read(file: Path, about: dict[str, Any], truth: dict[str, Any]) -> pl.DataFrame:
    kind = (about.get("format") or file.suffix.lstrip(".")).lower()
    if kind == "parquet":
        return pl.read_parquet(file)
    if kind in ("xlsx", "xls"):
        return pl.read_excel(file)
    if kind in ("json", "array"):
        return pl.from_dicts(json.loads(file.read_text(about.get("encoding") or "utf-8")), infer_schema_length=None)
    if kind in ("jsonl", "ndjson", "lines"):
        return pl.read_ndjson(file, infer_schema_length=None)
    data = file.read_bytes()
    if data[:2] == b"\x1f\x8b":
        import gzip

        data = gzip.decompress(data)
    text = data.decode(about.get("encoding") or "utf-8", errors="replace").lstrip("\ufeff")
    return pl.read_csv(
        io.BytesIO(text.encode()),
        separator=about.get("delimiter") or ",",
        null_values=["", *(truth.get("null_tokens") or [])],
        infer_schema_length=None,
        truncate_ragged_lines=True,
    )


def _dated(frame: pl.DataFrame) -> pl.DataFrame:
    for name in frame.columns:
        dtype = frame.schema[name]
        if dtype == pl.Null:
            frame = frame.with_columns(pl.col(name).cast(pl.String))
        elif dtype == pl.String:
            present = len(frame) - frame[name].null_count()
            dates = frame.select(
                pl.coalesce(pl.col(name).str.to_datetime(form, strict=False, time_unit="us") for form in FORMATS)
            ).to_series()
            if 0 < present == len(dates) - dates.null_count():
                frame = frame.with_columns(dates.alias(name))
        elif dtype.is_integer():
            frame = frame.with_columns(pl.col(name).cast(pl.Int64))
        elif isinstance(dtype, pl.Datetime):
            frame = frame.with_columns(pl.col(name).dt.replace_time_zone(None).cast(pl.Datetime("us")))
    return frame


def _table(frame: pl.DataFrame, about: dict[str, Any], foreign: set[str]) -> TableTags:
    key = about.get("primary_key") or []
    time = about.get("time_index")
    usable = time in frame.columns and (frame.schema[time].is_temporal() or frame.schema[time] == pl.String)
    if usable and frame.schema[time] == pl.String:
        usable = frame.select(moment([time], frame.schema).is_not_null().any()).item()
    columns = {}
    for column, dtype in frame.schema.items():
        role = "foreign_key" if column in foreign else "primary_key" if column in key else "feature"
        role = "time_index" if usable and column == time else role
        kind = (
            "datetime"
            if dtype.is_temporal()
            else "numeric"
            if dtype.is_numeric()
            else "sentence"
            if dtype == pl.String and (frame[column].str.len_chars().mean() or 0) > LONG
            else "categorical"
        )
        kind = "not-generalizable" if role in ("foreign_key", "primary_key") else kind
        columns[column] = ColumnTag(role="target" if column == ANSWER else role, type=kind)
    return TableTags(primary_key=key, time_index=[time] if usable else [], columns=columns)
