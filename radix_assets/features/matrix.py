"""The feature matrix on disk: computed in pieces, then freed of what tells nothing."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.features.prepared import Prepared

CELLS = 40_000_000
"""Values in one piece: about 320 MB."""
NOISE = 1e-12
"""Relative difference that the order of adding up makes."""


class Columns:
    """What is known of each column after all pieces: enough to find those that are empty, constant or repeated."""

    def __init__(self) -> None:
        self.rows = 0
        self.nulls: dict[str, int] = {}
        self.low: dict[str, Any] = {}
        self.high: dict[str, Any] = {}
        self.prints: dict[str, int] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """Another piece, with the same columns."""
        if frame.is_empty():
            return
        nulls, low, high = frame.null_count().row(0), frame.min().row(0), frame.max().row(0)
        place = pl.int_range(self.rows, self.rows + len(frame), dtype=pl.UInt64, eager=True).hash(seed=1)
        prints = frame.select((pl.all().hash(seed=0) ^ place).hash(seed=2).sum()).row(0)
        for i, name in enumerate(frame.columns):
            self.nulls[name] = self.nulls.get(name, 0) + nulls[i]
            self.low[name] = min((v for v in (self.low.get(name), low[i]) if v is not None), default=None)
            self.high[name] = max((v for v in (self.high.get(name), high[i]) if v is not None), default=None)
            self.prints[name] = (self.prints.get(name, 0) + prints[i]) % 2**64
        self.rows += len(frame)

    def include(self, other: "Columns") -> None:
        """Other columns of the same rows."""
        self.rows = max(self.rows, other.rows)
        self.nulls |= other.nulls
        self.low |= other.low
        self.high |= other.high
        self.prints |= other.prints

    def idle(self) -> dict[str, str]:
        """The columns that hold nothing to learn from, with the reason."""
        found = {}
        for name, nulls in self.nulls.items():
            if nulls == self.rows:
                found[name] = "empty: no row has a value"
            elif nulls == 0 and _equal(self.low[name], self.high[name]):
                found[name] = "constant: every row has the same value"
        return found

    def suspects(self, names: list[str]) -> dict[str, str]:
        """Columns that seem to repeat an earlier one of these, with its name; to be compared value by value."""
        first: dict[int, str] = {}
        found = {}
        for name in names:
            other = first.setdefault(self.prints[name], name)
            if other != name:
                found[name] = other
        return found


class Pieces:
    """The features of all rows: in memory where they are one piece, else in files."""

    def __init__(self, folder: Path) -> None:
        self.columns = Columns()
        self._folder = folder
        self._frames: list[pl.LazyFrame] = []
        self._beside: list[Pieces] = []
        self._in_memory = False

    def add(self, frame: pl.DataFrame, judged: list[str], *, last: bool) -> None:
        """The next rows. `judged` are the columns that may turn out to be of no use."""
        self.columns.add(frame.select(judged))
        if last and not self._frames:
            self._frames.append(frame.lazy())
            self._in_memory = True
            return
        file = self._folder / f"piece-{len(self._frames):06d}.parquet"
        frame.write_parquet(file)
        self._frames.append(pl.scan_parquet(file))

    def read(self, file: Path, total: int, judged: list[str]) -> None:
        """All rows, of which another engine made a file; they are looked at piece by piece."""
        self._frames.append(pl.scan_parquet(file))
        step = max(1, CELLS // max(1, len(judged)))
        for start in range(0, total, step):
            self.columns.add(self._frames[0].select(judged).slice(start, step).collect())

    def include(self, other: "Pieces") -> None:
        """More features of the same rows."""
        self.columns.include(other.columns)
        self._beside.append(other)

    def scan(self) -> pl.LazyFrame:
        """All rows."""
        frames = [pl.concat(self._frames)] if len(self._frames) > 1 else self._frames
        parts = [*frames, *(other.scan() for other in self._beside)]
        return parts[0] if len(parts) == 1 else pl.concat(parts, how="horizontal")

    def idle(self, judged: list[str]) -> dict[str, str]:
        """The columns that are empty, constant or equal to an earlier one, with the reason."""
        found = self.columns.idle()
        for name, other in self.columns.suspects([name for name in judged if name not in found]).items():
            one, two = self.scan().select(name, other).collect().get_columns()
            if one.dtype == two.dtype and one.equals(two, null_equal=True):
                found[name] = f"repeated: the same values as {other}"
        return found

    def write(self, head: pl.LazyFrame, names: list[str], file: Path) -> None:
        """The head's columns and these, as one Parquet file."""
        both = pl.concat([head, self.scan().select(names)], how="horizontal")
        if self._in_memory and not self._beside:
            both.collect().write_parquet(file)
        else:
            both.sink_parquet(file)


@dataclass
class Made:
    """The features of all rows, and how they were made."""

    pieces: Pieces
    missing: dict[str, str] = field(default_factory=dict)
    """Features that were not computed, with the reason."""
    here: dict[str, str] = field(default_factory=dict)
    """Features that another engine left to this machine, with the reason."""
    lost: dict[str, str] = field(default_factory=dict)
    """Of the missing: those that another engine left, and that do not fit here."""
    alike: bool = False
    """Whether another engine made most of them, equal to 1e-9."""


def _equal(low: Any, high: Any) -> bool:
    """Whether a column's extremes are one value; a mean of constants may differ from row to row in its last digits."""
    if isinstance(low, float) and isinstance(high, float):
        return math.isclose(low, high, rel_tol=NOISE)
    return bool(low == high)


def compute(prepared: Prepared, rows: pl.LazyFrame, total: int, names: list[str], folder: Path) -> Pieces:
    """The features of all rows; `names` are those whose columns are judged."""
    pieces = Pieces(folder)
    wanted = [exactly(column.name) for column in prepared.plan.inputs]
    step = max(1, CELLS // max(1, len(names)))
    for start in range(0, total, step):
        piece = prepared.compute(rows.select(wanted).slice(start, step).collect())
        pieces.add(piece, names, last=start + step >= total)
    return pieces
