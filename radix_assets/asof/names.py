"""The names of the matrix' own columns, and what its columns may hold."""

from typing import Literal

MatrixType = Literal["numeric", "categorical", "boolean"]

ROW = "__row"
"""Matrix column: the row's position in the target table's snapshot, from 0."""
CUTOFF = "__cutoff"
"""Matrix column: the moment of prediction; only what was known strictly before it went into the row. Null: static."""
TARGET = "__target"
"""Matrix column: what is to be predicted; null where it is not known (yet)."""
GROUP = "__group"
"""Matrix column: rows of the same group are never on both sides of a split. Only where a group was tagged."""
