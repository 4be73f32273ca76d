"""Metadata of a raw snapshot for the UI."""

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors as cs

from radix_assets.common.plural import counted
from radix_assets.pipeline.output import Markdown, Shown, Table, View
from radix_assets.project.settings import slug
from radix_assets.sources.kinds.base import Source
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.schema import DATA_FILE, REJECTS_FILE, RawSchema

_MOST_COLUMNS = 100
_PREVIEW_COLUMNS = 30
_PREVIEW_ROWS = 5
_LONGEST = 30
_PUNCTUATION = frozenset(" .,:;-+/_@#%&()[]")
"""Characters that show how a value is written; all others could reveal its content."""


def metadata(source: Source, staged: Staged, schema: RawSchema, out: Path) -> dict[str, Shown]:
    """Return facts, the most important first: no secret and no value of a column, since events cannot be deleted."""
    facts: dict[str, Shown] = {
        "rows": schema.rows,
        "columns": len(schema.columns),
        "source bytes": staged.size,
        "snapshot bytes": (out / DATA_FILE).stat().st_size,
        "source": _origin(source, staged, schema.table),
        "read as": staged.layout,
    }
    if staged.hashes:
        facts["source sha256"] = staged.hashes[0] if len(staged.hashes) == 1 else f"of {len(staged.hashes)} files"
    notes = list(staged.notes)
    notes += [f"{name!r} is left out: {why}" for name, why in schema.dropped.items()]
    if schema.blank_rows:
        verb = "is" if schema.blank_rows == 1 else "are"
        notes.append(f"{counted(schema.blank_rows, 'row')} without any value {verb} left out")
    if notes:
        facts["notes"] = Markdown("\n".join(f"- {note}" for note in notes[:_MOST_COLUMNS]))
    if schema.warnings:
        facts["warnings"] = _warnings(schema)
    facts["rejected cells"] = schema.rejected
    if (out / REJECTS_FILE).exists():
        facts["rejected"] = _rejects(out)
    facts["schema"] = Table(
        [
            {
                "column": column.name,
                "type": column.dtype,
                "nulls": column.nulls,
                "rejected": column.rejected,
                "in the source": column.source_type,
                "how": column.coerced,
            }
            for column in schema.columns[:_MOST_COLUMNS]
        ]
    )
    if len(schema.columns) > _MOST_COLUMNS:
        facts["schema shows"] = f"the first {_MOST_COLUMNS} of {len(schema.columns):,} columns; all are in schema.json"
    facts["preview"] = View(f"raw/{slug(schema.table)}")
    facts["form of the first rows"] = _preview(out)
    return facts


def _origin(source: Source, staged: Staged, table: str) -> str:
    count = len(staged.files)
    return source.describe_table(table) + (f" · {count} files" if count > 1 else "")


def _warnings(schema: RawSchema) -> Table:
    return Table(
        [
            {
                "warning": warning.message,
                "column": warning.column or None,
                "number": warning.count or None,
                "lines": ", ".join(map(str, warning.lines)) or None,
            }
            for warning in schema.warnings[:_MOST_COLUMNS]
        ]
    )


def _rejects(out: Path) -> Table:
    """Count the rejected cells by column, with their first rows. Their text stays in the file."""
    summary = (
        pl.scan_parquet(out / REJECTS_FILE)
        .group_by("column", maintain_order=True)
        .agg(pl.len().alias("cells"), pl.col("row").head(5).alias("rows"))
        .head(_MOST_COLUMNS)
        .collect()
    )
    return Table(
        [
            {
                "column": column,
                "cells": cells,
                "in rows": ", ".join(map(str, rows)) + (" …" if cells > len(rows) else ""),
            }
            for column, cells, rows in summary.rows()
        ]
    )


def _preview(out: Path) -> Table:
    """Show the form of the first rows, not their content: each letter as `a` or `A`, each digit as `9`.

    Events cannot be deleted, and a column may be marked private later.
    """
    rows = pl.scan_parquet(out / DATA_FILE)
    # Selected by position, since a name such as ^a.*$ would be taken for a pattern.
    rows = rows.select(cs.by_index(*range(min(len(rows.collect_schema()), _PREVIEW_COLUMNS))))
    first = rows.head(_PREVIEW_ROWS).collect()
    return Table([{name: form(value) for name, value in row.items()} for row in first.iter_rows(named=True)])


def form(value: Any) -> str | None:
    """Return the form of a value: `Ada 36` is `Aaa 99`."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true or false"
    text = value.isoformat(sep=" ") if isinstance(value, dt.datetime) else str(value)
    signs = "".join(_form_of(sign) for sign in text[:_LONGEST])
    return signs + ("…" if len(text) > _LONGEST else "")


def _form_of(sign: str) -> str:
    if sign.isdigit() or sign.isnumeric():
        return "9"
    if sign.isalpha():
        return "A" if sign.isupper() else "a"
    return sign if sign in _PUNCTUATION else "?"
