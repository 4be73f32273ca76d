"""Staged rows, asked in the way that suits their size."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

IN_MEMORY = 30_000_000
"""Cells up to which a table is held in memory. Beyond, every question is one streaming pass over the file.

Streaming bounds the memory of long tables; but it plans a pass column by column, and of ten thousand columns that plan
costs more than the rows.
"""


class Rows:
    """A table to ask questions of."""

    def __init__(self, frame: pl.LazyFrame | pl.DataFrame) -> None:
        self._frame = frame

    @classmethod
    def of(cls, path: Path) -> "Rows":
        """The rows of a Parquet file."""
        frame = pl.scan_parquet(path)
        cells = int(frame.select(pl.len()).collect().item()) * len(frame.collect_schema())
        return cls(frame.collect() if cells <= IN_MEMORY else frame)

    @property
    def lazy(self) -> pl.LazyFrame:
        """To write what follows from it to a file."""
        return self._frame.lazy()

    @property
    def schema(self) -> pl.Schema:
        """Names and types."""
        return self._frame.collect_schema()

    def select(self, *expressions: pl.Expr | Iterable[pl.Expr]) -> pl.DataFrame:
        """What the expressions give, computed."""
        if isinstance(self._frame, pl.DataFrame):
            return self._frame.select(*expressions)
        return self._frame.select(*expressions).collect(engine="streaming")

    def select_each(self, expressions: Sequence[pl.Expr]) -> list[pl.DataFrame]:
        """One table for each expression."""
        if isinstance(self._frame, pl.DataFrame):
            return [self._frame.select(expression) for expression in expressions]
        queries = [self._frame.select(expression) for expression in expressions]
        return pl.collect_all(queries, engine="streaming")

    def derive(self, *expressions: pl.Expr | Iterable[pl.Expr]) -> "Rows":
        """The rows of other columns."""
        return Rows(self._frame.select(*expressions))

    def filter(self, condition: pl.Expr) -> "Rows":
        """Those rows that meet a condition."""
        return Rows(self._frame.filter(condition))

    def one(self, *expressions: pl.Expr | Iterable[pl.Expr]) -> tuple[Any, ...]:
        """The only row that the expressions give."""
        return self.select(*expressions).row(0)

    def height(self) -> int:
        """How many rows."""
        return int(self.select(pl.len()).item())
