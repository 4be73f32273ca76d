"""Dagster metadata of an output, and the JSON form of it that the commit record stores."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg

from radix_assets.pipeline.output import Markdown, Output, Page, Picture, Shown, Table, View
from radix_resources.storage.base import Commit

INLINE_ROWS = 60
"""Rows of a table that an event holds; the rest is in the snapshot."""
DIGITS = 6
"""Significant digits of a number in a table; the UI prints numbers as they are."""
LINE = 60
"""Characters of a text that the UI shows without cutting it."""
PICTURE_WIDTH = 510
"""Width of a picture in the UI, in pixels."""
PAGES_PORT = 3001
PAGES_ADDRESS = f"http://127.0.0.1:{PAGES_PORT}"
"""The address at which `radix up` serves reports and pages."""
VIEWS = "view"
"""The path below which pages are rendered on request."""


def to_json(output: Output) -> dict[str, Any]:
    """Return an output without its files, as the commit record stores it."""
    return {
        "shown": {name: _pack(value) for name, value in output.shown.items()},
        "checks": [vars(check) for check in output.checks],
        "columns": output.columns,
        "lineage": output.lineage,
        "state": output.state,
    }


def to_metadata(record: Mapping[str, Any], directory: Path, project: str) -> dict[str, dg.MetadataValue]:
    """Return the metadata of what `to_json` stored; `directory` is the snapshot that holds its pictures and pages."""
    metadata: dict[str, dg.MetadataValue] = {}
    for name, packed in record.get("shown", {}).items():
        if isinstance(packed, dict) and packed["as"] == "Table":
            metadata |= table_metadata(name, packed["rows"])
            continue
        value = _metadata(packed, directory, project)
        if value is not None:
            metadata[name] = value
    if record.get("columns"):
        columns = [dg.TableColumn(name=name, type=kind) for name, kind in record["columns"].items()]
        metadata["dagster/column_schema"] = dg.MetadataValue.table_schema(dg.TableSchema(columns))
    if record.get("lineage"):
        metadata["dagster/column_lineage"] = column_lineage(record["lineage"], project)
    return metadata


def column_lineage(
    lineage: Mapping[str, Iterable[tuple[str, str]]], project: str
) -> dg.TableColumnLineageMetadataValue:
    """Return the lineage of columns; each is built from (input, column) pairs, an input being `raw/orders`."""
    return dg.MetadataValue.column_lineage(
        dg.TableColumnLineage(
            {
                column: [
                    dg.TableColumnDep(asset_key=dg.AssetKey([project, *source.split("/")]), column_name=origin)
                    for source, origin in origins
                ]
                for column, origins in lineage.items()
            }
        )
    )


def commit_metadata(commit: Commit, directory: Path, project: str) -> dict[str, dg.MetadataValue]:
    """Return the metadata of the event that announces a commit. Numbers stay numbers, so that the UI plots them."""
    metadata = to_metadata(commit.shown, directory, project)
    metadata["radix/version"] = dg.MetadataValue.int(commit.sequence)
    if commit.created:
        metadata["radix/committed"] = dg.MetadataValue.timestamp(datetime.fromisoformat(commit.created))
    metadata["radix/seconds"] = dg.MetadataValue.float(commit.seconds)
    metadata["radix/bytes"] = dg.MetadataValue.int(commit.size)
    usage = commit.used.get("usage", {})
    for name in ("peak_bytes", "cpu_seconds"):
        if name in usage:
            metadata[f"radix/{name}"] = dg.MetadataValue.float(float(usage[name]))
    if commit.rows is not None:
        metadata["dagster/row_count"] = dg.MetadataValue.int(commit.rows)
    return metadata


def _pack(value: Shown) -> Any:
    if isinstance(value, Markdown | Table | Picture | Page | View):
        return {"as": type(value).__name__, **vars(value)}
    return {"as": "JSON", "value": value} if isinstance(value, dict | list) else value


def _metadata(  # noqa: PLR0911 one for each kind
    packed: Any, directory: Path, project: str
) -> dg.MetadataValue | None:
    if not isinstance(packed, dict):
        return None if packed is None else _scalar(packed)
    kind = packed["as"]
    if kind == "Picture":
        # By address, since the UI shows Markdown at once only while it is short, and events stay small.
        address = page_address(directory, packed["file"])
        return dg.MetadataValue.md(f"![{packed['caption']}]({address}?width={PICTURE_WIDTH})")
    if kind == "Page":
        return dg.MetadataValue.url(page_address(directory, packed["file"]))
    if kind == "View":
        return dg.MetadataValue.url("/".join([PAGES_ADDRESS, VIEWS, project, packed["place"]]))
    if kind == "JSON" and isinstance(packed["value"], list) and all(isinstance(item, str) for item in packed["value"]):
        return dg.MetadataValue.md("\n".join(f"- {_plain(item)}" for item in packed["value"]) or "(none)")
    if kind == "JSON":
        return dg.MetadataValue.json(packed["value"])
    return dg.MetadataValue.md(packed["text"])


def page_address(directory: Path, file: str) -> str:
    """Return the address at which `radix up` serves a page of a snapshot."""
    parts = directory.parts
    below = parts[parts.index("snapshots") + 1 :] if "snapshots" in parts else parts[-1:]
    return "/".join([PAGES_ADDRESS, "snapshots", *below, file])


def table_metadata(name: str, rows: list[dict[str, Any]]) -> dict[str, dg.MetadataValue]:
    """Return a table under `name`, its columns typed; if it is truncated, a second entry says so."""
    if not rows:
        return {name: dg.MetadataValue.text("(none)")}
    columns = list(dict.fromkeys(column for row in rows for column in row))
    types = {column: _type_of([row.get(column) for row in rows]) for column in columns}
    table = dg.MetadataValue.table(
        records=[
            dg.TableRecord({column: _cell(row.get(column), types[column]) for column in columns})
            for row in rows[:INLINE_ROWS]
        ],
        schema=dg.TableSchema([dg.TableColumn(column, kind) for column, kind in types.items()]),
    )
    if len(rows) <= INLINE_ROWS:
        return {name: table}
    return {name: table, f"{name} shows": dg.MetadataValue.text(f"the first {INLINE_ROWS} of {len(rows):,} rows")}


def _type_of(values: list[Any]) -> str:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "bool"
    if kinds and kinds <= {int, float}:
        return "int" if kinds == {int} else "float"
    return "string"


def _cell(value: Any, kind: str) -> str | int | float | bool | None:
    if value is None:
        return None
    if isinstance(value, float):
        short = f"{value:.{DIGITS}g}"
        return float(short) if kind == "float" and math.isfinite(value) else short
    if kind in {"bool", "int"} or (kind == "float" and isinstance(value, int)):
        return value  # type: ignore[no-any-return]  # _type_of checked it
    return str(value)


def _scalar(value: Any) -> dg.MetadataValue:
    if isinstance(value, bool):
        return dg.MetadataValue.bool(value)
    if isinstance(value, int):
        return dg.MetadataValue.int(value)
    if isinstance(value, float):
        return dg.MetadataValue.float(value)
    text = str(value)
    return dg.MetadataValue.text(text) if len(text) < LINE else dg.MetadataValue.md(_plain(text))


def _plain(text: str) -> str:
    """Return Markdown that shows the text as it is. The UI wraps Markdown, but not plain text."""
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", text)
