"""Select columns by exact name, whatever characters it holds."""

from collections.abc import Iterator, Sequence

import polars as pl
import polars.selectors as cs

CELLS = 20_000_000
"""Values per block."""


def exactly(name: str) -> pl.Expr:
    """Return the column with exactly this name; Polars would take `*` and `^...$` for patterns."""
    pattern = name == "*" or (name.startswith("^") and name.endswith("$"))
    return cs.by_name(name).as_expr() if pattern else pl.col(name)


def each(rows: pl.LazyFrame, names: Sequence[str], total: int) -> Iterator[tuple[str, pl.Series]]:
    """Yield the columns one by one, read in blocks of bounded size; the series are named `x`."""
    block = max(1, CELLS // max(1, total))
    for start in range(0, len(names), block):
        part = names[start : start + block]
        frame = rows.select(exactly(name).alias(str(i)) for i, name in enumerate(part)).collect()
        yield from ((name, frame[str(i)].alias("x")) for i, name in enumerate(part))
