"""Compute the feature matrix in pieces, on disk, and drop columns without information."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.features.prepared import Prepared

CELLS = 40_000_000
"""Values per piece: about 320 MB."""
NOISE = 1e-12
"""Relative difference due to the order of summation."""


class Columns:
    """Statistics of each column over all pieces, to find empty, constant and repeated columns."""

    def __init__(self) -> None:
        self.rows = 0
        self.nulls: dict[str, int] = {}
        self.low: dict[str, Any] = {}
        self.high: dict[str, Any] = {}
        self.fingerprints: dict[str, int] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """Add a piece with the same columns."""
        if frame.is_empty():
            return
        nulls, low, high = frame.null_count().row(0), frame.min().row(0), frame.max().row(0)
        row_hashes = pl.int_range(self.rows, self.rows + len(frame), dtype=pl.UInt64, eager=True).hash(seed=1)
        fingerprints = frame.select((pl.all().hash(seed=0) ^ row_hashes).hash(seed=2).sum()).row(0)
        for i, name in enumerate(frame.columns):
            self.nulls[name] = self.nulls.get(name, 0) + nulls[i]
            self.low[name] = min((v for v in (self.low.get(name), low[i]) if v is not None), default=None)
            self.high[name] = max((v for v in (self.high.get(name), high[i]) if v is not None), default=None)
            self.fingerprints[name] = (self.fingerprints.get(name, 0) + fingerprints[i]) % 2**64
        self.rows += len(frame)

    def include(self, other: "Columns") -> None:
        """Add other columns of the same rows."""
        self.rows = max(self.rows, other.rows)
        self.nulls |= other.nulls
        self.low |= other.low
        self.high |= other.high
        self.fingerprints |= other.fingerprints

    def idle(self) -> dict[str, str]:
        """Return the empty and constant columns, with the reason."""
        reasons = {}
        for name, nulls in self.nulls.items():
            if nulls == self.rows:
                reasons[name] = "empty: no row has a value"
            elif nulls == 0 and _equal(self.low[name], self.high[name]):
                reasons[name] = "constant: every row has the same value"
        return reasons

    def suspects(self, names: list[str]) -> dict[str, str]:
        """Return columns that may repeat an earlier one, with its name; they must be compared value by value."""
        first: dict[int, str] = {}
        repeated = {}
        for name in names:
            original = first.setdefault(self.fingerprints[name], name)
            if original != name:
                repeated[name] = original
        return repeated


class Pieces:
    """The features of all rows: in memory if a single piece, else in files."""

    def __init__(self, folder: Path) -> None:
        self.columns = Columns()
        self._folder = folder
        self._frames: list[pl.LazyFrame] = []
        self._beside: list[Pieces] = []
        self._in_memory = False

    def add(self, frame: pl.DataFrame, judged: list[str], *, last: bool) -> None:
        """Add the next rows. `judged` are the columns that may be dropped as useless."""
        self.columns.add(frame.select(judged))
        if last and not self._frames:
            self._frames.append(frame.lazy())
            self._in_memory = True
            return
        file = self._folder / f"piece-{len(self._frames):06d}.parquet"
        frame.write_parquet(file)
        self._frames.append(pl.scan_parquet(file))

    def read(self, file: Path, total: int, judged: list[str]) -> None:
        """Add all rows from a file of another engine; they are inspected piece by piece."""
        self._frames.append(pl.scan_parquet(file))
        step = max(1, CELLS // max(1, len(judged)))
        for start in range(0, total, step):
            self.columns.add(self._frames[0].select(judged).slice(start, step).collect())

    def include(self, other: "Pieces") -> None:
        """Add more features of the same rows."""
        self.columns.include(other.columns)
        self._beside.append(other)

    def scan(self) -> pl.LazyFrame:
        """Scan all rows."""
        frames = [pl.concat(self._frames)] if len(self._frames) > 1 else self._frames
        parts = [*frames, *(other.scan() for other in self._beside)]
        return parts[0] if len(parts) == 1 else pl.concat(parts, how="horizontal")

    def idle(self, judged: list[str]) -> dict[str, str]:
        """Return the columns that are empty, constant or equal to an earlier one, with the reason."""
        reasons = self.columns.idle()
        for name, original in self.columns.suspects([name for name in judged if name not in reasons]).items():
            values, original_values = self.scan().select(name, original).collect().get_columns()
            if values.dtype == original_values.dtype and values.equals(original_values, null_equal=True):
                reasons[name] = f"repeated: the same values as {original}"
        return reasons

    def write(self, head: pl.LazyFrame, names: list[str], file: Path) -> None:
        """Write the head's columns and these as one Parquet file."""
        both = pl.concat([head, self.scan().select(names)], how="horizontal")
        if self._in_memory and not self._beside:
            both.collect().write_parquet(file)
        else:
            both.sink_parquet(file)


@dataclass
class ComputedFeatures:
    """The features of all rows, and how they were computed."""

    pieces: Pieces
    missing: dict[str, str] = field(default_factory=dict)
    """Features that were not computed, with the reason."""
    local: dict[str, str] = field(default_factory=dict)
    """Features that Spark cannot compute and this machine did, with the reason."""
    too_large: dict[str, str] = field(default_factory=dict)
    """Missing features that Spark cannot compute and that do not fit into memory here."""
    approximate: bool = False
    """Whether another engine computed most of them, equal to 1e-9."""


def _equal(low: Any, high: Any) -> bool:
    """Return whether a column's extremes are equal; a mean of constants may differ between rows in the last digits."""
    if isinstance(low, float) and isinstance(high, float):
        return math.isclose(low, high, rel_tol=NOISE)
    return bool(low == high)


def compute(prepared: Prepared, rows: pl.LazyFrame, total: int, names: list[str], folder: Path) -> Pieces:
    """Compute the features of all rows; `names` are the columns that may be dropped."""
    pieces = Pieces(folder)
    columns = [exactly(column.name) for column in prepared.plan.inputs]
    step = max(1, CELLS // max(1, len(names)))
    for start in range(0, total, step):
        piece = prepared.compute(rows.select(columns).slice(start, step).collect())
        pieces.add(piece, names, last=start + step >= total)
    return pieces
