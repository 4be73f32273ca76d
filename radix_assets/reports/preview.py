"""A page with the first rows of a raw table, rendered on request with what is private then, and never stored."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors as cs

from radix_assets.pipeline.status import latest
from radix_assets.pipeline.tools import tools_of
from radix_assets.privacy import columns_of, private_by_tags, private_in, suspected_in
from radix_assets.profiles.load import load_profile
from radix_assets.project.load import load_project
from radix_assets.project.settings import PROJECT_FILE, slug
from radix_assets.sources.schema import DATA_FILE
from radix_assets.tags.masking import MASK
from radix_resources.errors import RadixError
from radix_resources.home import Home

ROWS = 5
COLUMNS = 30
LONGEST = 60
_STYLE = (
    "body{font:15px/1.5 system-ui;margin:2em;color:#1b1f24}table{border-collapse:collapse}"
    "td,th{text-align:left;padding:.3em .8em .3em 0;border-bottom:1px solid #d8dee4;vertical-align:top}"
    "th span{display:block;font-weight:normal;color:#57606a}p{color:#57606a}"
)


def preview_page(home: Home, project: str, place: str) -> str | None:
    """Return the page of `raw/<table>` of a project, or None if there is no such table or it was not read yet."""
    stage, _, name = place.partition("/")
    path = home.projects / project / PROJECT_FILE
    if stage != "raw" or slug(name) != name or slug(project) != project or not path.is_file():
        return None
    try:
        declared = load_project(path)
        storage = tools_of(declared, home).storage
        raw, profile = (latest(storage, declared, f"{stage}/{name}") for stage in ("raw", "profile"))
    except RadixError:
        return None
    table = next((table for table in declared.tables if slug(table) == name), None)
    if table is None or raw is None:
        return None
    columns = load_profile(profile).columns.values() if profile else []
    return page(table, raw, declared.tags_path, {column.name: column.private for column in columns})


def page(table: str, raw: Path, tags_file: Path, before: Mapping[str, bool]) -> str:
    """Return a page with the first rows of a raw snapshot. Show no value if the tags cannot be read.

    `before` holds for each column of the newest profile whether it was private.
    """
    frame = pl.scan_parquet(raw / DATA_FILE)
    schema = frame.collect_schema()
    names = schema.names()[:COLUMNS]
    unsure = private_by_tags(tags_file) is None
    private = (
        set(names)
        if unsure
        else private_in(table, tags_file, suspected_in(raw), columns=columns_of(raw), before=before)
    )
    rows = frame.select(cs.by_index(*range(len(names)))).head(ROWS).collect()
    head = "".join(f"<th>{escape(name)}<span>{escape(str(schema[name]))}</span></th>" for name in names)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td>{MASK if name in private else escape(_text(value))}</td>"
            for name, value in zip(names, row, strict=True)
        )
        + "</tr>"
        for row in rows.iter_rows()
    )
    more = f", the first {COLUMNS} of {len(schema):,} columns" if len(schema) > COLUMNS else ""
    hidden = len(private.intersection(names))
    note = f" {MASK}: {hidden} private or possibly private columns; tags.yaml decides." if hidden else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(table)}</title><style>{_STYLE}</style>'
        f"<h1>{escape(table)}</h1><p>The first {rows.height} rows{more}.{note}</p>"
        f"<table><tr>{head}</tr>{body}</table></html>"
    )


def _text(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
