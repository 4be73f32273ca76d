"""Columns by their names, whatever they are called."""

from collections.abc import Iterator, Sequence

import polars as pl
import polars.selectors as cs

CELLS = 20_000_000
"""Values in one block."""


def exactly(name: str) -> pl.Expr:
    """The column of this very name; Polars takes `*` and `^...$` for patterns."""
    pattern = name == "*" or (name.startswith("^") and name.endswith("$"))
    return cs.by_name(name).as_expr() if pattern else pl.col(name)


def each(rows: pl.LazyFrame, names: Sequence[str], total: int) -> Iterator[tuple[str, pl.Series]]:
    """The columns one by one, read in blocks of bounded size; the series are called `x`."""
    block = max(1, CELLS // max(1, total))
    for start in range(0, len(names), block):
        part = names[start : start + block]
        frame = rows.select(exactly(name).alias(str(i)) for i, name in enumerate(part)).collect()
        yield from ((name, frame[str(i)].alias("x")) for i, name in enumerate(part))
