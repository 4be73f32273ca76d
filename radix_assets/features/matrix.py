"""The feature matrix on disk: computed in pieces, then freed of what tells nothing."""

from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.features.columns import exactly
from radix_assets.features.prepared import Prepared

CELLS = 40_000_000
"""Values in one piece: about 320 MB."""


class Columns:
    """What is known of each column after all pieces: enough to find those that are empty, constant or repeated."""

    def __init__(self) -> None:
        self.rows = 0
        self._nulls: dict[str, int] = {}
        self._low: dict[str, Any] = {}
        self._high: dict[str, Any] = {}
        self._prints: dict[str, int] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """Another piece, with the same columns."""
        if frame.is_empty():
            return
        nulls, low, high = frame.null_count().row(0), frame.min().row(0), frame.max().row(0)
        place = pl.int_range(self.rows, self.rows + len(frame), dtype=pl.UInt64, eager=True).hash(seed=1)
        prints = frame.select((pl.all().hash(seed=0) ^ place).hash(seed=2).sum()).row(0)
        for i, name in enumerate(frame.columns):
            self._nulls[name] = self._nulls.get(name, 0) + nulls[i]
            self._low[name] = min((v for v in (self._low.get(name), low[i]) if v is not None), default=None)
            self._high[name] = max((v for v in (self._high.get(name), high[i]) if v is not None), default=None)
            self._prints[name] = (self._prints.get(name, 0) + prints[i]) % 2**64
        self.rows += len(frame)

    def idle(self) -> dict[str, str]:
        """The columns that hold nothing to learn from, with the reason."""
        found = {}
        for name, nulls in self._nulls.items():
            if nulls == self.rows:
                found[name] = "empty: no row has a value"
            elif nulls == 0 and self._low[name] == self._high[name]:
                found[name] = "constant: every row has the same value"
        return found

    def suspects(self, names: list[str]) -> dict[str, str]:
        """Columns that seem to repeat an earlier one of these, with its name; to be compared value by value."""
        first: dict[int, str] = {}
        found = {}
        for name in names:
            other = first.setdefault(self._prints[name], name)
            if other != name:
                found[name] = other
        return found


class Pieces:
    """The features of all rows: in memory where they are one piece, else in files."""

    def __init__(self, folder: Path) -> None:
        self.columns = Columns()
        self._folder = folder
        self._frames: list[pl.LazyFrame] = []

    def add(self, frame: pl.DataFrame, judged: list[str], *, last: bool) -> None:
        """The next rows. `judged` are the columns that may turn out to be of no use."""
        self.columns.add(frame.select(judged))
        if last and not self._frames:
            self._frames.append(frame.lazy())
            return
        file = self._folder / f"piece-{len(self._frames):06d}.parquet"
        frame.write_parquet(file)
        self._frames.append(pl.scan_parquet(file))

    def scan(self) -> pl.LazyFrame:
        """All rows."""
        return self._frames[0] if len(self._frames) == 1 else pl.concat(self._frames)

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
        if len(self._frames) == 1:
            both.collect().write_parquet(file)
        else:
            both.sink_parquet(file)


def compute(prepared: Prepared, rows: pl.LazyFrame, total: int, names: list[str], folder: Path) -> Pieces:
    """The features of all rows; `names` are those whose columns are judged."""
    pieces = Pieces(folder)
    wanted = [exactly(column.name) for column in prepared.plan.inputs]
    step = max(1, CELLS // max(1, len(names)))
    for start in range(0, total, step):
        piece = prepared.compute(rows.select(wanted).slice(start, step).collect())
        pieces.add(piece, names, last=start + step >= total)
    return pieces
