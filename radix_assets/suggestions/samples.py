"""Sample values of every column, spread over the table."""

from pathlib import Path

import polars as pl

from radix_assets.sources.rows import scan_values

SLICES = 5
SLICE = 400
"""Rows of each slice; a table with at most as many rows as all slices is read whole."""


def spread(path: Path, rows: int) -> pl.DataFrame:
    """Return rows of a raw snapshot in slices from beginning to end, so that a sorted file misleads less."""
    scan = scan_values(path / "data.parquet")
    if rows <= SLICES * SLICE:
        return scan.collect()
    starts = [place * (rows - SLICE) // (SLICES - 1) for place in range(SLICES)]
    return pl.concat(pl.collect_all([scan.slice(start, SLICE) for start in starts]))


def plain(frame: pl.DataFrame, name: str) -> pl.Series:
    """Return a column without its name: Polars takes a name such as ^a.*$ for a pattern."""
    return frame[name].alias("values")


def texts(values: pl.Series, limit: int = 400) -> list[str]:
    """Return distinct values as text, without nulls and blanks."""
    text = values.drop_nulls().cast(pl.String).str.strip_chars()
    return text.filter(text != "").unique(maintain_order=True).head(limit).to_list()
