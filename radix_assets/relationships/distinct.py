"""Distinct values of one column as sorted numbers, cheap to store and look up, sampled if there are millions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

MOST = 2_000_000
"""Distinct values kept of a column; of more, those whose hash ends in enough zeros."""
LOOKED_UP = 50_000
"""Values of a child that are looked up in a parent, evenly spread."""
FIRST = 256
"""Values that are looked up before the others."""
SEED = 7
APART = 2**62
"""Subtracted from numbers that are not integers, so that they equal no integer."""

Numbers = npt.NDArray[np.int64] | npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Distinct:
    """Distinct values, ascending: integers as they are, others as hashes."""

    values: Numbers
    counts: npt.NDArray[np.int64]
    """Rows that hold each value."""
    thinned: int
    """One value in 2**thinning is kept, the same ones in every column."""

    @property
    def kept(self) -> int:
        """The number of values."""
        return len(self.values)


@dataclass(frozen=True)
class Overlap:
    """The result of looking up a child's values in a parent's."""

    rows: float
    """Share of the child's non-null rows whose value is in the parent."""
    distinct: float
    """Share of the child's distinct values."""
    ranks: npt.NDArray[np.float64]
    """Relative positions of the values among the parent's, from 0 to 1, ascending; for integers only."""
    weights: npt.NDArray[np.int64]
    """Rows of each of these."""


def read_distinct(rows: pl.LazyFrame, column: str, kind: str, distinct: int, among: Numbers | None = None) -> Distinct:
    """Read a column of raw rows: `kind` "integer" as integers, others as text, of which hashes are kept.

    `among` limits the result to these values (or hashes) and then nothing is left out.
    """
    if kind != "integer":
        value = pl.col(column).cast(pl.String, strict=False)
    elif rows.collect_schema()[column].is_float():
        number = pl.col(column)
        # A number that is not an integer equals no integer, and stays distinct.
        apart = (number * 1000).cast(pl.Int64, strict=False) - APART
        value = pl.when(number.round() == number).then(number.cast(pl.Int64, strict=False)).otherwise(apart)
    else:
        value = pl.col(column).cast(pl.Int64, strict=False)
    frame = rows.select(value.alias("v")).drop_nulls()
    # As many bits as needed to get below the limit.
    thinned = ((distinct - 1) // MOST).bit_length() if distinct > MOST and among is None else 0
    if thinned:
        frame = frame.filter(pl.col("v").hash(SEED) % 2**thinned == 0)
    if kind != "integer":
        frame = frame.select(pl.col("v").hash(SEED))
    if among is not None:
        frame = frame.join(pl.LazyFrame({"v": among}), on="v", how="semi")
    counts = frame.group_by("v").agg(pl.len().cast(pl.Int64).alias("n")).collect(engine="streaming").sort("v")
    return Distinct(counts["v"].to_numpy(), counts["n"].to_numpy(), thinned)


def thin(distinct: Distinct, thinned: int) -> Distinct:
    """Return the values of `one` that a column thinned this much keeps."""
    if thinned <= distinct.thinned:
        return distinct
    hashes = distinct.values if distinct.values.dtype == np.uint64 else pl.Series(distinct.values).hash(SEED).to_numpy()
    keep = hashes % 2**thinned == 0
    return Distinct(distinct.values[keep], distinct.counts[keep], thinned)


def overlap(child: Distinct, parent: Distinct, least: float) -> Overlap | None:
    """Compare a child's values with a parent's; None if a sample of them finds less than `least`."""
    child = thin(child, parent.thinned)
    values, counts = child.values, child.counts
    if not len(values) or not parent.kept:
        return None
    if len(values) > 2 * FIRST:
        # Values of evenly spread rows: frequent values count more.
        ends = np.cumsum(counts)
        first = values[np.searchsorted(ends, np.linspace(0, ends[-1] - 1, FIRST).astype(np.int64), side="right")]
        if _among(first, parent.values)[0].mean() < least - 0.15:
            return None
    if len(values) > LOOKED_UP:
        step = len(values) // LOOKED_UP + 1
        values, counts = values[::step], counts[::step]
    hit, place = _among(values, parent.values)
    rows = float(counts[hit].sum() / counts.sum())
    if rows < least:
        return None
    return Overlap(rows, float(hit.mean()), (place[hit] + 0.5) / parent.kept, counts[hit])


def rows_found(child: Distinct, parent: Distinct) -> float:
    """Return the share of a child's non-null rows whose value is in the parent, over all rows."""
    return float(child.counts[_among(child.values, parent.values)[0]].sum() / child.counts.sum())


def _among(values: Numbers, parent: Numbers) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
    place = np.minimum(np.searchsorted(parent, values), len(parent) - 1)
    return parent[place] == values, place
