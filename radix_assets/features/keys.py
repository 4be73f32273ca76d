"""Finding the parent's row: an index of key values that answers for one row and for a million by the same code."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from radix_assets.features.columns import exactly

Positions = npt.NDArray[np.int64]
"""Row numbers in a table; MISSING where there is no row."""

MISSING = -1
_SEEDS = range(100)


class KeyIndex:
    """The first row of each key. Keys with a null in them belong to no row.

    Rows are found by a binary search over 64-bit hashes and the found key is compared with the sought one, so the
    cost of a look-up grows with the logarithm of the table and the answer is exact.
    """

    def __init__(self, table: pl.DataFrame, columns: Sequence[str], dtypes: Sequence[pl.DataType]) -> None:
        self._dtypes = list(dtypes)
        keys = self._cast(table, columns).with_row_index("row").drop_nulls()
        self.rows = len(keys)
        """Rows of the table that have a key."""
        keys = keys.unique(keys.columns[1:], keep="first", maintain_order=True)
        self.distinct = len(keys)
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
        """The position of the row whose key stands in these columns of `rows`."""
        if not len(self._rows) or rows.is_empty():
            return np.full(len(rows), MISSING, dtype=np.int64)
        sought = self._cast(rows, columns)
        hashes = sought.hash_rows(self._seed).to_numpy()
        found = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        candidates = self._keys[found]
        same = np.ones(len(rows), dtype=bool)
        for name in sought.columns:
            same &= (sought[name] == candidates[name]).fill_null(value=False).to_numpy()
        return np.where(same, self._rows[found], MISSING)

    def _cast(self, frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
        return frame.select(
            exactly(name).cast(dtype, strict=False).alias(f"key{i}")
            for i, (name, dtype) in enumerate(zip(columns, self._dtypes, strict=True))
        )


def common(child: pl.DataType, parent: pl.DataType) -> pl.DataType:
    """The type in which two columns' keys are compared."""
    if child == parent:
        return parent
    if child.is_numeric() and parent.is_numeric():
        return pl.Float64()
    if child.is_temporal() and parent.is_temporal() and pl.Time not in (child, parent):
        return pl.Datetime("us")
    return pl.String()


def follow(positions: Positions, links: Positions) -> Positions:
    """One step further: `links[positions]`, and MISSING stays MISSING."""
    if not len(links):
        return np.full(len(positions), MISSING, dtype=np.int64)
    return np.where(positions >= 0, links[positions], MISSING)


def nullable(positions: Positions) -> pl.Series:
    """Positions to gather, null where MISSING."""
    place = pl.Series("place", positions, dtype=pl.Int64)
    return place.set(place == MISSING, None)
