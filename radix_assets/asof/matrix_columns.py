"""Names of the matrix's own columns and the types of its columns."""

from typing import Literal

MatrixType = Literal["numeric", "categorical", "boolean", "text"]

ROW = "__row"
"""Matrix column: the row's position in the target table's snapshot, from 0."""
CUTOFF = "__cutoff"
"""Matrix column: the time of prediction; the row uses only what was known strictly before it. Null if static."""
TARGET = "__target"
"""Matrix column: the target; null where not known (yet)."""
GROUP = "__group"
"""Matrix column: rows of one group are never on both sides of a split. Only present if a group was tagged."""
