"""Columns by their names, whatever they are called."""

import polars as pl
import polars.selectors as cs


def exactly(name: str) -> pl.Expr:
    """The column of this very name; Polars takes `*` and `^...$` for patterns."""
    pattern = name == "*" or (name.startswith("^") and name.endswith("$"))
    return cs.by_name(name).as_expr() if pattern else pl.col(name)
