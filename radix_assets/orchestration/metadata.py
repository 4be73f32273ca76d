"""What a stage shows, as Dagster metadata, and as JSON inside the commit record."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from radix_assets.pipeline.output import Markdown, Output, Page, Picture, Shown, Table, View
from radix_resources.storage.base import Commit

INLINE_ROWS = 60
LINE = 60
"""Characters that the UI shows of a text without cutting it."""
PICTURE_WIDTH = 510
"""Pixels that the UI has for a picture."""
PAGES_PORT = 3001
PAGES_ADDRESS = f"http://127.0.0.1:{PAGES_PORT}"
"""Where `radix up` serves reports and pages."""
VIEWS = "view"
"""Below which they are made when somebody asks."""


def to_json(output: Output) -> dict[str, Any]:
    """An output without its files, to be kept in the commit record."""
    return {
        "shown": {name: _pack(value) for name, value in output.shown.items()},
        "checks": [vars(check) for check in output.checks],
        "columns": output.columns,
        "lineage": output.lineage,
    }


def to_metadata(record: Mapping[str, Any], directory: Path, project: str) -> dict[str, dg.MetadataValue]:
    """Metadata for the UI from what `to_json` kept and the snapshot's pictures."""
    metadata = {}
    for name, packed in record.get("shown", {}).items():
        value = _metadata(packed, directory, project)
        if value is not None:
            metadata[name] = value
    if record.get("columns"):
        columns = [dg.TableColumn(name=name, type=kind) for name, kind in record["columns"].items()]
        metadata["dagster/column_schema"] = dg.MetadataValue.table_schema(dg.TableSchema(columns))
    if record.get("lineage"):
        metadata["dagster/column_lineage"] = dg.MetadataValue.column_lineage(
            dg.TableColumnLineage(
                {
                    column: [
                        dg.TableColumnDep(asset_key=dg.AssetKey([project, *source.split("/")]), column_name=origin)
                        for source, origin in origins
                    ]
                    for column, origins in record["lineage"].items()
                }
            )
        )
    return metadata


def commit_metadata(commit: Commit, directory: Path, project: str) -> dict[str, dg.MetadataValue]:
    """All that the event of a commit tells."""
    metadata = to_metadata(commit.shown, directory, project)
    metadata["radix/version"] = dg.MetadataValue.int(commit.sequence)
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
    if kind == "JSON" and isinstance(packed["value"], list) and all(isinstance(one, str) for one in packed["value"]):
        return dg.MetadataValue.md("\n".join(f"- {_plain(one)}" for one in packed["value"]) or "(none)")
    if kind == "JSON":
        return dg.MetadataValue.json(packed["value"])
    return dg.MetadataValue.md(markdown_table(packed["rows"]) if kind == "Table" else packed["text"])


def page_address(directory: Path, file: str) -> str:
    """Where a person opens a page of a snapshot."""
    parts = directory.parts
    below = parts[parts.index("snapshots") + 1 :] if "snapshots" in parts else parts[-1:]
    return "/".join([PAGES_ADDRESS, "snapshots", *below, file])


def markdown_table(rows: list[dict[str, Any]]) -> str:
    """Rows as a Markdown table; long ones are cut, with a line that says so."""
    if not rows:
        return "(none)"
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    lines += ["| " + " | ".join(_cell(row.get(name)) for name in names) + " |" for row in rows[:INLINE_ROWS]]
    more = len(rows) - INLINE_ROWS
    return "\n".join(lines) + (f"\n\n… and {more} more" if more > 0 else "")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if type(value) is int else str(value)
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


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
    """Markdown that shows just this text; the UI breaks its lines, which it does not do with bare text."""
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", text)
