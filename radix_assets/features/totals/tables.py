"""What an engine must provide to compute totals: rows of snapshots as lazy frames, and a few operations on them."""

from collections.abc import Sequence
from typing import Protocol

import polars as pl

from radix_assets.asof.plan import Node
from radix_assets.features.partials import Frame, Module

KNOWN = "__known"
"""Column: whether the row was known before the time of the aggregation."""
OWN = "__own"
"""Column: the row's own time in microseconds, or the latest of the rows it references; null if there is none."""


class Tables(Protocol):
    """Protocol of an engine: rows of snapshots as lazy frames, and the few operations that Narwhals lacks."""

    expressions: Module
    """narwhals, or a module with the same expressions, for this engine's frames."""

    def rows(self, table: str, nodes: dict[str, Node], keys: dict[str, tuple[int, bool, int]]) -> Frame:
        """Return all rows of a table, with OWN (if it has a time index) and these columns.

        `nodes` are columns and functions of them, `keys` the parts of keys: the relationship, whether of its parent's
        side, and which part; both sides of a relationship have the same type.
        """

    def first(self, frame: Frame, keys: Sequence[str]) -> Frame:
        """Return the first row of each key."""

    def transformed(self, frame: Frame, name: str, primitive: str, bases: Sequence[str]) -> Frame:
        """Add a column: a function of other columns."""

    def counted(self, frame: Frame, keys: Sequence[str], name: str) -> tuple[Frame, pl.Series]:
        """Count each non-null value of a column under each key.

        Return rows of the keys, `x` (Int64: the value's position in the sorted dictionary, which is returned too) and
        `n` (Int64).
        """

    def decoded(self, frame: Frame, name: str, dictionary: pl.Series) -> Frame:
        """Replace this column's positions in the dictionary by the values."""

    def materialized(self, frame: Frame, *, counts: bool = False) -> Frame:
        """Return the same rows, computed once for all readers; `counts`: integer counts, exact in any order."""
