"""Staged rows, queried in memory or by streaming depending on their size."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors as cs

IN_MEMORY = 30_000_000
"""Cells up to which a table is held in memory. Beyond that, every query is a streaming pass over the file.

Streaming bounds the memory of long tables, but a pass is planned column by column, and with ten thousand columns the
plan costs more than the rows.
"""


class Rows:
    """A table to query."""

    def __init__(self, frame: pl.LazyFrame | pl.DataFrame) -> None:
        self.frame = frame
        """In memory, or scanned by every query."""

    @classmethod
    def of(cls, source: Path | pl.LazyFrame) -> "Rows":
        """Return the rows of a Parquet file or of a scan of files."""
        frame = pl.scan_parquet(source) if isinstance(source, Path) else source
        cells = int(frame.select(pl.len()).collect().item()) * len(frame.collect_schema())
        return cls(frame.collect() if cells <= IN_MEMORY else frame)

    @property
    def lazy(self) -> pl.LazyFrame:
        """The rows as a lazy frame, for writing results to a file."""
        return self.frame.lazy()

    @property
    def schema(self) -> pl.Schema:
        """Names and types."""
        return self.frame.collect_schema()

    def select(self, *expressions: pl.Expr | Iterable[pl.Expr]) -> pl.DataFrame:
        """Compute the expressions."""
        if isinstance(self.frame, pl.DataFrame):
            return self.frame.select(*expressions)
        return self.frame.select(*expressions).collect(engine="streaming")

    def select_each(self, expressions: Sequence[pl.Expr]) -> list[pl.DataFrame]:
        """Compute each expression as a table of its own."""
        if isinstance(self.frame, pl.DataFrame):
            return [self.frame.select(expression) for expression in expressions]
        queries = [self.frame.select(expression) for expression in expressions]
        return pl.collect_all(queries, engine="streaming")

    def derive(self, *expressions: pl.Expr | Iterable[pl.Expr]) -> "Rows":
        """Return the rows with other columns."""
        return Rows(self.frame.select(*expressions))

    def replace(self, *expressions: pl.Expr) -> "Rows":
        """Return the rows with some columns replaced."""
        return Rows(self.frame.with_columns(*expressions))

    def filter(self, condition: pl.Expr) -> "Rows":
        """Return the rows that meet a condition."""
        return Rows(self.frame.filter(condition))

    def one(self, *expressions: pl.Expr | Iterable[pl.Expr]) -> tuple[Any, ...]:
        """Return the first row of the expressions, which give one row."""
        return self.select(*expressions).row(0)

    def height(self) -> int:
        """Return the number of rows."""
        return int(self.select(pl.len()).item())


def scan_values(file: Path) -> pl.LazyFrame:
    """Return the rows of a snapshot's `data.parquet` as stages compute with them: decimals as Float64.

    The file itself keeps every digit of a decimal. Keys need none of them, since whole numbers are integers or text.
    """
    return decimals_as_floats(pl.scan_parquet(file, glob=False))


def decimals_as_floats(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return a frame with decimals as Float64."""
    places = [place for place, dtype in enumerate(frame.collect_schema().dtypes()) if isinstance(dtype, pl.Decimal)]
    # By position, since a name such as ^a.*$ would be taken for a pattern.
    return frame.with_columns(cs.by_index(*places).cast(pl.Float64)) if places else frame
