"""Index of key values that finds the parent's row, for one row or a million with the same code."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.common.spelling import folded

Positions = npt.NDArray[np.int64]
"""Row numbers in a table; MISSING if there is no row."""

MISSING = -1
MANY = 20_000
"""Rows from which on a join is faster than one search per row."""
SPREAD = 4
"""Integer keys are indexed by a direct table if it has at most this many entries per key."""
_SEEDS = range(100)


class KeyIndex:
    """Index of the first row of each key. Keys that contain a null match no row.

    A row is found by binary search over 64-bit hashes, and its key is compared with the requested one: the cost of a
    look-up is logarithmic in the table's size and the result is exact.
    """

    def __init__(
        self, table: pl.DataFrame, columns: Sequence[str], dtypes: Sequence[pl.DataType], *, folded: bool = False
    ) -> None:
        self._dtypes, self._folded = list(dtypes), folded
        keys = self._cast(table, columns).with_row_index("row").drop_nulls()
        self._places: Positions | None = None
        if self._dense(keys):
            return
        keys = keys.unique(keys.columns[1:], keep="first", maintain_order=True)
        for seed in _SEEDS:
            hashes = keys.drop("row").hash_rows(seed)
            if hashes.n_unique() == len(hashes):
                break
        self._seed = seed
        order = hashes.arg_sort()
        self._hashes = hashes.gather(order).to_numpy()
        self._keys = keys.drop("row")[order]
        self._rows = keys["row"].gather(order).to_numpy().astype(np.int64)

    def find(self, rows: pl.DataFrame, columns: Sequence[str]) -> Positions:
        """Return the position of the row whose key is in these columns of `rows`; MISSING if there is none."""
        if self._places is not None:
            return self._direct(self._cast(rows, columns).to_series())
        if not len(self._rows) or rows.is_empty():
            return np.full(len(rows), MISSING, dtype=np.int64)
        requested = self._cast(rows, columns)
        if len(requested) > MANY:
            return self._joined(requested)
        hashes = requested.hash_rows(self._seed).to_numpy()
        slots = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        candidates = self._keys[slots]
        equal = np.ones(len(rows), dtype=bool)
        for name in requested.columns:
            equal &= (requested[name] == candidates[name]).fill_null(value=False).to_numpy()
        return np.where(equal, self._rows[slots], MISSING)

    def _dense(self, keys: pl.DataFrame) -> bool:
        """Build a direct table for dense integer keys; return whether that was possible."""
        if len(self._dtypes) != 1 or self._dtypes[0] != pl.Int64 or keys.is_empty():
            return False
        values = keys["key0"].to_numpy()
        self._start = int(values.min())
        width = int(values.max()) - self._start + 1
        if width > SPREAD * len(values) + MANY:
            return False
        self._places = np.full(width, MISSING, dtype=np.int64)
        self._places[values[::-1] - self._start] = keys["row"].to_numpy()[::-1]  # the first of several wins
        return True

    def _direct(self, values: pl.Series) -> Positions:
        assert self._places is not None  # noqa: S101
        end = self._start + len(self._places) - 1
        inside = values.is_between(self._start, end).fill_null(value=False).to_numpy()
        offset = values.fill_null(self._start).to_numpy()
        return np.where(inside, self._places[np.where(inside, offset - self._start, 0)], MISSING)

    def _joined(self, requested: pl.DataFrame) -> Positions:
        keys = self._keys.with_columns(pl.Series("row", self._rows))
        joined = requested.join(keys, on=requested.columns, how="left", maintain_order="left")
        return joined["row"].fill_null(MISSING).to_numpy().astype(np.int64)

    def _cast(self, frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
        return frame.select(
            key_part(name, frame.schema[name], dtype, folded_key=self._folded).alias(f"key{i}")
            for i, (name, dtype) in enumerate(zip(columns, self._dtypes, strict=True))
        )


def key_part(name: str, own: pl.DataType, dtype: pl.DataType, *, folded_key: bool) -> pl.Expr:
    """Return a part of a key in the type in which it is compared; folded if both sides spell it differently."""
    if folded_key:
        return folded(exactly(name), decimal=own.is_float() or own.is_decimal())
    return exactly(name) if own == dtype else exactly(name).cast(dtype, strict=False)


def common(child: pl.DataType, parent: pl.DataType) -> pl.DataType:
    """Return the type in which the keys of two columns are compared."""
    if child == parent:
        return parent
    if child.is_numeric() and parent.is_numeric():
        return pl.Float64()
    if child.is_temporal() and parent.is_temporal() and pl.Time not in (child, parent):
        return pl.Datetime("us")
    return pl.String()


def follow(positions: Positions, links: Positions) -> Positions:
    """Return `links[positions]`; MISSING stays MISSING."""
    if not len(links):
        return np.full(len(positions), MISSING, dtype=np.int64)
    return np.where(positions >= 0, links[positions], MISSING)
